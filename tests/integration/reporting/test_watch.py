"""Decisions about ratings, alerts that leave the house, redaction, and exports made as jobs."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import text

from kiosk_app.accounts import commands as accounts
from kiosk_app.alerts import commands as alerts
from kiosk_app.alerts import queries as alert_queries
from kiosk_app.alerts import rules, words
from kiosk_app.alerts.records import Raised, Target
from kiosk_app.alerts.sending import Sender
from kiosk_app.cli import service, watching
from kiosk_app.config import Settings
from kiosk_app.core import clock, db, keys
from kiosk_app.core.audit import SYSTEM
from kiosk_app.core.errors import RuleError
from kiosk_app.feedback import recount, verification
from kiosk_app.integrity import commands as integrity
from kiosk_app.integrity.records import FindingRecord, ReviewRecord
from kiosk_app.organisation import queries as organisation
from kiosk_app.seals import commands as seals
from kiosk_app.seals.verification import verify
from tests.integration.reporting.conftest import Office, code
from tests.signing import signed_in


def taken_in(office: Office, n: int) -> None:
    """Dossiers of one officer of the centre and of another."""
    office.take_in([
        {"dossier_code": code("HL-TTHCC", i), "unit_id": "HL-TTHCC", "procedure_code": "1.001193",
         "officer_code": "HL.CB.010" if i <= n // 2 else "HL.CB.011", "channel": "direct",
         "received_at": "2018-10-01T08:00:00", "due_date": "2018-10-11",
         "finished_at": "2018-10-10T08:00:00", "returned_at": "2018-10-11T08:00:00",
         "supplement_count": "0", "status": "10"} for i in range(1, n + 1)
    ])


def rated(office: Office, n: int = 20, **changed: object) -> None:
    """The same, all rated."""
    taken_in(office, n)
    office.rate([code("HL-TTHCC", i) for i in range(1, n + 1)],
                [5, 4, 2, 5, 3] * (n // 5), **changed)


def ids() -> tuple[int, int]:
    with db.reading() as conn:
        officer = organisation.officer_by_code(conn, "HL.CB.010")
        unit = organisation.unit_by_ref(conn, "HL-TTHCC")
    assert officer is not None
    assert unit is not None
    return officer, unit


def counted() -> int:
    with db.reading() as conn:
        return int(conn.execute(text("SELECT SUM(n) FROM rating_months")).scalar() or 0)


def test_ratings_under_review_count_until_a_person_decides(office: Office) -> None:
    rated(office)
    officer, unit = ids()
    integrity.keep_screening(
        2018, version="a1", tests=100, families=2, expected_false=0.1, now=clock.now(),
        reviews=[ReviewRecord(officer, unit, (201810,), (
            FindingRecord("fast_taps", 201810, 0.9, 0.1, 10, 1e-9),
            FindingRecord("streak", 0, 12, 4, 10, 1e-6),
        ))],
    )
    page = office.page("/manage/quality?period=2018-10")
    assert 'data-code="fast_taps"' in page
    assert "Đang tính, chờ quyết định" in page
    assert counted() == 20
    asked = {"officer": officer, "decision": "set_aside", "reason": ""}
    address = "/manage/quality?period=2018-10"
    office.reader.application.config["WTF_CSRF_ENABLED"] = False
    assert office.reader.post(address, data=asked).status_code == 422
    assert office.reader.post(address, data=asked | {"reason": "tự chạm"}).status_code == 303
    assert counted() == 10
    assert "tự chạm" in office.page(address)
    asked |= {"decision": "kept", "reason": "xem lại camera"}
    assert office.reader.post(address, data=asked).status_code == 303
    assert counted() == 20
    with db.reading() as conn:
        assert recount.check(conn) == []
        assert conn.execute(text("SELECT COUNT(*) FROM rating_items")).scalar() == 20
        assert conn.execute(text(
            "SELECT COUNT(*) FROM audit_events WHERE action LIKE 'misuse_%'")).scalar() == 2
    with pytest.raises(Exception, match="append-only|permission denied"), db.transaction() as conn:
        conn.execute(text("DELETE FROM misuse_decisions"))


class Post(BaseHTTPRequestHandler):
    """A receiver of webhooks: refuses the first try."""

    got: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(500 if len(self.got) == 1 else 204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Silent."""


def smtp_server(mails: list[str]) -> int:
    """A server that speaks as much SMTP as one delivery takes; its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listening.accept()
        with line, line.makefile("rw", encoding="utf-8", newline="\r\n") as talk:
            def say(words_: str) -> None:
                talk.write(words_ + "\n")
                talk.flush()

            say("220 here")
            while said := talk.readline().strip():
                if said.upper().startswith("DATA"):
                    say("354 go on")
                    lines = []
                    while (one := talk.readline().rstrip("\r\n")) != ".":
                        lines.append(one)
                    mails.append("\n".join(lines))
                say("221 bye" if said.upper() == "QUIT" else "250 ok")

    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


def test_an_alert_leaves_by_mail_and_signed_webhook_and_is_acknowledged(office: Office) -> None:
    _officer, unit = ids()
    found = Raised(unit, "", True, 20181001, 20181012, 40, 0.7, 0.9, 0.55, 0.82, 1.2, 6.0)
    mails: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), Post)
    Post.got.clear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_port}"
    targets = [Target("mail", "lanh.dao@halong.example"), Target("webhook", f"http://{place}/h")]
    for expected in (1, 0):
        assert alerts.raise_found(
            [found], mark="x", version="a1", targets=targets, now=clock.now(),
            say=lambda ref, one: (words.mail(one, "Trung tâm", "", "http://k/x"),
                                  words.event(ref, one, "HL-TTHCC")),
        ) == expected
    port = smtp_server(mails)

    def send(allowed: tuple[str, ...]) -> Sender:
        return Sender(f"smtp://127.0.0.1:{port}", "kiosk@halong.example", b"secret", allowed, 1000)

    assert alerts.deliver_due(send(()), now=clock.now()) == (1, 1)
    assert not Post.got, "an address inside the house is refused unless it is allowed by name"
    assert "From: kiosk@halong.example" in mails[0]
    later = clock.now() + timedelta(minutes=2)
    assert alerts.deliver_due(send((place,)), now=later) == (0, 1)
    assert alerts.deliver_due(send((place,)), now=later) == (0, 0)
    assert alerts.deliver_due(send((place,)), now=later + timedelta(minutes=6)) == (1, 0)
    server.shutdown()
    headers, body = Post.got[-1]
    mac = hmac.new(b"secret", b"1000." + body, hashlib.sha256).hexdigest()
    assert headers["X-Kiosk-Signature"] == f"v1={mac}"
    assert headers["X-Kiosk-Delivery"] == Post.got[0][0]["X-Kiosk-Delivery"]
    assert json.loads(body)["direction"] == "worse"
    with db.reading() as conn:
        one = alert_queries.alerts(conn, [unit])[0]
        assert [e.newest.ref for e in alert_queries.open_episodes(conn, [unit])] == [one.ref]
    page = office.page("/manage/alerts")
    assert "nhiều nhất sáu báo động giả một năm" in page
    assert '<option value="" selected>Mọi kỳ' in page
    assert "Chưa ghi nhận" not in office.page("/manage/alerts?period=2018-09")
    from kiosk_app.core.audit import SYSTEM

    rated(office)
    first = office.page("/manage/")
    assert "thấp từ 1/10/2018: 70,0%, trước đó 90,0%" in first
    assert 'href="/manage/alerts?unit=HL-TTHCC"' in first
    for link in ("/manage/?unit=HL-TTHCC&amp;period=2018-10", "/manage/procedures?unit=HL-TTHCC",
                 "/manage/comments?unit=HL-TTHCC", "/manage/service?unit=HL-TTHCC"):
        assert f'href="{link}' in page, link
    alerts.acknowledge(one.ref, "đã gọi phường", unit_ids=[unit], actor=SYSTEM, now=clock.now())
    assert "trước đó 90,0%" not in office.page("/manage/")
    assert "đã gọi phường" in office.page("/manage/alerts")


def test_a_change_that_lasts_is_one_card_and_is_acknowledged_once(office: Office) -> None:
    _officer, unit = ids()
    found = [
        Raised(unit, "", True, first, day, 40, 0.7, 0.9, 0.55, 0.82, 1.2, 6.0)
        for first, day in ((20180901, 20180912), (20180915, 20180927), (20181001, 20181012))
    ]
    mail = [Target("mail", "lanh.dao@halong.example")]

    def raised(one: Raised) -> int:
        """Messages queued for it, as if it were found the day after."""
        now = datetime(one.day // 10_000, one.day // 100 % 100, one.day % 100 + 1, 1, tzinfo=UTC)
        with db.reading() as conn:
            before = alert_queries.outbox(conn).waiting
        alerts.raise_found([one], mark="x", version="a1", targets=mail, now=now, say=lambda ref, r: (
            words.mail(r, "Trung tâm", "", "http://k/x"), words.event(ref, r, "HL-TTHCC")))
        with db.reading() as conn:
            return alert_queries.outbox(conn).waiting - before

    from kiosk_app.core.audit import SYSTEM

    assert raised(found[0]) == raised(found[1]) == 1, "until somebody acknowledges, it is told"
    with db.reading() as conn:
        (one,) = alert_queries.open_episodes(conn, [unit])
    assert (len(one.alerts), one.first_day) == (2, 20180901)
    alerts.acknowledge(one.newest.ref, "mở lớp", unit_ids=[unit], actor=SYSTEM,
                       now=datetime(2018, 9, 28, 3, tzinfo=UTC))
    assert raised(found[2]) == 0, "what is known is not sent again"
    with db.reading() as conn:
        assert alert_queries.open_episodes(conn, [unit]) == []
    page = office.page("/manage/alerts")
    assert "1 thay đổi kéo dài, 0 chưa ai ghi nhận" in page
    assert "Đã báo 3 lần" in page
    assert page.count("mở lớp") == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1",
                                     "::ffff:192.168.0.1", "100.64.0.1", "0.0.0.0"])
def test_a_webhook_never_reaches_inside(address: str) -> None:
    assert not rules.may_go("https", "name.example", 443, address, ())
    assert rules.may_go("http", "name.example", 80, address, ("name.example:80",))
    with pytest.raises(RuleError):
        rules.host_of("file:///etc/passwd")


def test_a_redacted_comment_is_gone_and_the_seals_verify(
    office: Office, still_clock: clock.FrozenClock
) -> None:
    rated(office, comment="Chờ lâu quá, gọi 0912345678 mới ra")
    still_clock.moment += timedelta(days=30)
    seals.seal(now=clock.now())
    page = office.page("/manage/comments?period=2018-10&q=cho+lau")
    assert "20 ý kiến khớp" in page
    assert "0912345678" not in page
    ref = page.split("/manage/comments/")[1].split("?")[0]
    office.reader.application.config["WTF_CSRF_ENABLED"] = False
    gone = office.reader.post(f"/manage/comments/{ref}?period=2018-10", data={"reason": "bôi nhọ"})
    assert gone.status_code == 303
    assert "19 ý kiến khớp" in office.page("/manage/comments?period=2018-10&q=cho+lau")
    with db.reading() as conn:
        kept = conn.execute(text(
            "SELECT COUNT(*), COUNT(receipt), COUNT(comment) FROM rating_erasables")).one()
        assert tuple(kept) == (20, 20, 19)
        assert not verify(conn, keys.current(), verification.recomputers(conn)).differences
    assert counted() == 20


def test_complaints_are_found_apart_and_equal_ones_stand_together(
    office: Office, still_clock: clock.FrozenClock
) -> None:
    taken_in(office, 26)
    codes = [code("HL-TTHCC", i) for i in range(1, 27)]
    office.rate(codes[:20], [1, 2, 5, 4] * 5, comment="Chờ lâu quá")
    office.rate(codes[20:], [5] * 6, comment="Không phải chờ lâu")
    still_clock.moment += timedelta(days=30)
    address = "/manage/comments?period=2018-10"
    page = office.page(address)
    assert "26 ý kiến khớp" in page
    assert "×20" in page
    assert "×6" in page
    bad, good = office.page(f"{address}&side=bad"), office.page(f"{address}&side=good")
    assert "20 ý kiến khớp" in bad
    assert "Không phải chờ lâu" not in bad
    assert "6 ý kiến khớp" in good
    assert "Chờ lâu quá" not in good
    both = office.page(f"{address}&topic=cho_lau&side=bad")
    assert "20 ý kiến khớp" in both
    assert "Thời gian chờ" in both
    assert "Không ý kiến nào khớp" in office.page(f"{address}&q=đông")
    slip = office.page(f"{address}&q=aaaa")
    assert "Gõ ít nhất hai chữ cái khác nhau" in slip
    assert 'value="aaaa"' not in slip


def test_every_term_is_explained_in_both_languages(office: Office) -> None:
    vi, en = office.page("/manage/glossary"), office.page("/manage/glossary?lang=en")
    assert vi.count("<dt>") == en.count("<dt>") >= 17
    assert 'id="reliability"' in vi
    assert "0,7" in vi
    assert "0.7" in en
    assert "%%" not in vi + en
    assert "%(" not in vi + en
    assert 'href="/manage/glossary"' in office.page("/manage/?lang=vi")


def test_a_long_export_is_made_by_the_worker_for_its_owner_alone(
    office: Office, settings: Settings
) -> None:
    rated(office)
    client = office.reader
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/manage/exports", data={"period": "2018", "format": "csv"}).status_code == 303
    assert "Đang chờ" in office.page("/manage/exports")
    assert watching.export(settings) == 1
    page = office.page("/manage/exports")
    link = page.split('href="/manage/exports/')[1].split('"')[0]
    content = client.get(f"/manage/exports/{link}").data.decode("utf-8-sig")
    assert "Phiên bản số liệu:" in content
    assert "SHA-256 " in content
    assert "HL-TTHCC,total" in content
    with client.session_transaction() as kept:
        kept.clear()
    assert client.get(f"/manage/exports/{link}").status_code == 303
    clock.current().moment += timedelta(days=8)  # type: ignore[attr-defined]
    assert watching.export(settings) == 0
    assert not list((settings.data_dir / "exports").glob("*.csv"))


def test_a_job_that_fails_ends_no_other_and_few_ratings_are_screened(office: Office) -> None:
    done: list[str] = []

    def broken() -> None:
        raise ZeroDivisionError

    service.attempt({"broken": broken, "after": lambda: done.append("after")})
    assert done == ["after"]
    assert watching.screen_for_misuse(now=clock.now()) == 0
    taken_in(office, 4)
    for number in range(1, 4):
        office.rate([code("HL-TTHCC", number)], [5], rated_at=f"201{6 + number}-12-30T09:00:00+07:00")
        assert watching.screen_for_misuse(now=clock.now()) == 0
    with db.reading() as conn:
        years = set(conn.execute(text("SELECT year FROM misuse_screenings")).scalars())
    assert years >= {2017, 2018}, "each year with ratings was looked at"


def test_each_job_of_the_worker_tells_its_counts_by_name(office: Office, settings: Settings) -> None:
    told: dict[str, int] = {}
    for job in service.watching_jobs(settings, whole=True).values():
        told |= job()
    assert told == dict.fromkeys(
        ("alerts", "reviews", "reminded", "effects", "told", "sent", "unsent", "exports"), 0)


def test_the_year_before_is_screened_again_while_a_year_is_young(
    office: Office, still_clock: clock.FrozenClock
) -> None:
    taken_in(office, 6)

    def rated_in(number: int, moment: str) -> list[int]:
        still_clock.moment = datetime.fromisoformat(moment) + timedelta(hours=1)
        office.rate([code("HL-TTHCC", number)], [5], rated_at=moment)
        with db.reading() as conn:
            before = conn.execute(text("SELECT coalesce(max(id), 0) FROM misuse_screenings")).scalar()
        watching.screen_for_misuse(now=clock.now())
        with db.reading() as conn:
            return sorted(conn.execute(text(
                "SELECT year FROM misuse_screenings WHERE id > :n"), {"n": before}).scalars())

    assert rated_in(1, "2018-12-30T09:00:00+07:00") == [2018]
    assert rated_in(2, "2019-01-04T09:00:00+07:00") == [2018, 2019]
    assert rated_in(3, "2019-03-04T09:00:00+07:00") == [2018, 2019]
    assert rated_in(4, "2019-04-04T09:00:00+07:00") == [2019]


def test_a_refused_form_keeps_its_page_and_what_was_typed(
    office: Office, still_clock: clock.FrozenClock
) -> None:
    """Blank reasons of a redaction and of an acknowledgement: the page is shown with its cure."""
    accounts.add_user("quan.ly", role="manager", unit_id=ids()[1], password="mot-mat-khau-dai",
                      actor=SYSTEM, now=clock.now())
    office.reader.application.config["WTF_CSRF_ENABLED"] = False
    manager = signed_in(office.reader.application.test_client(), "quan.ly")
    rated(office, comment="Chờ lâu quá")
    still_clock.moment += timedelta(days=30)
    page = manager.get("/manage/comments?period=2018-10").get_data(as_text=True)
    ref = page.split("/manage/comments/")[1].split("?")[0]
    refused = manager.post(f"/manage/comments/{ref}?period=2018-10", data={"reason": "  "})
    said = unescape(refused.get_data(as_text=True))
    assert (refused.status_code, "Xin ghi lý do gỡ ý kiến." in said) == (422, True)
    assert 'href="/manage/comments?period=2018-10&lang=en"' in said, "its links lead to the page"
    found = Raised(ids()[1], "", True, 20181001, 20181012, 40, 0.7, 0.9, 0.55, 0.82, 1.2, 6.0)
    alerts.raise_found([found], mark="x", version="a1", targets=[], now=clock.now(), say=lambda ref, one: (
        words.mail(one, "Trung tâm", "", "http://k/x"), words.event(ref, one, "HL-TTHCC")))
    page = manager.get("/manage/alerts").get_data(as_text=True)
    ref = page.split('action="/manage/alerts/')[1].split('"')[0]
    refused = manager.post(f"/manage/alerts/{ref}", data={"comment": " "})
    said = unescape(refused.get_data(as_text=True))
    assert (refused.status_code, "Xin ghi việc sẽ làm" in said) == (422, True)
    assert 'action="/manage/alerts"' in said
