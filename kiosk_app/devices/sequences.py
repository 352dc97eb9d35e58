"""Sequence numbers of tablets: which have arrived, which are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from kiosk_app.devices.models import DeviceEpoch, ReceivedSequence


@dataclass(frozen=True)
class EpochState:
    """What has arrived of one epoch: highest number and the ranges missing below it."""

    device_id: int
    epoch: str
    max_seq: int
    missing: tuple[tuple[int, int], ...]


def holders(conn: Connection, device_id: int, epoch: str, seqs: Sequence[int]) -> dict[int, str]:
    """Which item holds each of ``seqs`` already."""
    if not seqs:
        return {}
    rows = conn.execute(
        select(ReceivedSequence.seq, ReceivedSequence.rating_id).where(
            ReceivedSequence.device_id == device_id,
            ReceivedSequence.epoch == epoch,
            ReceivedSequence.seq.in_(seqs),
        )
    ).all()
    return {row.seq: row.rating_id for row in rows}


def note(
    conn: Connection, device_id: int, epoch: str, arrived: Mapping[int, str], now_ms: int
) -> None:
    """Remember that these numbers (seq → item id), all new, have arrived."""
    if not arrived:
        return
    conn.execute(
        insert(ReceivedSequence),
        [
            {"device_id": device_id, "epoch": epoch, "seq": seq, "rating_id": item}
            for seq, item in arrived.items()
        ],
    )
    key = (DeviceEpoch.device_id == device_id, DeviceEpoch.epoch == epoch)
    known = conn.execute(select(DeviceEpoch.max_seq, DeviceEpoch.received).where(*key)).first()
    highest = max(arrived)
    if known is None:
        conn.execute(
            insert(DeviceEpoch).values(
                device_id=device_id, epoch=epoch, first_seen_ms=now_ms, max_seq=highest,
                received=len(arrived),
            )
        )
    else:
        conn.execute(
            update(DeviceEpoch)
            .where(*key)
            .values(max_seq=max(known.max_seq, highest), received=known.received + len(arrived))
        )


def _gaps(conn: Connection, device_id: int, epoch: str) -> tuple[tuple[int, int], ...]:
    following = (
        func.lead(ReceivedSequence.seq).over(order_by=ReceivedSequence.seq).label("following")
    )
    numbered = (
        select(ReceivedSequence.seq, following)
        .where(ReceivedSequence.device_id == device_id, ReceivedSequence.epoch == epoch)
        .subquery()
    )
    rows = conn.execute(
        select(numbered.c.seq, numbered.c.following)
        .where(numbered.c.following > numbered.c.seq + 1)
        .order_by(numbered.c.seq)
    ).all()
    lowest = conn.execute(
        select(func.min(ReceivedSequence.seq)).where(
            ReceivedSequence.device_id == device_id, ReceivedSequence.epoch == epoch
        )
    ).scalar()
    head = ((1, lowest - 1),) if lowest and lowest > 1 else ()
    return head + tuple((seq + 1, following - 1) for seq, following in rows)


def state(conn: Connection, device_id: int, epoch: str) -> EpochState | None:
    """State of one epoch, or None if nothing of it has arrived."""
    row = conn.execute(
        select(DeviceEpoch.max_seq, DeviceEpoch.received).where(
            DeviceEpoch.device_id == device_id, DeviceEpoch.epoch == epoch
        )
    ).first()
    if row is None:
        return None
    missing = _gaps(conn, device_id, epoch) if row.received < row.max_seq else ()
    return EpochState(device_id, epoch, row.max_seq, missing)


def all_states(conn: Connection) -> list[EpochState]:
    """State of every epoch of every device."""
    rows = conn.execute(
        select(DeviceEpoch.device_id, DeviceEpoch.epoch).order_by(
            DeviceEpoch.device_id, DeviceEpoch.first_seen_ms
        )
    ).all()
    found = [state(conn, device_id, epoch) for device_id, epoch in rows]
    return [s for s in found if s is not None]
