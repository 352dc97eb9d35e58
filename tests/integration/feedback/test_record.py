"""Taking in ratings: verdicts, exactly once, ballots, counts."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import text

from kiosk_app.core import db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import ConfigurationError, RuleError
from kiosk_app.feedback import commands, queries, recount
from kiosk_app.feedback.records import Outcome, Sender
from tests.integration.feedback.conftest import Office


def verdicts(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(v.verdict, v.reason) for v in outcome.results]


def no_cell_differs() -> None:
    with db.reading() as conn:
        assert recount.check(conn) == []


def test_same_item_again_is_a_duplicate_and_other_content_a_conflict(
    office: Office, count: Callable[[str], int]
) -> None:
    item = office.item(receipt=office.dossier(1))
    assert verdicts(office.send(item)) == [("created", None)]
    assert verdicts(office.send(item)) == [("duplicate", None)]
    assert verdicts(office.send({**item, "level": 1})) == [("conflict", None)]
    assert verdicts(office.send({**item, "level": 1})) == [("duplicate", None)]
    assert (count("rating_items"), count("quarantined_items")) == (1, 1)
    no_cell_differs()


def test_a_key_left_out_is_null(office: Office) -> None:
    item = office.item(receipt=office.dossier(1))
    office.send(item)
    shorter = {k: v for k, v in item.items() if v is not None}
    assert verdicts(office.send(shorter)) == [("duplicate", None)]


def test_each_rejection_has_its_reason_and_is_kept(
    office: Office, count: Callable[[str], int]
) -> None:
    bad = [
        (office.item(id="no-uuid"), "malformed"),
        (office.item(level=6), "level_out_of_range"),
        (office.item(level=None), "level_out_of_range"),
        (office.item(level=True), "level_out_of_range"),
        (office.item(questionnaire="other@9"), "unknown_questionnaire"),
        (office.item(rated_at="yesterday"), "malformed"),
        (office.item(rated_at="2018-10-15T10:00:00"), "malformed"),
        (office.item(seq=None), "malformed"),
        (office.item(channel="pigeon"), "malformed"),
        (office.item(comment="x" * 2001), "malformed"),
        ("not an object", "malformed"),
        (office.item(answers=[1]), "malformed"),
    ]
    outcome = office.send(*[item for item, _ in bad], office.item(receipt=office.dossier(1)))
    assert verdicts(outcome) == [*(("rejected", r) for _, r in bad), ("created", None)]
    assert count("quarantined_items") == len(bad)
    assert count("rating_items") == 1


def test_a_number_used_by_another_item_is_refused(office: Office) -> None:
    first = office.item(receipt=office.dossier(1))
    second = office.item(receipt=office.dossier(2), seq=first["seq"])
    assert verdicts(office.send(first, second)) == [("created", None), ("rejected", "seq_reused")]


def test_missing_numbers_are_told(office: Office) -> None:
    received = office.send(office.item(seq=2), office.item(seq=5)).received
    assert received is not None
    assert (received.max_seq, received.missing) == (5, ((1, 1), (3, 4)))
    received = office.send(office.item(seq=3, level=9)).received
    assert received is not None
    assert received.missing == ((1, 1), (4, 4))


def test_one_rating_per_receipt_and_step_in_any_spelling(office: Office) -> None:
    office.dossier(1)
    spellings = ["000.00.12.H49-181001-0001", " 000.00.12.h49–181oo1-0001 ", "0000012H49181001OOO1"]
    sent = [verdicts(office.send(office.item(receipt=s)))[0] for s in spellings]
    assert sent == [("created", None)] + [("rejected", "already_rated")] * 2
    assert verdicts(office.send(office.item(receipt=spellings[1], step="reception"))) == [
        ("created", None)
    ]
    no_cell_differs()


def test_other_channels_share_the_ballot_and_have_no_number(office: Office) -> None:
    code = office.dossier(1)
    integration = Sender(integration=True)
    now = office.clock.now()
    phone = office.item(receipt=code, channel="phone", entry="link", epoch=None, seq=None)
    paper = office.item(receipt=code, channel="paper", entry=None, epoch=None, seq=None)
    tablet = office.item(receipt=code)
    assert verdicts(commands.record([phone, paper, tablet], sender=integration, now=now)) == [
        ("created", None), ("rejected", "already_rated"), ("rejected", "malformed"),
    ]


def test_a_missing_step_follows_the_hand_over(office: Office) -> None:
    code = office.dossier(1)
    early = office.item(receipt=code, step=None, rated_at="2018-10-02T09:00:00+07:00")
    late = office.item(receipt=code, step=None, rated_at="2018-10-08T10:00:00+07:00")
    office.send(early, late)
    with db.reading() as conn:
        steps = conn.execute(text("SELECT step FROM attributions ORDER BY item_id")).scalars().all()
    assert steps == ["reception", "return"]


def test_late_matching_counts_one_and_supersedes_its_twin(office: Office) -> None:
    code = "000.00.12.H49-181001-0007"
    first, twin = office.item(receipt=code), office.item(receipt=code, step=None, level=1)
    assert verdicts(office.send(first, twin)) == [("created", None)] * 2
    with db.reading() as conn:
        assert queries.state_counts(conn)["unmatched"] == 2
        assert queries.recorded(conn, months=[201810], unit_ids=[office.unit_id]) == 2
    office.dossier(7)
    assert commands.match_unmatched(now=office.clock.now()) == 2
    with db.reading() as conn:
        states = queries.state_counts(conn)
    assert (states["counted"], states["superseded"], states["unmatched"]) == (1, 1, 0)
    assert commands.match_unmatched(now=office.clock.now()) == 0
    assert verdicts(office.send(office.item(receipt=code))) == [("rejected", "already_rated")]
    no_cell_differs()


def test_late_facts_write_a_further_attribution(office: Office) -> None:
    code = office.dossier(1, finished_at="2018-10-05 09:00", returned_at="", status="9")
    office.send(office.item(receipt=code, step="reception"))
    office.dossier(1)
    changed = commands.refresh_attributions(
        ["0000012H491810010001"], now=office.clock.now()
    )
    assert changed == 0
    no_cell_differs()


def test_a_time_far_ahead_counts_on_arrival_and_is_flagged(
    office: Office, count: Callable[[str], int]
) -> None:
    office.send(office.item(rated_at="2030-01-01T08:00:00+07:00"))
    with db.reading() as conn:
        day = conn.execute(text("SELECT day FROM attributions")).scalar()
    assert day == 20181015
    assert count("rating_flags") == 1


def test_the_offset_frozen_at_sealing_corrects_the_day(office: Office) -> None:
    office.send(office.item(rated_at="2018-10-14T00:20:00+07:00", clock_offset_ms=47 * 60_000))
    with db.reading() as conn:
        assert conn.execute(text("SELECT day FROM attributions")).scalar() == 20181013


def test_released_copies_renew_with_the_fifth_rating_or_when_closed(office: Office) -> None:
    def shown() -> int:
        with db.reading() as conn:
            rows = queries.released(
                conn, grain="month", periods=[201810], dimension="officer",
                unit_ids=[office.unit_id],
            )
            strata = queries.strata(conn, months=[201810], unit_ids=[office.unit_id])
        assert sum(s.n for s in strata) == sum(sum(r.levels) for r in rows)
        return sum(sum(row.levels) for row in rows)

    seen = []
    for number in range(1, 13):
        office.rate(number)
        seen.append(shown())
    assert seen == [0] * 4 + [5] * 5 + [10] * 3
    office.clock.advance(days=24)
    commands.release_closed(now=office.clock.now())
    assert shown() == 12
    office.rate(13, rated_at="2018-10-15T10:00:00+07:00")
    commands.release_closed(now=office.clock.now())
    assert shown() == 12


def test_confidential_reason_enters_no_count(office: Office, count: Callable[[str], int]) -> None:
    office.rate(1, level=1, reasons=["cho_lau", "goi_y_tien_qua"])
    with db.reading() as conn:
        reasons = conn.execute(text("SELECT reasons FROM rating_items")).scalar()
        kept = conn.execute(text("SELECT confidential_reason FROM rating_erasables")).scalar()
        cells = conn.execute(
            text("SELECT COUNT(*) FROM released_cells WHERE value LIKE '%goi_y%'")
        ).scalar()
    assert (reasons, kept, cells) == ('["cho_lau"]', "goi_y_tien_qua", 0)


def test_a_revoked_tablet_delivers_into_quarantine(
    office: Office, count: Callable[[str], int]
) -> None:
    revoked = Sender(
        device_id=office.sender.device_id, unit_id=office.unit_id, revoked=True
    )
    outcome = commands.record([office.item()], sender=revoked, now=office.clock.now())
    assert verdicts(outcome) == [("rejected", "device_revoked")]
    assert count("quarantined_items") == 1


def test_before_the_opening_date_is_too_old(office: Office) -> None:
    sender = Sender(
        device_id=office.sender.device_id, unit_id=office.unit_id, opening_day=20181015
    )
    items = [office.item(rated_at="2018-10-14T10:00:00+07:00"), office.item()]
    outcome = commands.record(items, sender=sender, now=office.clock.now())
    assert verdicts(outcome) == [("rejected", "too_old"), ("created", None)]


def test_a_voided_attempt_opens_the_next_once(office: Office) -> None:
    code = office.dossier(1)
    office.send(office.item(receipt=code))
    assert commands.contest(code, "return", now=office.clock.now())
    commands.void_attempt(
        code, "return", "rating", reason="đã xác minh", actor=SYSTEM, now=office.clock.now()
    )
    assert verdicts(office.send(office.item(receipt=code))) == [("created", None)]
    assert verdicts(office.send(office.item(receipt=code))) == [("rejected", "already_rated")]


def test_drafts_of_forms_seal_once(office: Office, count: Callable[[str], int]) -> None:
    rating_id = str(uuid.uuid4())
    body = office.item(id=rating_id, epoch=None, seq=None)
    device = office.sender.device_id
    commands.save_draft(rating_id, body, device_id=device, now=office.clock.now())
    commands.save_draft(rating_id, {**body, "level": 2}, device_id=device, now=office.clock.now())
    assert count("rating_items") == 0
    assert commands.seal_due_drafts(now=office.clock.now()) == 0
    office.clock.advance(minutes=2)
    assert commands.seal_due_drafts(now=office.clock.now()) == 1
    assert commands.read_draft(rating_id) is None
    with db.reading() as conn:
        assert conn.execute(text("SELECT level FROM rating_items")).scalar() == 2
    assert not commands.withdraw_draft(rating_id)


def test_withdrawn_drafts_leave_nothing(office: Office, count: Callable[[str], int]) -> None:
    rating_id = str(uuid.uuid4())
    commands.save_draft(
        rating_id, office.item(id=rating_id, epoch=None, seq=None), device_id=None,
        now=office.clock.now(),
    )
    assert commands.withdraw_draft(rating_id)
    office.clock.advance(minutes=5)
    assert commands.seal_due_drafts(now=office.clock.now()) == 0
    assert count("rating_items") == 0


def test_without_keys_no_rating_is_taken(office: Office, count: Callable[[str], int]) -> None:
    keys.bind(None)
    with pytest.raises(ConfigurationError):
        office.send(office.item())
    assert count("rating_items") == 0


def test_more_than_200_items_are_refused_whole(
    office: Office, count: Callable[[str], int]
) -> None:
    with pytest.raises(RuleError):
        office.send(*[office.item() for _ in range(201)])
    assert count("rating_items") == 0


def test_a_corrupted_cell_is_named(office: Office) -> None:
    office.rate(1)
    with db.transaction() as conn:
        conn.execute(text("UPDATE rating_months SET n = n + 3"))
        conn.execute(text("UPDATE released_cells SET live_5 = 7 WHERE dimension = 'officer'"))
    with db.reading() as conn:
        found = recount.check(conn)
    assert {d.table for d in found} == {"rating_months", "released_cells officer"}
    assert "month=201810" in found[0].key
    assert (found[0].stored, found[0].recounted) == (4, 1)
    recount.rebuild_fine()
    with db.reading() as conn:
        assert {d.table for d in recount.check(conn)} == {"released_cells officer"}
