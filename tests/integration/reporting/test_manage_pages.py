"""The managers' pages: each figure by a recount of the items themselves, and alive.

The recount reads items and newest attributions, never the counts that the pages are made of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from html import unescape

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kiosk_app.accounts import commands as accounts
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import replies
from kiosk_app.organisation import queries as organisation
from kiosk_app.reporting import (
    change,
    detail,
    hours,
    overview,
    periods,
    reorganisation,
    satisfaction,
    service_quality,
    weeks,
)
from kiosk_app.reporting.records import Figure
from tests.integration.reporting.conftest import Office
from tests.integration.reporting.test_alive_tables import DESKS, MONTHS, PERIOD
from tests.integration.reporting.test_alive_tables import desks as desks
from tests.signing import signed_in

one_database = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
LOCAL = timezone(timedelta(hours=7))
ITEMS = """
SELECT i.level, i.corrected_ms, i.reasons, a.unit_id, a.officer_id, a.procedure_id, a.field_id
FROM rating_items i JOIN attributions a ON a.item_id = i.id
WHERE a.state = 'counted' AND a.procedure_id > 0 AND i.kind = 'rating'
AND a.version = (SELECT max(b.version) FROM attributions b WHERE b.item_id = i.id)
"""
Counts = dict[tuple[str, str], list[int]]


def recount() -> Counts:
    """Levels by (dimension:period, value), from the items."""
    found: Counts = defaultdict(lambda: [0] * 5)
    with db.reading() as conn:
        rows = conn.execute(text(ITEMS)).all()
    for level, ms, reasons, unit, officer, procedure, field in rows:
        at = datetime.fromtimestamp(ms / 1000, UTC).astimezone(LOCAL)
        iso = at.isocalendar()
        places = [
            (f"total:{at:%Y-%m}", ""), (f"unit:{at:%Y-%m}", str(unit)),
            ("week", str(iso.year * 100 + iso.week)), (f"officer:{at:%Y-%m}", str(officer)),
            (f"field:{at:%Y-%m}", str(field)), (f"procedure:{at:%Y-%m}", str(procedure)),
            (f"hour:{at.year}-Q{(at.month + 2) // 3}", f"{iso.weekday}-{at.hour:02d}"),
            *((f"officer_reason:{at.year}", f"{officer}:{r}") for r in re.findall(r'"(\w+)"', reasons)),
        ]
        for place in places:
            found[place][level - 1] += 1
    return found


def of(row: Figure) -> tuple[int | None, float | None]:
    return row.n, row.share


def expected(levels: list[int]) -> tuple[int | None, float | None]:
    """n from five ratings on, the share from ten on."""
    n = sum(levels)
    return (n if n >= 5 else None, sum(levels[3:]) / n if n >= 10 else None)


def everything() -> dict[tuple[str, str], tuple[int | None, float | None]]:
    """What the pages show, under the names of the recount."""
    with db.reading() as conn:
        period = periods.parse(PERIOD)
        units = organisation.receiving_units(conn)
        ids = [u.id for u in units]
        page = overview.overview(conn, period, ids, MONTHS, "vi")
        shown = {(f"total:{PERIOD}", ""): of(page.total)}
        shown |= {(f"unit:{PERIOD}", r.key): of(r) for r in page.units if r.n != 0}
        course = weeks.course(conn, period, ids, MONTHS)
        shown |= {("week", w.figure.key): of(w.figure) for w in course.weeks}
        hourly = hours.by_hour(conn, period, ids)
        shown |= {("hour:2018-Q4", cell.key): of(cell) for cell in hourly.cells}
        for row in satisfaction.by_officer(conn, period, ids):
            if row.n != 0:
                shown[f"officer:{PERIOD}", row.key] = of(row)
        mixed = organisation.officer_by_code(conn, DESKS["colleague"].officer)
        assert mixed is not None
        found = detail.officer(
            conn, mixed, period, ids, MONTHS, clock.now().date(), with_comments=True
        )
        assert found is not None
        shown |= {("officer_reason:2018", f"{mixed}:{r.key}"): of(r) for r in found.reasons}
        for field in overview.choices(conn, period.months, ids)["field"]:
            one = overview.overview(
                conn, period, ids, MONTHS, "vi", overview.beside("field", field)
            )
            shown[f"field:{PERIOD}", field] = of(one.total)
    return shown


def test_every_figure_is_what_the_items_say(desks: Office) -> None:
    for levels in ((), (1, 1, 2, 3, 5)):
        if levels:
            desks.rate(DESKS["mixed"].codes(20, 5), levels, reasons=["cho_lau"])
        counted, shown = recount(), everything()
        kinds = {key[0].split(":")[0] for key in shown}
        assert kinds == {"total", "unit", "week", "hour", "officer", "officer_reason", "field"}
        for key, figure in shown.items():
            assert figure == pytest.approx(expected(counted[key])), key


@one_database
def test_changes_weeks_and_hours_move_when_their_facts_do(desks: Office) -> None:
    before = everything()
    desks.rate(DESKS["mixed"].codes(20, 4), (1, 1, 2, 3))
    assert everything() == before  # four new ratings are not told
    desks.rate(DESKS["mixed"].codes(24, 1), (3,))
    after = everything()
    moved = {key[0].split(":")[0] for key in after if before.get(key) != after[key]}
    assert moved == {"total", "unit", "week", "hour", "officer", "field"}


def _row(x: int, n: int) -> Figure:
    return Figure("u", "U", n, n, 1.0, x / n, 0.0, 1.0, None, suppressed=False)


def test_a_change_is_newcombes_and_noise_is_called_noise() -> None:
    """56/70 − 48/80 = .20, 95 % interval .0524 to .3339 (Newcombe 1998, table II, method 10)."""
    found = change.between(_row(56, 70), _row(48, 80))
    assert found is not None
    assert (round(found.difference, 4), round(found.low, 4), round(found.high, 4)) == (
        0.2, 0.0524, 0.3339)
    assert found.clear
    small = change.between(_row(18, 20), _row(17, 20))
    assert small is not None
    assert not small.clear
    assert change.between(_row(18, 20), Figure(
        "u", "U", None, 9, None, None, None, None, None, suppressed=True)) is None
    assert [c.clear for c in change.among([_row(56, 70)] * 1, {"u": _row(48, 80)})] == [True]


@one_database
def test_one_dimension_beside_the_unit_and_no_second(desks: Office) -> None:
    with db.reading() as conn:
        field = sorted(overview.choices(conn, (201810,), [
            u.id for u in organisation.receiving_units(conn)])["field"])[0]
    page = desks.page(f"/manage/?period={PERIOD}&field={field}")
    assert 'name="channel" disabled aria-describedby="onlyone"' in page
    assert "chỉ lọc một chiều" in unescape(page)
    assert 'id="hours"' not in page
    assert 'id="weeks"' not in page
    answer = desks.reader.get(f"/manage/?period={PERIOD}&field={field}&channel=tablet")
    assert answer.status_code == 422
    with pytest.raises(RuleError):
        overview.beside("officer", "1")


@one_database
def test_units_roll_up_whole_and_the_divided_are_named(desks: Office) -> None:
    def rolled() -> tuple[dict[str, Figure], set[str]]:
        with db.reading() as conn:
            ids = [u.id for u in organisation.receiving_units(conn)]
            days = reorganisation.days_of_change(conn)
            found = reorganisation.roll_up(conn, periods.parse(PERIOD), ids, days[-1], "vi")
        return {r.figure.label: r.figure for r in found.rows}, {u.label for u in found.unplaced}

    rows, unplaced = rolled()
    assert of(rows["Phường Hà Lầm"]) == (10, 0.6)  # Hà Trung and Hà Lầm: neither alone is shown
    assert "Trung tâm Hành chính công thành phố Hạ Long" in unplaced
    desks.rate(DESKS["few"].codes(5, 15), (5,) * 14 + (1,))
    rows, _ = rolled()
    assert rows["Phường Hà Lầm"].suppressed  # Hà Lầm's five would be what is left of 25
    desks.rate(DESKS["few too"].codes(5, 5), (5,) * 5)
    rows, _ = rolled()
    assert of(rows["Phường Hà Lầm"]) == (30, pytest.approx((3 + 14 + 3 + 5) / 30))
    page = desks.page(f"/manage/units?period={PERIOD}&on=2025-07-01")
    assert "Không phân bổ lại được" in unescape(page)
    assert desks.reader.get("/manage/units?on=2021-02-03").status_code == 404


LINES = """
SELECT count(*), sum(CASE WHEN v.supplement_count > 1 THEN 1 ELSE 0 END)
FROM dossiers d JOIN dossier_versions v ON v.dossier_id = d.id
JOIN procedures p ON p.id = v.procedure_id
WHERE v.version = (SELECT max(w.version) FROM dossier_versions w WHERE w.dossier_id = d.id)
"""


@one_database
@pytest.mark.parametrize(("by", "key"), [
    ("unit", lambda p, u: str(u)), ("field", lambda p, _: str(p.field_id)),
    ("procedure", lambda p, _: p.code),
])
def test_service_lines_are_the_dossiers(
    desks: Office, by: str, key: Callable[..., str]
) -> None:
    desks.take_in(DESKS["praised"].dossiers(60, 1, supplement_count="2"))
    with db.reading() as conn:
        ids = [u.id for u in organisation.receiving_units(conn)]
        rows = service_quality.lines(conn, periods.parse("2018"), ids, by, "vi")
        known = {p.code: p for p in organisation.procedures(conn).values()}
        unit = organisation.unit_by_ref(conn, "P-BACHDANG")
        total = conn.execute(text(LINES)).one()
        one = known[DESKS["praised"].procedure]
        where = {"unit": "d.unit_id", "field": "p.field_id", "procedure": "p.code"}[by]
        name = key(one, unit)
        own = conn.execute(
            text(f"{LINES} AND {where} = :value"),
            {"value": name if by == "procedure" else int(name)},
        ).one()
    assert (sum(r.received for r in rows), sum(r.supplement_over_limit for r in rows)) == total
    line = next(r for r in rows if r.key == name)
    assert (line.received, line.supplement_over_limit) == own
    assert line.early + line.on_time + line.late == line.resolved
    if by == "procedure":
        assert line.fees == (one.fee_vnd or 0) * line.received
        assert line.time_cut == pytest.approx(1 - one.committed_days / one.statutory_days)
    csv = desks.page(f"/manage/service?period=2018&by={by}&export=csv")
    assert f",{line.received},{line.resolved},{line.early}," in csv


def _as_officer(office: Office, code: str) -> None:
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, code)
        unit = organisation.unit_by_ref(conn, "HL-TTHCC")
    accounts.add_user("can.bo", role="officer", unit_id=unit, officer_id=officer,
                      password="mot-mat-khau-dai", actor=SYSTEM, now=clock.now())
    signed_in(office.tablet, "can.bo")
    office.tablet.application.config["WTF_CSRF_ENABLED"] = False


def test_an_officer_replies_and_nothing_of_it_can_be_changed(desks: Office) -> None:
    _as_officer(desks, DESKS["mixed"].officer)
    page = unescape(desks.tablet.get(f"/manage/own?period={PERIOD}").get_data(as_text=True))
    assert "Chưa đủ lượt để cho anh/chị biết" in page  # two officers tell no reliability
    assert 'data-figure="share"' not in page
    empty = desks.tablet.post(f"/manage/own?period={PERIOD}", data={"text": "  "})
    assert empty.status_code == 422
    assert "Chưa có nội dung" in unescape(empty.get_data(as_text=True))
    long = desks.tablet.post(f"/manage/own?period={PERIOD}", data={"text": "x" * 2001})
    assert "x" * 2001 in long.get_data(as_text=True)
    said = "Tháng này quầy tôi nhận thêm hồ sơ đất đai <b>"
    assert desks.tablet.post(f"/manage/own?period={PERIOD}", data={"text": said}).status_code == 303
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
        assert officer is not None
        assert [r.text for r in replies.replies(conn, officer)] == [said]
        audited = conn.execute(text(
            "SELECT count(*) FROM audit_events WHERE action = 'reply_to_figures'")).scalar()
    assert audited == 1
    address = f"/manage/officers/{officer}?period={PERIOD}"
    assert "hồ sơ đất đai &lt;b&gt;" in desks.page(address)
    with db.reading() as conn:
        looks = conn.execute(text(
            "SELECT actor FROM audit_events WHERE action = 'look_at_officer'")).scalars().all()
    assert looks == ["thanh.tra"]
    for change_ in ("UPDATE officer_replies SET text = 'y'", "DELETE FROM officer_replies"):
        with pytest.raises(DBAPIError), db.transaction() as conn:
            conn.execute(text(change_))


@one_database
def test_comments_are_masked_dated_by_week_and_never_fewer_than_five(desks: Office) -> None:
    codes = DESKS["mixed"].codes(20, 5)
    written = [f"Chị Lan ở quầy giúp nhanh, gọi 0912 000 34{i}" for i in range(5)]

    def listed() -> list[tuple[int, str]]:
        with db.reading() as conn:
            ids = [u.id for u in organisation.receiving_units(conn)]
            officer = organisation.officer_by_code(conn, DESKS["mixed"].officer)
            assert officer is not None
            found = detail.officer(
                conn, officer, periods.parse(PERIOD), ids, MONTHS,
                datetime(2018, 11, 20, tzinfo=UTC).date(), with_comments=True,
            )
        assert found is not None
        return [(c.week, c.text) for c in found.comments]

    for code, comment in zip(codes[:4], written, strict=False):
        desks.rate([code], [5], comment=comment)
    assert listed() == []
    desks.rate(codes[4:], [5], comment=written[4])
    shown = listed()
    assert [week for week, _ in shown] == [201841] * 5
    assert not any("Lan" in said or "0912" in said for _, said in shown)
    assert all("[tên người]" in said for _, said in shown)


@one_database
def test_a_procedure_that_got_worse_is_named_on_its_page(desks: Office) -> None:
    address = "/manage/procedures?period=2018-10"
    assert "không dòng nào đổi quá dao động" in unescape(desks.page(address))
    desks.rate(DESKS["mixed"].codes(10, 20), (1,) * 20)
    page = unescape(desks.page(address))
    x1, n1, x2, n2 = 8 + 8 + 4, 10 + 10 + 5 + 20, 8, 10  # both desks of October, and September
    points = f"−{100 * (x2 / n2 - x1 / n1):.1f}".replace(".", ",")
    said = page.split("So với tháng 9/2018")[1].split("</p>")[0]
    assert "giảm rõ" in said
    assert f"({points})" in said
    assert 'href="/manage/procedures/' in said, "the procedure is one click away"
    assert f"giảm {points[1:]} điểm" in page
    down = unescape(desks.page(f"{address}&move=down"))
    assert down.count('<th scope="row">') == 1
    assert f"giảm {points[1:]} điểm" in down
    assert f"giảm {points[1:]} điểm" not in unescape(desks.page(f"{address}&move=up"))
    moved = desks.page(f"{address}&move=down&export=csv")
    assert "thay đổi Giảm rõ" in moved
    assert len(moved.strip().splitlines()) < 12


@one_database
def test_charts_answer_for_themselves_and_from_the_readers_copy(desks: Office) -> None:
    for name in ("trend", "weeks", "levels", "reasons", "hours", "coverage", "officers",
                 "procedures"):
        address = f"/manage/charts/{name}.svg?period={PERIOD}"
        first = desks.reader.get(address)
        assert first.status_code == 200, name
        assert first.content_type.startswith("image/svg+xml")
        assert "<title" in first.get_data(as_text=True)
        again = desks.reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, name
    assert desks.reader.get("/manage/charts/nothing.svg").status_code == 404


@one_database
def test_neighbours_keep_period_and_unit_also_after_a_filter(desks: Office) -> None:
    """The menu is renewed with the results; alerts are of any time."""
    asked = "/manage/?period=2018-10&unit=HL-TTHCC"
    kept = 'href="/manage/officers?period=2018-10&unit=HL-TTHCC"'
    assert kept in unescape(desks.page(asked))
    part = unescape(desks.reader.get(asked, headers={"HX-Request": "true"}).get_data(as_text=True))
    assert "<html" not in part
    assert '<nav class="side" id="side" hx-swap-oob="true"' in part
    assert kept in part
    assert 'href="/manage/alerts?unit=HL-TTHCC"' in part
    assert 'href="/manage/?period=2018-10&unit=HL-TTHCC&lang=en"' in part
    assert 'href="/manage/officers"' in desks.page("/manage/")


@one_database
def test_a_period_without_ratings_stays_chosen(desks: Office) -> None:
    page = desks.page("/manage/?period=2016")
    assert '<option value="2016" selected>năm 2016' in page


@one_database
def test_a_file_holds_the_rows_of_the_filter_and_names_it(desks: Office) -> None:
    asked = "/manage/officers?period=2018-10&unit=HL-TTHCC"
    every = desks.page(f"{asked}&export=csv").splitlines()
    name = next(line for line in every if line.startswith("Cán bộ")) and every[-1].split(",")[0]
    few = desks.page(f"{asked}&export=csv&q={name}").splitlines()
    heads = [next(i for i, line in enumerate(lines) if line.startswith("Cán bộ")) for lines in (every, few)]
    rows = [lines[at + 1 :] for lines, at in zip((every, few), heads, strict=True)]
    assert len(rows[0]) > len(rows[1]) == sum(name in row for row in rows[0])
    assert f"tên có “{name}”" in "\n".join(few)
    assert "Xếp theo: Tên" in "\n".join(few)


@one_database
def test_units_are_put_in_order_by_size_and_never_by_rate(desks: Office) -> None:
    page = desks.page("/manage/?period=2018-10&sort=n")
    sizes = [int(n) for n in re.findall(
        r'</a></th><td class="r num">(\d+)</td>', page.partition('id="units"')[2])]
    assert sizes == sorted(sizes, reverse=True) != []
    head = page.partition('id="units"')[2].partition("</thead>")[0]
    assert (head.count("aria-sort"), "sort=coverage" in head, "sort=share" in head) == (1, True, False)
    rolled = desks.page("/manage/units?period=2018-10&sort=n")
    assert 'aria-sort="descending"' in rolled
