"""The tablet's page runs on Chromium 90, the age of browser that old Android tablets end at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rules.sources import ROOT

STATIC = ROOT / "kiosk_app" / "static"
SCRIPTS = [
    *sorted((STATIC / "tablet").glob("*.js")),
    *(STATIC / "vendor" / name for name in ("qrcode.mjs", "zxing-reader.js")),
]
SUPPLIED = {"zxing-reader.js": r"\bObject\.hasOwn\b"}
"""What a script of others uses and ours supplies before it is loaded."""
STYLES = [STATIC / "css" / f"{name}.css" for name in ("tokens", "base", "kiosk", "tablet", "flow")]
NEWER_SCRIPT = {
    r"\.at\(": 92, r"\bObject\.hasOwn\b": 93, r"\bstructuredClone\(": 98, r"\.findLast(Index)?\(": 97,
    r"\bAbortSignal\.(timeout|any)\b": 103, r"\.to(Sorted|Reversed|Spliced)\(": 110,
    r"\brandomUUID\(": 92, r"\bstatic\s*\{": 94, r"#\w+ in ": 91, r"\bArray\.fromAsync\b": 121,
    r"\b(Object|Map)\.groupBy\b": 117, r"\bPromise\.withResolvers\b": 119, r"/[dgimsuy]*v[dgimsuy]*;": 112,
    r"\bwith\s*\{\s*type:": 123,
}
NEWER_STYLE = {
    r"@container\b": 105, r"@layer\b": 99, r"\bcolor-mix\(": 111, r"\baccent-color\s*:": 93,
    r"\boklch\(": 111, r"\bsubgrid\b": 117, r"@starting-style\b": 117, r"\bscrollbar-gutter\s*:": 94,
    r"(?:^|[{;])\s*&": 112, r"@scope\b": 118, r"\binset-area\b": 125, r"\d[sl]v[hw]\b": 108,
}
"""What came with which Chromium; ``text-wrap`` may stay: without it lines only break elsewhere."""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_use_nothing_newer(path: Path) -> None:
    code = re.sub(r"//.*", "", path.read_text("utf-8"))
    newer = [p for p in NEWER_SCRIPT if p != SUPPLIED.get(path.name) and re.search(p, code)]
    assert newer == []


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_styles_use_nothing_newer_without_something_older(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    assert [(p, v) for p, v in NEWER_STYLE.items() if re.search(p, text, re.M)] == []
    for block in re.findall(r"\{([^{}]*)\}", text):
        earlier: set[str] = set()
        for declaration in block.split(";"):
            name, _, value = declaration.partition(":")
            if re.search(r"\ddv[hw]\b", value):
                assert name.strip() in earlier, f"no older unit before {declaration.strip()}"
            earlier.add(name.strip())
    if ":has(" in text.replace("selector(:has(", ""):
        assert "@supports not selector(:has(*))" in text


def test_what_the_reader_of_codes_lacks_is_supplied_before_it_is_loaded() -> None:
    decoder = (STATIC / "tablet" / "decoder.js").read_text("utf-8")
    assert 'Object["hasOwn"]' in decoder
    assert "Object.hasOwn" in (STATIC / "vendor" / "zxing-reader.js").read_text("utf-8")


def test_the_lint_sees_what_it_looks_for() -> None:
    assert re.search(r"\.at\(", "list.at(-1)")
    assert re.search(r"(?:^|[{;])\s*&", ".a{ &:hover{} }", re.M)
