"""Cut the Chinese face of the tablet down to the characters that its texts use.

    scripts/make_cjk_font.py FOLDER

FOLDER holds ``NotoSansCJK-Regular.ttc`` and ``NotoSansCJK-Bold.ttc`` of Debian's ``fonts-noto-cjk``
(``apt-get download fonts-noto-cjk && dpkg-deb -x fonts-noto-cjk*.deb FOLDER``). Run it again whenever
a Chinese text is added: a test finds characters that the face does not have.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FONTS = ROOT / "kiosk_app" / "static" / "fonts"
FACE = "Noto Sans CJK SC"
WEIGHTS = {400: "NotoSansCJK-Regular.ttc", 700: "NotoSansCJK-Bold.ttc"}
SOURCES = ("translations/zh/*.po", "translations/zh/*.json", "questionnaires/data/*.json")


def characters() -> str:
    """Every character of the Chinese texts that Be Vietnam Pro does not draw."""
    texts = [path.read_text("utf-8") for each in SOURCES for path in (ROOT / "kiosk_app").glob(each)]
    return "".join(sorted({c for c in "".join(texts) if ord(c) >= 0x2E80}))


def cut(source: Path, target: Path, wanted: str) -> None:
    """One weight of the simplified Chinese face, with these characters only."""
    fonts = TTCollection(source).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == FACE)
    options = subset.Options(flavor="woff2", layout_features=["vert", "locl"], hinting=False,
                             desubroutinize=False, name_IDs=[0, 1, 2, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(text=wanted)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def main() -> None:
    """Both weights, and how large they came out."""
    folder, wanted = Path(sys.argv[1]), characters()
    for weight, name in WEIGHTS.items():
        target = FONTS / f"later-cjk-{weight}.woff2"
        cut(next(folder.rglob(name)), target, wanted)
        print(f"{target.name}: {len(wanted)} characters, {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
