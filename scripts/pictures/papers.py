"""What is printed: certificate, record, sign-in sheet, matrix and gap plan as PDF."""

from __future__ import annotations

import subprocess

from scripts.pictures.camera import Offices

QR_DPI = 150


def png(body: bytes, dpi: int = QR_DPI) -> bytes:
    """The first page of a PDF as a picture."""
    return subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-r", str(dpi), "-"], input=body, check=True,
        capture_output=True,
    ).stdout


def _fetched(offices: Offices, address: str) -> bytes:
    answer = offices.page("hr").context.request.get(address)
    assert answer.ok, address
    return answer.body()


def handed_in(offices: Offices, officer_id: int) -> None:
    """What an inspection is given."""
    base, take = offices.base, offices.take
    take.paper(_fetched(offices, f"{base}/hr/staff/{officer_id}/transcript.pdf"), "paper-transcript")
    take.paper(_fetched(offices, f"{base}/hr/matrix.pdf"), "paper-matrix")
    take.paper(_fetched(offices, f"{base}/hr/gaps.pdf"), "paper-gaps")


def sign_in_sheet(offices: Offices, address: str) -> None:
    offices.take.paper(_fetched(offices, address), "paper-sign-in")
