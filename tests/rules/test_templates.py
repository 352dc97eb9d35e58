"""Templates escape, carry no script or style of their own, and speak through the catalogues."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rules.sources import TEMPLATES

JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.S)
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.S)
SPOKEN = re.compile(r"\b(title|alt|aria-label|placeholder|content-text)=\"([^\"]*)\"")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SAME_EVERYWHERE = {
    "A+", "CSV", "XLSX", "PDF", "Excel", "SVG", "PNG", "PIN", "QR", "IP", "SHA", "Hạ Long", "VneID", "https",
}


def named(path: Path) -> str:
    return "/".join(path.parts[-2:])


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=named)


@every_template
def test_output_is_escaped(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|\|\s*tojson\b", text)


@every_template
def test_no_inline_script_style_or_handler(path: Path) -> None:
    text = JINJA.sub("", path.read_text("utf-8"))
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    for tag in TAG.finditer(text):
        assert not re.search(r"\s(?:on[a-z]+|style)\s*=", tag[3]), tag[0]
        assert "javascript:" not in tag[3]


@every_template
def test_every_posting_form_carries_the_token(path: Path) -> None:
    text = path.read_text("utf-8")
    for form in re.finditer(r"<form\b[^>]*method=\"post\".*?</form>", text, re.S):
        assert "csrf" in form[0], form[0][:120]


@every_template
def test_htmx_only_improves_what_works_without(path: Path) -> None:
    """A form or a link with hx-get keeps an address of its own; nothing else is clickable."""
    without = JINJA.sub("X", path.read_text("utf-8"))
    for tag in TAG.finditer(without):
        if re.search(r"\shx-(get|post)=", tag[3]):
            assert tag[2] in {"form", "a", "div", "section"}, tag[0]
            if tag[2] == "form":
                assert re.search(r"\saction=", tag[3]), tag[0]
            if tag[2] == "a":
                assert re.search(r"\shref=", tag[3]), tag[0]


@every_template
def test_every_text_goes_through_the_catalogues(path: Path) -> None:
    text = re.sub(r"<(script|svg)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.S)
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{%-?\s*set\b.*?%\}(?:[^{]*\{%-?\s*endset.*?%\})?", "", text, flags=re.S)
    text = re.sub(r"\{% block body %\}.*?\{% endblock %\}", "", text)  # a class of the body
    for found in SPOKEN.finditer(text):
        assert not LETTERS.search(JINJA.sub("", found[2])), found[0]
    spoken = TAG.sub(" ", JINJA.sub(" ", text))
    for word in sorted(SAME_EVERYWHERE, key=len, reverse=True):
        spoken = spoken.replace(word, " ")
    spoken = re.sub(r"&\w+;|<!doctype html>", " ", spoken, flags=re.I)
    assert LETTERS.findall(spoken) == []
