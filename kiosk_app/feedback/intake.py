"""Judging a batch of items and writing them, inside the caller's transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from kiosk_app.core.columns import from_ms, local_hour
from kiosk_app.core.keys import KeyRing
from kiosk_app.devices import invitations, sequences
from kiosk_app.devices.records import InvitationRecord
from kiosk_app.dossiers import links
from kiosk_app.dossiers import queries as dossier_queries
from kiosk_app.dossiers.records import DossierFacts
from kiosk_app.feedback import ballots, cells, contact, invited, rules, sealing, surveys
from kiosk_app.feedback.models import (
    Attribution,
    Ballot,
    Erasable,
    QuarantinedItem,
    RatingFlag,
    RatingItem,
)
from kiosk_app.feedback.records import (
    Counted,
    Outcome,
    ParsedItem,
    Place,
    Received,
    Sender,
    Verdict,
)
from kiosk_app.organisation import fields as procedure_fields
from kiosk_app.organisation import queries as organisation_queries
from kiosk_app.questionnaires import queries as questionnaire_queries


class Batch:
    """State of one batch: what was known before it, what it has decided so far."""

    def __init__(
        self, conn: Connection, ring: KeyRing, items: Sequence[object], sender: Sender, now_ms: int
    ) -> None:
        self.conn, self.ring, self.sender, self.now_ms = conn, ring, sender, now_ms
        self.key_of = partial(links.receipt_key, ring)
        self.items = items
        self.envelopes = [rules.envelope(item) for item in items]
        self.seen = self._digests()
        self.holders = self._sequence_holders()
        self.arrived: dict[str, dict[int, str]] = defaultdict(dict)
        self.questionnaires = questionnaire_queries.known_refs(conn)
        self.surveys = questionnaire_queries.surveys(conn, survey_refs(items) & self.questionnaires)
        self.fields = procedure_fields.of_procedures(conn)
        self.calls = invited.calls_of(conn, items)
        self.next_item = _next_id(conn, RatingItem.id)
        self.next_quarantine = _next_id(conn, QuarantinedItem.id)
        self.parsed: list[ParsedItem | None] = [None] * len(items)
        self.item_rows: list[sealing.Row] = []
        self.erasables: list[sealing.Row] = []
        self.quarantined: list[sealing.Row] = []
        self.accepted: list[tuple[int, ParsedItem]] = []

    def _digests(self) -> dict[str, set[tuple[str, str]]]:
        ids = sorted({e.rating_id or e.id_as_sent for e in self.envelopes})
        seen: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for table, subject in ((RatingItem, "item"), (QuarantinedItem, "quarantine")):
            rows = self.conn.execute(
                select(table.rating_id, Erasable.digest)
                .outerjoin(
                    Erasable, (Erasable.subject == subject) & (Erasable.subject_id == table.id)
                )
                .where(table.rating_id.in_(ids))
            ).all()
            for rating_id, found in rows:
                seen[rating_id].add((subject, found or ""))
        return seen

    def _sequence_holders(self) -> dict[tuple[str, int], str]:
        if self.sender.device_id is None:
            return {}
        wanted: dict[str, set[int]] = defaultdict(set)
        for e in self.envelopes:
            if e.epoch and e.seq:
                wanted[e.epoch].add(e.seq)
        return {
            (epoch, seq): holder
            for epoch, seqs in wanted.items()
            for seq, holder in sequences.holders(
                self.conn, self.sender.device_id, epoch, sorted(seqs)
            ).items()
        }


def survey_refs(items: Sequence[object]) -> set[str]:
    """References of the questionnaires that the surveys among these items name."""
    return {
        str(item.get("questionnaire"))
        for item in items if isinstance(item, Mapping) and item.get("kind") == "survey"
    }


def _next_id(conn: Connection, column: InstrumentedAttribute[int]) -> int:
    highest = conn.execute(select(func.max(column))).scalar()
    return int(highest or 0) + 1


def _first_judgement(batch: Batch, index: int, digest: str) -> tuple[str, str | None] | None:
    """Verdict by identity and form; None when only the ballot is left to judge."""
    item, env = batch.items[index], batch.envelopes[index]
    if env.rating_id is None:
        return "rejected", "malformed"
    known = batch.seen[env.rating_id]
    if known:
        erased_only = all(not found for _, found in known)
        same = any(found == digest for _, found in known)
        return ("duplicate", None) if same or erased_only else ("conflict", None)
    if batch.sender.revoked:
        return "rejected", "device_revoked"
    holder = batch.holders.get((env.epoch or "", env.seq or 0))
    if holder is not None and holder != env.rating_id:
        return "rejected", "seq_reused"
    if not isinstance(item, Mapping):
        return "rejected", "malformed"
    if item.get("questionnaire") not in batch.questionnaires:
        return "rejected", "unknown_questionnaire"
    if not rules.level_is_valid(item):
        return "rejected", "level_out_of_range"
    refused = surveys.refusal(item, batch.surveys)
    if refused is not None:
        return "rejected", refused
    try:
        batch.parsed[index] = rules.parse(item, env, batch.sender, batch.key_of)
    except rules.MalformedError:
        return "rejected", "malformed"
    return None


def _note_sequence(batch: Batch, index: int) -> None:
    env = batch.envelopes[index]
    if batch.sender.device_id is None or not env.epoch or not env.seq:
        return
    key = (env.epoch, env.seq)
    if key not in batch.holders:
        holder = env.rating_id or env.id_as_sent
        batch.holders[key] = holder
        batch.arrived[env.epoch][env.seq] = holder


def _quarantine(batch: Batch, index: int, verdict: str, reason: str, digest: str) -> None:
    env, key = batch.envelopes[index], batch.envelopes[index].rating_id
    name = key or env.id_as_sent
    if ("quarantine", digest) in batch.seen[name]:
        return
    batch.seen[name].add(("quarantine", digest))
    plain: sealing.Row = {
        "rating_id": name, "device_id": batch.sender.device_id, "epoch": env.epoch,
        "seq": env.seq, "verdict": verdict, "reason": reason, "arrived_ms": batch.now_ms,
    }
    body = json.dumps(batch.items[index], ensure_ascii=False, default=str)[:65_536]
    row, erasable = sealing.sealed_quarantine(
        batch.ring, batch.next_quarantine, plain, body.replace("\0", "\ufffd"), digest
    )
    batch.next_quarantine += 1
    batch.quarantined.append(row)
    batch.erasables.append(erasable)


def _accept(batch: Batch, parsed: ParsedItem, digest: str) -> None:
    item_id = batch.next_item
    batch.next_item += 1
    batch.seen[parsed.rating_id].add(("item", digest))
    plain: sealing.Row = {
        "rating_id": parsed.rating_id, "device_id": batch.sender.device_id, "epoch": parsed.epoch,
        "seq": parsed.seq, "kind": parsed.kind, "relates_to": parsed.relates_to,
        "level": parsed.level, "step": parsed.step, "channel": parsed.channel,
        "entry": parsed.entry, "questionnaire": parsed.questionnaire,
        "answers": json.dumps(parsed.answers, ensure_ascii=False, sort_keys=True),
        "reasons": json.dumps(list(parsed.reasons)), "lang": parsed.lang,
        "claimed_ms": parsed.claimed_ms, "clock_offset_ms": parsed.clock_offset_ms,
        "corrected_ms": parsed.corrected_ms, "arrived_ms": batch.now_ms,
        "duration_ms": parsed.duration_ms, "follow_hash": parsed.follow_hash,
    }
    sealed_contact = contact.encrypt(batch.ring, parsed.contact)
    row, erasable = sealing.sealed_item(
        batch.ring, item_id, parsed, plain, sealed_contact, digest
    )
    batch.item_rows.append(row)
    batch.erasables.append(erasable)
    batch.accepted.append((item_id, parsed))


def place(
    conn: Connection, parsed: ParsedItem, facts: DossierFacts | None, *, sender: Sender,
    fields: Mapping[int, int], now_ms: int, call: InvitationRecord | None = None, cause: str,
) -> Place:
    """Where a rating belongs, from its dossier if known, else from prefix or device."""
    if facts is not None:
        return rules.place_linked(
            facts, step=parsed.step, corrected_ms=parsed.corrected_ms, arrived_ms=now_ms,
            field_id=fields.get(facts.procedure_id, 0),
            invited=(call.officer_id, call.counter_id) if call and call.officer_id else None,
            cause=cause,
        )
    unit = (
        organisation_queries.unit_by_prefix(conn, parsed.receipt_key) if parsed.receipt_key else None
    )
    return rules.place_unlinked(
        has_receipt=bool(parsed.receipt_key or parsed.receipt_hint), step=parsed.step,
        unit_id=unit or sender.unit_id or 0, counter_id=sender.counter_id,
        corrected_ms=parsed.corrected_ms, arrived_ms=now_ms,
        seated_officer=call.officer_id if call and not parsed.receipt_hint else None, cause=cause,
    )


def counted_of(parsed_level: int, channel: str, entry: str | None, reasons: Sequence[str],
               moment_ms: int, where: Place, duration_ms: int | None = None) -> Counted:
    """What the counts need of one rating."""
    return Counted(
        place=where, level=parsed_level, channel=channel, entry=entry or "",
        hour=local_hour(moment_ms), reasons=tuple(reasons), duration_ms=duration_ms,
    )


def _possible_ballots(
    items: Sequence[object], key_of: Callable[[str], str]
) -> set[tuple[str, str | None, str]]:
    wanted: set[tuple[str, str | None, str]] = set()
    for item in items:
        if not isinstance(item, Mapping) or not isinstance(item.get("receipt"), str):
            continue
        key = key_of(item["receipt"])[:200]
        steps = (item["step"],) if item.get("step") in rules.STEPS else (None, "reception", "return")
        wanted.update((key, step, str(item.get("kind") or "rating")) for step in steps)
    return wanted


def _judge(batch: Batch) -> list[Verdict]:
    bodies: list[tuple[str, tuple[str, str | None] | None]] = []
    for item in batch.items:
        try:
            digest = rules.digest(batch.ring, rules.canonical_item(item))
        except rules.MalformedError:
            text = json.dumps(item, default=str).encode("utf-8", "replace")
            digest = rules.digest(batch.ring, b"unreadable\0" + text)
            bodies.append((digest, ("rejected", "malformed")))
            continue
        bodies.append((digest, None))
    keys = {
        batch.key_of(str(item["receipt"]))[:200]
        for item in batch.items
        if isinstance(item, Mapping) and isinstance(item.get("receipt"), str)
    }
    facts = dossier_queries.facts_by_key(batch.conn, keys - {""})
    urns = ballots.Urn(batch.conn, batch.ring)
    urns.look_up(_possible_ballots(batch.items, batch.key_of))
    verdicts: list[Verdict] = []
    places: list[tuple[int, ParsedItem, Place]] = []
    for index, (digest, fixed) in enumerate(bodies):
        env = batch.envelopes[index]
        verdict, reason = fixed or _first_judgement(batch, index, digest) or ("", None)
        _note_sequence(batch, index)
        parsed = batch.parsed[index]
        if not verdict and parsed is not None:
            verdict, reason = _cast(batch, urns, facts, parsed, digest, places)
        if verdict in {"conflict", "rejected"}:
            _quarantine(batch, index, verdict, reason or "other_content", digest)
        verdicts.append(Verdict(env.id_as_sent, verdict, reason))
    _write(batch, urns, places)
    return verdicts


def _cast(
    batch: Batch, urns: ballots.Urn, facts: Mapping[str, DossierFacts], parsed: ParsedItem,
    digest: str, places: list[tuple[int, ParsedItem, Place]],
) -> tuple[str, str | None]:
    known = facts.get(parsed.receipt_key or "")
    call = invited.answered_call(batch.calls, parsed, batch.sender)
    where = place(
        batch.conn, parsed, known, sender=batch.sender, fields=batch.fields,
        now_ms=batch.now_ms, call=call, cause="arrival",
    )
    opening = batch.sender.opening_day
    if opening is not None and where.day < opening:
        return "rejected", "too_old"
    if parsed.receipt_key:
        step = where.step if known else parsed.step
        voter = known.code_key if known else parsed.receipt_key  # a slip votes for its dossier
        attempt = urns.cast(voter, step, parsed.kind)
        if attempt is None:
            return "rejected", "already_rated"
        where = replace(where, attempt=attempt)
    _accept(batch, parsed, digest)
    places.append((batch.accepted[-1][0], parsed, where))
    if call is not None:
        invitations.answer(batch.conn, call.ref, now=from_ms(batch.now_ms))
    return "created", None


def attribution_row(
    ring: KeyRing, item_id: int, version: int, where: Place, now_ms: int
) -> sealing.Row:
    """An ``attributions`` row of ``where``."""
    row: sealing.Row = {
        "item_id": item_id, "version": version, "recorded_ms": now_ms,
        **{name: getattr(where, name) for name in Place.__dataclass_fields__},
    }
    return sealing.fact_row(ring, "attributions", sealing.ATTRIBUTION_FIELDS, row)


def _write(
    batch: Batch, urns: ballots.Urn, places: list[tuple[int, ParsedItem, Place]]
) -> None:
    conn, moves = batch.conn, cells.Moves()
    flags: list[sealing.Row] = []
    for item_id, parsed, where in places:
        if parsed.kind == "rating" and parsed.level is not None:
            moment = rules.figure_ms(parsed.corrected_ms, batch.now_ms)
            moves.add(counted_of(
                parsed.level, parsed.channel, parsed.entry, parsed.reasons, moment, where,
                parsed.duration_ms,
            ))
        if parsed.kind == "survey":
            said = surveys.answered(parsed.questionnaire, parsed.answers, where, batch.surveys)
            if said is not None:
                moves.add_answers(said)
        if rules.is_ahead(parsed.corrected_ms, batch.now_ms):
            flags.append(sealing.fact_row(batch.ring, "rating_flags", sealing.FLAG_FIELDS, {
                "item_id": item_id, "quarantine_id": None, "flag": "time_ahead", "detail": "",
                "actor": "intake", "recorded_ms": batch.now_ms,
            }))
    attributions = [
        attribution_row(batch.ring, item_id, 1, where, batch.now_ms)
        for item_id, _, where in places
    ]
    for table, rows in (
        (RatingItem, batch.item_rows), (QuarantinedItem, batch.quarantined),
        (Erasable, batch.erasables), (Attribution, attributions), (RatingFlag, flags),
        (Ballot, urns.new_rows()),
    ):
        if rows:
            conn.execute(insert(table), rows)
    for epoch, arrived in batch.arrived.items():
        if batch.sender.device_id is not None:
            sequences.note(conn, batch.sender.device_id, epoch, arrived, batch.now_ms)
    cells.apply(conn, moves, now_ms=batch.now_ms)


def _received(batch: Batch) -> Received | None:
    epochs = [e.epoch for e in batch.envelopes if e.epoch and e.seq]
    if batch.sender.device_id is None or not epochs:
        return None
    state = sequences.state(batch.conn, batch.sender.device_id, epochs[-1])
    return None if state is None else Received(state.epoch, state.max_seq, state.missing)


def judge_and_store(
    conn: Connection, ring: KeyRing, items: Sequence[object], *, sender: Sender, now_ms: int
) -> Outcome:
    """Judge each item, write it with everything that hangs on it, in the caller's transaction."""
    batch = Batch(conn, ring, items, sender, now_ms)
    verdicts = _judge(batch)
    return Outcome(tuple(verdicts), _received(batch))
