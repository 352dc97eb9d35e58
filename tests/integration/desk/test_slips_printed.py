"""Slips are made at the desk, previewed, printed in three sizes; a scanner reads them to a rating."""

from __future__ import annotations

import io
import re
from urllib.parse import urlsplit

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text

from kiosk_app import create_app
from kiosk_app.accounts import commands as accounts
from kiosk_app.config import Settings
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.documents import typesetting
from kiosk_app.dossiers.rules import SLIP_STEPS
from kiosk_app.web.desk import prints
from tests import stages
from tests.integration.feedback.conftest import Office, office
from tests.signing import signed_in

__all__ = ["office"]
pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
MM = 72 / 25.4


@pytest.fixture
def stage() -> str:
    return stages.ORGANISED


@pytest.fixture
def app(settings: Settings, office: Office) -> Flask:
    made = create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    clock.bind(office.clock)
    return made


@pytest.fixture
def desk(app: Flask, office: Office) -> FlaskClient:
    """A browser in which an officer of the centre is logged in."""
    with db.reading() as conn:
        officer_id = conn.execute(
            text("SELECT MIN(officer_id) FROM postings WHERE unit_id = :u"), {"u": office.unit_id}
        ).scalar()
    accounts.add_user("hoa", role="officer", unit_id=office.unit_id, officer_id=officer_id,
                      password="mot-mat-khau-dai", actor=SYSTEM, now=office.clock.now())
    return signed_in(app.test_client(), "hoa")


def _make(desk: FlaskClient, **fields: str) -> str:
    answer = desk.post("/desk/slips", data={"step": "refusal", "size": "a5", **fields})
    assert answer.status_code == 303, answer.text
    code = re.search(r"code=(TC-\d{6}-\d{4})", answer.location)
    assert code is not None
    return code[1]


def _scanned(image: bytes) -> list[str]:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))
    return [one.text for one in found]


def _size_mm(pdf: bytes) -> tuple[int, int]:
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert box is not None
    return round(float(box[1]) / MM), round(float(box[2]) / MM)


def test_a_printed_slip_leads_to_the_faces(desk: FlaskClient, app: Flask) -> None:
    code = _make(desk)
    preview = desk.get(f"/desk/slips/{code}.png?size=80mm")

    links = _scanned(preview.data)

    assert len(links) == 1
    page = app.test_client(use_cookies=False).get(urlsplit(links[0]).path)
    assert page.text.count('name="level"') == 5


def test_each_paper_has_its_size(desk: FlaskClient) -> None:
    code = _make(desk)
    sizes = {}
    for size in ("a5", "80mm", "sheet"):
        answer = desk.get(f"/desk/slips/{code}.pdf?size={size}")
        assert answer.mimetype == "application/pdf"
        sizes[size] = _size_mm(answer.data)

    assert sizes["a5"] == (148, 210)
    assert sizes["80mm"][0] == 80
    assert sizes["sheet"] == (210, 297)


def test_a_sheet_holds_twenty_one_codes_of_its_own(desk: FlaskClient) -> None:
    code = _make(desk, step="return", size="sheet")

    page = typesetting_png(desk, code)

    assert len(set(_scanned(page))) == 21


def typesetting_png(desk: FlaskClient, code: str) -> bytes:
    return desk.get(f"/desk/slips/{code}.png?size=sheet").data


def test_a_slip_of_another_unit_is_not_there(desk: FlaskClient, office: Office) -> None:
    from kiosk_app.dossiers import slips

    with db.reading() as conn:
        other = conn.execute(
            text("SELECT MIN(id) FROM units WHERE id <> :u"), {"u": office.unit_id}
        ).scalar()
    foreign = slips.make_slip(unit_id=int(other or 0), step="refusal", actor=SYSTEM, now=office.clock.now())

    assert desk.get(f"/desk/slips/{foreign.code}.pdf").status_code == 404
    assert foreign.code not in desk.get("/desk/slips").text


def test_what_was_typed_stays_when_the_dossier_is_unknown(desk: FlaskClient) -> None:
    page = desk.post("/desk/slips", data={"step": "supplement", "dossier": "H49-9999", "size": "a5"})

    assert 'role="alert"' in page.text
    assert 'value="H49-9999"' in page.text
    assert '<option value="supplement" selected' in page.text


def test_card_and_form_are_printed_in_both_languages(desk: FlaskClient) -> None:
    made = {
        (name, lang): desk.get(f"/desk/print/{name}.pdf?print={lang}").data
        for name in ("card", "form") for lang in ("vi", "en")
    }

    assert all(pdf.startswith(b"%PDF") for pdf in made.values())
    assert len(set(made.values())) == 4
    assert _size_mm(made["form", "vi"]) == (210, 297)
    assert _size_mm(made["card", "vi"]) == (297, 210)


def test_one_page_each(app: Flask) -> None:
    with app.test_request_context("/"):
        for name, words in (("card", prints.card_words("vi")), ("form", prints.form_words("vi"))):
            data = {"unit": "Trung tâm Hành chính công", **words}
            assert len(typesetting.set_document(name, data, kind="png", ppi=40)) == 1, name


def test_every_step_has_a_name_and_every_reason_one_number(app: Flask) -> None:
    with app.test_request_context("/"):
        assert set(prints.step_names()) == set(SLIP_STEPS)
        tiles = [t for row in prints.numbered_tiles("vi") for t in (*row["low"], *row["high"])]

    assert sorted(t["n"] for t in tiles) == list(range(1, 21))


def test_what_is_handed_over_is_never_source(app: Flask) -> None:
    with app.test_request_context("/"):
        words = prints.card_words("vi")
    evil = '#read("/etc/passwd") $x$ *b* \\ "]'
    pages = typesetting.set_document("card", {"unit": evil, **words}, kind="svg")

    assert len(pages) == 1
    assert b"root:" not in pages[0]
