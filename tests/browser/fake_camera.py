"""Films for chromium's fake camera: JPEG frames after one another, thirty a second."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

DATA = Path(__file__).resolve().parents[1] / "data" / "receipts"
SIZE = (1280, 960)
RATE = 30
"""What chromium plays such a file at."""


@dataclass(frozen=True)
class Receipt:
    """One photographed receipt and what a scanner can get of it."""

    name: str
    code: str
    link: str
    """What its square code holds."""
    gives: str
    """``code``, ``opaque_only`` or ``unreadable``."""

    def picture(self) -> Image.Image:
        """The photograph."""
        return Image.open(DATA / self.name)


def receipts() -> list[Receipt]:
    """The photographed receipts."""
    with (DATA / "expected_codes.csv").open(encoding="utf-8", newline="") as source:
        return [
            Receipt(r["file"], r["dossier_code"], r["qr_text"], r["scan_gives"])
            for r in csv.DictReader(source)
        ]


def frame(picture: Image.Image) -> bytes:
    """A frame as cameras send it: baseline JPEG in colour."""
    out = io.BytesIO()
    picture.convert("RGB").resize(SIZE).save(out, "JPEG", quality=85)
    return out.getvalue()


def film(path: Path, frames: Iterable[bytes], seconds: float) -> Path:
    """A film that shows each frame for so long and begins anew at its end."""
    with path.open("wb") as out:
        for each in frames:
            out.write(each * max(1, round(seconds * RATE)))
    return path


def flags(path: Path) -> list[str]:
    """Arguments that make chromium take this film for its camera."""
    return [
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
