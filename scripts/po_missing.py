"""Print the texts that a catalogue of another language still lacks, as PO entries."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from kiosk_app.web import translations

HOUSE = Path(__file__).resolve().parents[1] / "kiosk_app"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]


def main(lang: str) -> None:
    known = {one.id for one in translations.merged(lang)}
    for name, line, text, _comments, _context in extract_from_dir(HOUSE, METHODS, {}, DEFAULT_KEYWORDS):
        if text not in known and isinstance(text, str):
            known.add(text)
            print(f'# {name}:{line}\nmsgid "{text}"\nmsgstr ""\n')


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "en")
