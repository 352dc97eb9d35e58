"""Numbers as they come in addresses and forms: what no database could hold is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.routing import IntegerConverter, Map

HIGHEST = 2**31 - 1
"""The highest number of a row on both databases."""
_DIGITS = re.compile(r"[0-9]{1,10}")


def identifier(written: str) -> int | None:
    """The number of a row, None for anything else."""
    if not _DIGITS.fullmatch(written):
        return None
    return found if (found := int(written)) <= HIGHEST else None


def small(written: str) -> int:
    """For ``args.get(…, type=small)``: a whole number that every column can hold; ValueError else."""
    found = int(written) if len(written) <= 20 else HIGHEST + 1
    if abs(found) > HIGHEST:
        raise ValueError(written)
    return found


def identifiers(written: Iterable[str]) -> list[int]:
    """The numbers of rows among what was written."""
    return [found for one in written if (found := identifier(one)) is not None]


def year(written: str) -> int | None:
    """A year that calendars know, None for anything else."""
    found = identifier(written)
    return found if found is not None and 1900 <= found <= 2200 else None


class RowNumber(IntegerConverter):
    """A number in a path; one that no row can have is no address."""

    def __init__(self, map_: Map, *args: Any, **named: Any) -> None:
        super().__init__(map_, *args, **named)
        if self.max is None:
            self.max = HIGHEST
