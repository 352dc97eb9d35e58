"""Each figure of the data-quality page follows its facts and agrees with a count of them."""

from __future__ import annotations

import re
import uuid
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from math import sqrt

import pytest

from kiosk_app.core.audit import SYSTEM
from kiosk_app.devices import commands as devices
from kiosk_app.feedback import commands as feedback
from kiosk_app.feedback.records import Sender
from kiosk_app.integrity import commands as integrity
from kiosk_app.integrity.records import FindingRecord, ReviewRecord
from tests.integration.alive import reading, world
from tests.integration.alive.case import Case, Page, on_postgresql, on_sqlite
from tests.integration.alive.conftest import Reader
from tests.integration.alive.reading import Figures, number, percent
from tests.integration.alive.world import CENTRE, LOCAL_MS, READ, WARD, asked, code, codes

ADDRESS = "/manage/quality?period=2018-10"
OTHER = "P-HONGHAI"
"""A unit whose code is typed at the centre, and that has no ratings of its own."""
NAMES = {"Trung tâm Hành chính công thành phố Hạ Long": "centre", "Phường Bạch Đằng": "ward"}
PLACES = {CENTRE: "centre", WARD: "ward", OTHER: "other"}
ENTRIES = ("scan", "typed", "invited", "link", "paper", "none")
CAUSES = ("not_imported", "typed_wrongly", "tie", "other_unit", "nonsense")
TABLET = ("place", "seen", "queue", "missing", "skew", "ahead", "withdrawn", "battery", "version")
SAID = {
    "rated": r"cứ 100 lần phục vụ thì ([\d,]+) lần", "under": r"(\d+) đơn vị dưới mục tiêu",
    "signs": r"(\d+) cán bộ có dấu hiệu", "missing": r"(\d+) lượt máy đã ghi",
    "unsure": r"ít lượt: (\d+) đơn vị",
}


def _units(page: str) -> Figures:
    found: Figures = {}
    panel = reading.section(page, "coverage")
    cares = re.findall(r'<tr data-care="(.*?)"', panel)
    for care, (label, _why, n, coverage, in_time, late, waiting, *entries) in zip(
        cares, reading.rows(panel), strict=True
    ):
        at = NAMES[label]
        late_share, _, of = late.partition(" trên ")
        found |= {
            (at, "care"): care, (at, "n"): n, (at, "coverage"): coverage,
            (at, "in_time"): in_time, (at, "late"): late_share, (at, "eligible_late"): of,
            (at, "waiting"): waiting,
        } | {(at, entry): share for entry, share in zip(ENTRIES, entries, strict=True)}
    return found


def read(reader: Reader) -> Figures:
    page = reader.page(ADDRESS)
    found = _units(page)
    waiting = reading.section(page, "unmatched")
    hint = re.search(r"([\d.]+) lượt đang chờ hồ sơ; ([\d.]+) lượt", reading.text(waiting))
    assert hint
    found |= {("all", "waiting"): hint[1], ("all", "late matches"): hint[2]}
    found |= {("cause", c): t for c, t in re.findall(r'data-cause="(\w+)">(.*?)<', waiting)}
    for name, *cells in reading.rows(reading.section(page, "tablets")):
        found |= {(name, k): cell for k, cell in zip(TABLET, cells, strict=True)}
    for cells in reading.rows(reading.section(page, "review")):
        found["review", cells[0]] = re.sub(r" Quyết định .*", "", cells[3])
    found["all", "decisions"] = str(reading.section(page, "decisions").count("<li>"))
    for which in ("with", "without"):
        panel = reading.section(reader.page(f"{ADDRESS}&flagged={which}"), "with")
        said = re.search(r'<p><b class="num" data-figure="\w+">.*?</p>', panel, re.S)
        found["all", which] = reading.text(said[0]) if said else "–"
    said_ = reading.saying(page)
    return found | {
        ("said", name): m[1] for name, form in SAID.items() if (m := re.search(form, said_))
    }


def wilson(x: int, n: int) -> tuple[float, float]:
    """The interval of Wilson (1927) for z = 1.96."""
    p, z2 = x / n, 1.96**2
    half = 1.96 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (p + z2 / (2 * n) - half) / (1 + z2 / n), (p + z2 / (2 * n) + half) / (1 + z2 / n)


ITEMS = """
SELECT u.ref, CASE WHEN i.channel = 'paper' THEN 'paper' ELSE i.entry END AS entry, i.level, a.state, a.procedure_id, a.step, a.late, a.day, i.id
  FROM rating_items i
  JOIN attributions a ON a.item_id = i.id
   AND a.version = (SELECT MAX(b.version) FROM attributions b WHERE b.item_id = i.id)
  JOIN units u ON u.id = a.unit_id
 WHERE i.kind = 'rating'
"""
DOSSIERS = """
SELECT u.ref, v.received_ms, v.returned_ms, v.finished_ms, v.due_day, v.supplement_count
  FROM dossiers d
  JOIN units u ON u.id = d.unit_id
  JOIN dossier_versions v ON v.dossier_id = d.id
   AND v.version = (SELECT MAX(w.version) FROM dossier_versions w WHERE w.dossier_id = d.id)
"""


def local(ms: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms + LOCAL_MS)).date()


def october(ms: int | None) -> bool:
    return ms is not None and f"{local(ms):%Y-%m}" == "2018-10"


def _could_be_rated() -> tuple[Counter[str], Counter[tuple[str, bool]]]:
    """Steps of October by unit, and hand-overs by unit and whether they were late."""
    steps, handed = Counter[str](), Counter[tuple[str, bool]]()
    for ref, received, returned, finished, due, supplements in asked(DOSSIERS):
        at = PLACES[ref]
        steps[at] += october(received) * (1 + (supplements > 0)) + october(returned)
        if october(returned) and due and finished:
            handed[at, int(f"{local(finished):%Y%m%d}") > due] += 1
    return steps, handed


def _care(at: str, rated: list[int], rest: dict[str, bool]) -> str:
    low, high = wilson(sum(level >= 4 for level in rated), len(rated)) if rated else (0.0, 1.0)
    rest["few"] = len(rated) < 10 or high - low > 0.10
    order = ("selective", "review", "missing", "seldom", "waiting", "few", "clock")
    return " ".join(name for name in order if rest.get(name))


def _missing() -> dict[str, int]:
    """Numbers of each tablet below its greatest that no item bears."""
    return {name: int(highest or 0) - int(n) for name, highest, n in asked(
        "SELECT d.name, MAX(i.seq), COUNT(DISTINCT i.seq) FROM devices d"
        " LEFT JOIN rating_items i ON i.device_id = d.id WHERE d.revoked_at IS NULL"
        " GROUP BY d.name")}


def _tablets(missing: dict[str, int]) -> Figures:
    ahead = dict(asked(
        "SELECT d.name, COUNT(*) FROM devices d JOIN rating_items i ON i.device_id = d.id"
        " WHERE i.corrected_ms > i.arrived_ms + 300000 GROUP BY d.name"))
    return {(name, "missing"): number(n) for name, n in missing.items() if n == 0} | {
        (name, "ahead"): number(int(ahead.get(name, 0))) for name in missing
    } | {
        (name, key): text for name, queue, withdrawn, battery, version in asked(
            "SELECT d.name, h.queue_length, h.withdrawn, h.battery, h.app_version FROM devices d"
            " JOIN heartbeats h ON h.device_id = d.id WHERE d.revoked_at IS NULL")
        for key, text in (("queue", str(queue)), ("withdrawn", str(withdrawn)),
                          ("battery", f"{battery}%"), ("version", version))
    }


def _reviewed() -> set[str]:
    """Units with an officer of the newest screening about whom nobody has decided."""
    return {PLACES[ref] for (ref,) in asked(
        "SELECT u.ref FROM misuse_reviews r JOIN units u ON u.id = r.unit_id"
        " WHERE r.screening_id = (SELECT MAX(id) FROM misuse_screenings) AND NOT EXISTS"
        " (SELECT 1 FROM misuse_decisions d WHERE d.officer_id = r.officer_id)")}


def recount() -> Figures:
    """The same figures from items, dossiers, numbers and reports as they came."""
    rated: dict[str, list[int]] = defaultdict(list)
    entries: dict[str, Counter[str]] = defaultdict(Counter)
    of_lateness, waiting = Counter[tuple[str, bool]](), Counter[str]()
    for ref, entry, level, state, procedure, step, late, day, _id in asked(ITEMS):
        at = PLACES[ref]
        waiting[at] += state == "unmatched"
        if state != "superseded" and day // 100 == 201810:
            entries[at][entry or "none"] += 1
            if procedure:
                rated[at].append(level)
                of_lateness[at, bool(late)] += step == "return" and late >= 0
    (late_matches,) = asked(
        "SELECT COUNT(*) FROM attributions a WHERE a.version = 1 AND a.state = 'unmatched'"
        " AND a.day / 100 = 201810 AND EXISTS (SELECT 1 FROM attributions b"
        " WHERE b.item_id = a.item_id AND b.state <> 'unmatched')")[0]
    steps, handed = _could_be_rated()
    missing, reviewed = _missing(), _reviewed()
    found: Figures = {
        ("all", "waiting"): number(sum(waiting.values())), ("all", "late matches"): number(late_matches),
        ("said", "rated"): number(100 * sum(map(len, rated.values())) / sum(steps.values()), 1),
    } | _tablets(missing)
    for ref, at in list(PLACES.items())[:2]:
        n, total = len(rated[at]), sum(entries[at].values())
        shares = {late: (min(of_lateness[at, late], handed[at, late]), handed[at, late])
                  for late in (False, True)}
        bent = {
            "review": at in reviewed, "missing": bool(missing.get(world.TABLET[ref])),
            "waiting": waiting[at] >= max(5, 0.05 * n),
            "seldom": bool(n) and wilson(n, steps[at])[1] < 0.15,
            "selective": all(of >= 10 for _, of in shares.values())
            and wilson(*shares[True])[1] < wilson(*shares[False])[0],
            "clock": bool(asked(
                "SELECT 1 FROM heartbeats h JOIN devices d ON d.id = h.device_id"
                " WHERE d.name = :n AND ABS(h.clock_skew_ms) > 60000", n=world.TABLET[ref])),
        }
        share = f" {percent(waiting[at], n)}" if waiting[at] and n else ""
        found |= {
            (at, "n"): number(n), (at, "coverage"): percent(n, steps[at]),
            (at, "care"): _care(at, rated[at], bent),
            (at, "waiting"): f"{number(waiting[at])}{share}",
            (at, "eligible_late"): number(handed[at, True]) if handed[at, True] else "",
        } | {
            (at, name): percent(*shares[late]) if shares[late][1] >= 10 else "–"
            for name, late in (("in_time", False), ("late", True))
        } | {
            (at, entry): percent(entries[at][entry], total) if total >= 10 else "–"
            for entry in ENTRIES
        }
    return found


def _dossiers(*numbers: int, **changed: str) -> None:
    world.take_in([world.dossier(CENTRE, number, **changed) for number in numbers])


def _rated_without_due() -> None:
    _dossiers(*range(71, 76), due_date="")
    world.rate(CENTRE, codes(CENTRE, 71))


def _unknown(n: int, at: datetime = world.RATED, first: int = 7777) -> None:
    """Ratings of dossiers that nobody has told of."""
    world.rate(CENTRE, codes(CENTRE, first, n), (4,) * n, at=at, entry="typed")


def _one(receipt: str | None, **changed: object) -> None:
    """A rating of September: it waits whatever the period."""
    world.rate(CENTRE, [receipt], [4], at=world.SEPTEMBER, **changed)


def _paper(first: int) -> None:
    """Five keyed forms of dossiers that are known."""
    items = [{
        "id": str(uuid.uuid4()), "epoch": None, "seq": None, "kind": "rating", "level": level,
        "receipt": code(WARD, first + i), "step": "return", "channel": "paper", "entry": None,
        "questionnaire": "sao5@1", "answers": {}, "reasons": [], "lang": "vi",
        "rated_at": world.RATED.isoformat(), "clock_offset_ms": 0,
    } for i, level in enumerate(world.LEVELS)]
    outcome = feedback.record(items, sender=Sender(unit_id=world.tablet_of(WARD)[1], form=True), now=READ)
    assert {one.verdict for one in outcome.results} == {"created"}, outcome.results


def _with_survey(receipt: str) -> None:
    """A rating of September with the survey that followed it."""
    rating = str(uuid.uuid4())
    world.rate(CENTRE, [receipt], [4], at=world.SEPTEMBER, id=rating)
    world.rate(CENTRE, [receipt], [4], at=world.SEPTEMBER, kind="survey", level=None, relates_to=rating,
               questionnaire="mot_cua@1", answers={"tc3": 2, "hl_ket_qua": 4, "hl_thu_tuc": "na"})


def _match_by_hand() -> None:
    """A person says of all that wait since October which dossiers they are."""
    waiting = asked(
        "SELECT i.rating_id FROM rating_items i JOIN rating_erasables e ON e.subject_id = i.id"
        " WHERE e.subject = 'item' AND e.receipt LIKE '%-888_' ORDER BY i.id")
    for dossier, (rating,) in enumerate(waiting, 31):
        feedback.match_by_hand(
            str(rating), code(CENTRE, dossier), reason="gõ nhầm", actor=SYSTEM, now=READ
        )


def _arrive(n: int) -> None:
    """The first of the centre's missing numbers arrive."""
    there = {seq for (seq,) in asked(
        "SELECT i.seq FROM rating_items i JOIN devices d ON d.id = i.device_id"
        " WHERE d.name = 'TAB-C01'")}
    lowest = next(seq for seq in range(1, 999) if seq not in there)
    world.rate(CENTRE, [None] * n, (4,) * n, at=world.SEPTEMBER, start=lowest)


def _gap(n: int) -> None:
    world.rate(CENTRE, [None] * 5, at=world.SEPTEMBER, skip=n)


def _screened(unit: str = WARD) -> None:
    ((at,),) = asked("SELECT id FROM units WHERE ref = :r", r=unit)
    integrity.keep_screening(
        2018, version="a", tests=10, families=2, expected_false=0.1, now=READ,
        reviews=[ReviewRecord(world.officer_of(unit), at, (201810,), (
            FindingRecord("fast_taps", 201810, 0.9, 0.1, 10, 1e-9),
            FindingRecord("streak", 0, 12, 4, 10, 1e-6),
        ))],
    )


def _decided(decision: str) -> None:
    ((at,),) = asked("SELECT id FROM units WHERE ref = :r", r=WARD)
    integrity.decide(world.officer_of(WARD), 2018, decision, reason="đã xem camera",
                     unit_ids=[at], actor=SYSTEM, now=READ)


def _nobody() -> None:
    integrity.keep_screening(
        2018, version="b", tests=10, families=2, expected_false=0.1, now=READ, reviews=[])


def _reported() -> None:
    world.report(WARD)


C, W = "centre", "ward"
KHANH = "Nguyễn Văn Khánh (HL.P.068) Phường Bạch Đằng"
OPEN = "Đang tính, chờ quyết định"


def _entries(at: str, *texts: str) -> Figures:
    return {(at, name): said for name, said in zip(ENTRIES, texts, strict=True) if said}


CASES = {
    "rated in time": Case(lambda: world.rate(WARD, codes(WARD, 16)), {
        (W, "n"): "20", (W, "coverage"): "33,3%", (W, "in_time"): "66,7%",
        ("said", "rated"): "25,0", ("said", "under"): "1",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 66,2% đến 89,1%), 45 lượt.",
    }),
    "rated late": Case(lambda: world.rate(CENTRE, codes(CENTRE, 206)), {
        (C, "n"): "30", (C, "coverage"): "25,0%", (C, "late"): "50,0%", ("said", "rated"): "25,0",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 66,2% đến 89,1%), 45 lượt.",
        **_entries(C, "57,1%", "14,3%", "14,3%", "", "", "14,3%"),
    }),
    "late ones rated less": Case(lambda: world.rate(CENTRE, codes(CENTRE, 21)), {
        (C, "n"): "30", (C, "coverage"): "25,0%", (C, "in_time"): "62,5%",
        (C, "care"): "selective few", ("said", "rated"): "25,0", ("said", "unsure"): "1",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 66,2% đến 89,1%), 45 lượt.",
        **_entries(C, "57,1%", "14,3%", "14,3%", "", "", "14,3%"),
    }),
    **{
        f"came {entry}": Case(
            lambda entry=entry, first=first: world.rate(WARD, codes(WARD, first), entry=entry),
            {
                (W, "n"): "20", (W, "coverage"): "33,3%", (W, "in_time"): "66,7%",
                ("said", "rated"): "25,0", ("said", "under"): "1",
                ("all", "with"): "80,0% hài lòng (khoảng 95%: 66,2% đến 89,1%), 45 lượt.",
                (W, "scan"): "75,0%", (W, entry): "25,0%",
            },
        ) for first, entry in ((21, "typed"), (26, "link"))
    },
    "came by a call": Case(lambda: world.rate(CENTRE, codes(CENTRE, 36), entry="invited"), {
        (C, "n"): "30", (C, "coverage"): "25,0%", (C, "in_time"): "62,5%",
        (C, "care"): "selective few", ("said", "rated"): "25,0", ("said", "unsure"): "1",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 66,2% đến 89,1%), 45 lượt.",
        **_entries(C, "42,9%", "14,3%", "28,6%", "", "", "14,3%"),
    }),
    "came without a receipt": Case(lambda: world.rate(WARD, [None] * 5), {
        (W, "scan"): "75,0%", (W, "none"): "25,0%",
    }),
    "came on paper": Case(lambda: _paper(31), {
        (W, "n"): "20", (W, "coverage"): "25,0%", (W, "in_time"): "50,0%",
        (W, "scan"): "75,0%", (W, "paper"): "25,0%", ("said", "rated"): "22,5",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 66,2% đến 89,1%), 45 lượt.",
    }, first=lambda: world.take_in([world.dossier(WARD, i) for i in range(31, 41)])),
    "a survey beside a rating that waits": Case(lambda: _with_survey(code(CENTRE, 6622)), {
        (C, "waiting"): "1 4,0%", ("all", "waiting"): "1", ("cause", "not_imported"): "1",
    }),
    "of September": Case(
        lambda: world.rate(CENTRE, [code(CENTRE, i, "180901") for i in range(11, 16)], at=world.SEPTEMBER), {},
    ),
    "could be rated": Case(lambda: _dossiers(60, finished_at="", returned_at=""), {
        (C, "coverage"): "20,7%", ("said", "rated"): "22,1",
    }),
    "handed over in time": Case(lambda: _dossiers(61, finished_at="2018-10-05 09:00"), {
        (C, "coverage"): "20,5%", (C, "in_time"): "48,8%", ("said", "rated"): "22,0",
    }),
    "handed over late": Case(lambda: _dossiers(261), {
        (C, "coverage"): "20,5%", (C, "late"): "23,8%", (C, "eligible_late"): "21", ("said", "rated"): "22,0",
    }),
    "rated, and then found to be late": Case(lambda: _dossiers(*range(71, 76), due_date="2018-10-04"), {
        (C, "late"): "40,0%", (C, "eligible_late"): "25",
    }, first=_rated_without_due),
    "supplement asked for": Case(lambda: _dossiers(62, finished_at="", returned_at="", supplement_count="1"), {
        (C, "coverage"): "20,5%", ("said", "rated"): "22,0",
    }),
    "not imported": Case(lambda: _one(code(CENTRE, 6611)), {
        (C, "waiting"): "1 4,0%", ("all", "waiting"): "1", ("cause", "not_imported"): "1",
    }),
    "typed wrongly": Case(lambda: _one(code(CENTRE, 29, "180901")), {
        (C, "waiting"): "1 4,0%", ("all", "waiting"): "1", ("cause", "typed_wrongly"): "1",
    }),
    "two of the same digits": Case(
        lambda: world.rate(CENTRE, [None], [4], at=datetime(2018, 10, 5, 2, tzinfo=UTC),
                           receipt_hint="010001", entry="typed"), {
            (C, "waiting"): "1 4,0%", ("all", "waiting"): "1", ("cause", "tie"): "1",
            **_entries(C, "48,4%", "19,4%", "16,1%", "", "", "16,1%"),
        }),
    "of another unit": Case(lambda: _one("000.22.12.H49-181001-7777"), {
        ("all", "waiting"): "1", ("cause", "other_unit"): "1",
    }),
    "no code at all": Case(lambda: _one("xin chào 123"), {
        (C, "waiting"): "1 4,0%", ("all", "waiting"): "1", ("cause", "nonsense"): "1",
    }),
    "many wait": Case(lambda: _unknown(1, world.SEPTEMBER, 5533), {
        (C, "waiting"): "5 20,0%", ("all", "waiting"): "5", ("cause", "not_imported"): "5",
        (C, "care"): "waiting few", ("said", "unsure"): "1",
    }, first=lambda: _unknown(4, world.SEPTEMBER, 5511)),
    "imported late": Case(lambda: _dossiers(*range(7777, 7782)), {
        (C, "waiting"): "0", ("all", "waiting"): "0", ("cause", "not_imported"): "0",
        ("all", "late matches"): "5", (C, "care"): "few", ("said", "unsure"): "2",
        (C, "n"): "30", (C, "coverage"): "23,1%", (C, "in_time"): "55,6%", ("said", "rated"): "23,7",
        ("all", "with"): "82,2% hài lòng (khoảng 95%: 68,7% đến 90,7%), 45 lượt.",
    }, first=lambda: _unknown(5)),
    "matched by hand": Case(_match_by_hand, {
        (C, "waiting"): "0", ("all", "waiting"): "0", ("cause", "not_imported"): "0",
        ("all", "late matches"): "5", (C, "care"): "selective few",
        (C, "n"): "30", (C, "coverage"): "25,0%", (C, "in_time"): "62,5%", ("said", "rated"): "25,0",
        ("all", "with"): "82,2% hài lòng (khoảng 95%: 68,7% đến 90,7%), 45 lượt.",
    }, first=lambda: _unknown(5, first=8881)),
    "numbers missing": Case(lambda: _gap(3), {
        ("TAB-C01", "missing"): "3 41–43", (C, "care"): "missing few",
        ("said", "missing"): "3", ("said", "unsure"): "1",
    }),
    "missing ones arrive": Case(lambda: _arrive(2), {
        ("TAB-C01", "missing"): "1 43", ("said", "missing"): "1",
    }, first=lambda: _gap(3)),
    "the last missing one arrives": Case(lambda: _arrive(1), {
        ("TAB-C01", "missing"): "0", (C, "care"): "few", ("said", "missing"): "",
        ("said", "unsure"): "2",
    }, first=lambda: _gap(1)),
    "clock fast": Case(lambda: world.report(CENTRE, skew_ms=90_000), {
        ("TAB-C01", "skew"): "90 giây lệch", (C, "care"): "few clock",
    }),
    "clock slow by a little": Case(lambda: world.report(WARD, skew_ms=-59_000), {
        ("TAB-W01", "skew"): "-59 giây",
    }),
    "ahead of its arrival": Case(
        lambda: world.rate(WARD, [None], [4], arrived=world.RATED - timedelta(minutes=6)), {
            ("TAB-W01", "ahead"): "1", (W, "scan"): "93,8%", (W, "none"): "6,2%",
        }),
    "ahead by less than five minutes": Case(
        lambda: world.rate(WARD, [None], [4], arrived=world.RATED - timedelta(minutes=4)), {
            (W, "scan"): "93,8%", (W, "none"): "6,2%",
        }),
    "withdrawn": Case(lambda: world.report(WARD, withdrawn=2), {("TAB-W01", "withdrawn"): "2"}, _reported),
    "battery": Case(lambda: world.report(WARD, battery=35), {("TAB-W01", "battery"): "35%"}, _reported),
    "waiting to be sent": Case(lambda: world.report(WARD, queue_length=4), {("TAB-W01", "queue"): "4"}, _reported),
    "last contact": Case(lambda: world.report(WARD, at=READ - timedelta(days=2)), {
        ("TAB-W01", "seen"): "18/11/2018",
    }, _reported),
    "version": Case(lambda: world.report(WARD, app_version="1.1"), {("TAB-W01", "version"): "1.1"}, _reported),
    "a tablet taken away": Case(
        lambda: devices.revoke(world.tablet_of(WARD)[0], actor=SYSTEM, now=READ),
        {("TAB-W01", name): "" for name in TABLET},
    ),
    "a review opens": Case(_screened, {
        ("review", KHANH): OPEN, ("said", "signs"): "1", (W, "care"): "review few", ("said", "unsure"): "1",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 65,2% đến 89,5%), 40 lượt. 15 lượt đang xem lại trong kỳ.",
        ("all", "without"): "80,0% hài lòng (khoảng 95%: 60,9% đến 91,1%), 25 lượt. 15 lượt đang xem lại trong kỳ.",
    }),
    "a review closes": Case(_nobody, {
        ("review", KHANH): "", ("said", "signs"): "", (W, "care"): "few", ("said", "unsure"): "2",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 65,2% đến 89,5%), 40 lượt.",
        ("all", "without"): "–",
    }, first=_screened),
    "a review is decided": Case(lambda: _decided("kept"), {
        ("review", KHANH): "Vẫn tính đã xem camera · system, 20/11/2018", (W, "care"): "few",
        ("said", "unsure"): "2", ("all", "decisions"): "1",
    }, first=_screened),
    "ratings set aside": Case(lambda: _decided("set_aside"), {
        ("review", KHANH): "Không tính đã xem camera · system, 20/11/2018", (W, "care"): "few",
        (W, "n"): "0", (W, "coverage"): "0,0%", (W, "in_time"): "0,0%",
        **{(W, entry): "–" for entry in ENTRIES}, ("said", "rated"): "13,9", ("said", "unsure"): "2",
        ("all", "decisions"): "1", ("all", "without"): "–",
        ("all", "with"): "80,0% hài lòng (khoảng 95%: 60,9% đến 91,1%), 25 lượt.",
    }, first=_screened),
}


def _page(reader: Reader) -> Page:
    return Page(lambda: read(reader), recount, thresholds=frozenset({"care", "unsure", "under", *ENTRIES}))


@on_sqlite
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_change_moves_exactly_its_figures(reader: Reader, case: Case) -> None:
    _page(reader).check(case)


@on_postgresql
def test_the_changes_in_a_row_move_the_same_figures(reader: Reader) -> None:
    _page(reader).check_in_a_row(CASES)


def test_causes_are_told_of_the_ratings_that_wait_in_the_units_figures(reader: Reader) -> None:
    """A code of another unit typed at the centre waits in that unit's figures, cause and all."""
    _one("000.22.12.H49-181001-7777")
    world.work()
    for unit, n in ((CENTRE, "0"), (OTHER, "1")):
        panel = reading.section(reader.page(f"{ADDRESS}&unit={unit}"), "unmatched")
        assert f"{n} lượt đang chờ hồ sơ" in reading.text(panel)
        assert f'data-cause="other_unit">{n}<' in panel
