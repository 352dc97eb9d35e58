"""A signed link opens its dossier, is always the same, tells nothing and cannot be bent."""

from __future__ import annotations

import base64
import string

from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.core.keys import PURPOSES, KeyRing
from kiosk_app.dossiers import links

RING = KeyRing({purpose: bytes([i]) * 32 for i, purpose in enumerate(PURPOSES, start=1)})
OTHER = KeyRing({purpose: bytes([i]) * 32 for i, purpose in enumerate(PURPOSES, start=7)})
CODES = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=60)


@given(CODES)
def test_a_token_opens_its_code_and_is_always_the_same(code: str) -> None:
    made = links.token(RING, code)

    assert links.read(RING, made) == code
    assert links.token(RING, code) == made


@given(CODES, st.integers(min_value=0, max_value=10_000), st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_one_changed_letter_opens_nothing(code: str, where: int, letter: str) -> None:
    made = links.token(RING, code)
    at = where % len(made)
    bent = made[:at] + letter + made[at + 1 :]

    assert links.read(RING, bent) == (code if bent == made else None)


@given(st.text(max_size=200))
def test_any_text_is_refused_without_an_error(text: str) -> None:
    assert links.read(RING, text) is None


def test_a_token_never_shows_the_code_and_tells_nothing_to_another_installation() -> None:
    code = "0000012H491810150042"
    made = links.token(RING, code)
    raw = base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))

    assert code.encode() not in raw
    assert "181015" not in made
    assert links.read(OTHER, made) is None


def test_a_token_of_another_purpose_does_not_open_the_rating() -> None:
    assert links.read(RING, links.token(RING, "0000012H491810150042", purpose="proof")) is None


def test_the_address_starts_with_the_public_one() -> None:
    assert links.address(RING, "ABC", "https://hcc.example/").startswith("https://hcc.example/r/")
