"""What reads and imports of the organisation return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True)
class UnitRecord:
    """A unit as it was called on the day asked for (else on its last day)."""

    id: int
    ref: str
    kind: str
    parent_id: int | None
    name_vi: str
    name_en: str
    prefix: str
    """Normal form of the code its dossier codes begin with; '' if it receives none."""
    valid_from: date | None
    valid_to: date | None
    desk_name_vi: str = ""
    opening_date: date | None = None

    def name(self, lang: str = "vi") -> str:
        """The name in ``vi`` or ``en``."""
        return self.name_en if lang == "en" and self.name_en else self.name_vi


@dataclass(frozen=True)
class UnitEventRecord:
    """A merger, split, renaming or change of parent."""

    ref: str
    day: date
    event_type: str
    from_unit_id: int | None
    to_unit_id: int | None
    share: str
    legal_basis: str
    certainty: str


@dataclass(frozen=True)
class OfficerRecord:
    """An officer; several may bear the same name."""

    id: int
    code: str
    full_name: str


class Post(NamedTuple):
    """Unit and field of a posting."""

    unit_id: int
    field_id: int | None


@dataclass(frozen=True)
class PostingRecord:
    """An officer at a unit and counter from a day until ``posted_to`` (None: still there)."""

    officer_id: int
    unit_id: int
    home_unit_id: int | None
    counter_id: int | None
    field_id: int | None
    field_names: str
    posted_from: date
    posted_to: date | None

    @property
    def post(self) -> Post:
        """Where it is."""
        return Post(self.unit_id, self.field_id)

    def covers(self, day: date) -> bool:
        """Whether the posting is in force on ``day``."""
        return self.posted_from <= day and (self.posted_to is None or day <= self.posted_to)


@dataclass(frozen=True)
class FieldRecord:
    """A field of administration (lĩnh vực)."""

    id: int
    name_vi: str
    name_en: str

    def name(self, lang: str) -> str:
        """Its name in a language; the Vietnamese one where there is no other."""
        return self.name_en if lang == "en" and self.name_en else self.name_vi


@dataclass(frozen=True)
class ProcedureRecord:
    """A procedure in one dated version."""

    id: int
    code: str
    name_vi: str
    name_en: str
    field_id: int
    level: str
    deciding_unit_id: int | None
    statutory_days: float
    committed_days: float
    online_level: int | None
    fee_vnd: int | None
    valid_from: date | None = None
    valid_to: date | None = None
    digitised: bool | None = None

    def name(self, lang: str = "vi") -> str:
        """The name in a language, the Vietnamese one where none is known."""
        return self.name_en if lang == "en" and self.name_en else self.name_vi


@dataclass(frozen=True)
class CounterRecord:
    """A counter (quầy) of a unit."""

    id: int
    unit_id: int
    name: str
    active: bool


@dataclass(frozen=True)
class NameMatch:
    """The officer a name stands for, or None with the reason."""

    officer_id: int | None
    reason: str
    """'' when found, else ``officer_unknown`` or ``officer_ambiguous``."""


@dataclass(frozen=True)
class RowError:
    """A cell that cannot be taken in: where it is, what is wrong, what cures it."""

    row: int
    """As a spreadsheet program counts: the header is row 1."""
    column: str
    reason: str
    cure: str


@dataclass(frozen=True)
class ImportResult:
    """What an import did; with errors it did nothing."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the file was taken in."""
        return not self.errors
