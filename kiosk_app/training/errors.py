"""Errors of training that carry more than a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from kiosk_app.core.errors import RuleError
from kiosk_app.training.rules import Clash


class Named(Protocol):
    """Whoever has a full name."""

    @property
    def full_name(self) -> str:
        """The name."""


class ClashError(RuleError):
    """A room, trainer or person is taken; ``clashes`` names each with session and half-day."""

    def __init__(self, found: Sequence[Clash], people: Mapping[int, Named] | None = None) -> None:
        named = [
            replace(clash, name=people[clash.officer_id].full_name)
            if people and clash.officer_id is not None and clash.officer_id in people
            else clash
            for clash in found
        ]
        first = named[0]
        super().__init__(
            f"clash_{first.kind}",
            f"{first.name}: {first.code}, {first.slot.day:%d/%m/%Y} {first.slot.part}",
            field=first.kind if first.kind != "officer" else "officer_ids",
        )
        self.clashes = named


class PeopleError(RuleError):
    """Something stands in the way of these people: ``names`` says whose, ``about`` what."""

    def __init__(self, code: str, names: Sequence[str], about: str) -> None:
        super().__init__(code, f"{', '.join(names)}: {about}", field="officer_ids")
        self.names = list(names)
        self.about = about
