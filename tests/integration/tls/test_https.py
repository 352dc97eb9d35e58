"""The service over HTTPS: what a tablet sees, and what the doctor sees of it."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import re
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.parse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk_app import runtime
from kiosk_app.accounts import commands as accounts
from kiosk_app.core import clock, db
from kiosk_app.core.audit import SYSTEM
from kiosk_app.tls import commands, outside, queries, rules
from tests.conftest import make_settings
from tests.integration.tls.conftest import NOW, Installation


@pytest.fixture
def running(installation: Installation) -> Installation:
    installation.make("localhost", "127.0.0.1")
    installation.start()
    return installation


@pytest.fixture(scope="module")
def lasting(
    installed_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One service for the tests that leave its certificates alone."""
    folder = tmp_path_factory.mktemp("https")
    shutil.copytree(installed_dir, folder, dirs_exist_ok=True)
    made = Installation(folder)
    made.make("localhost", "127.0.0.1")
    made.start()
    yield made
    made.stop()


def visit(at: Installation, host: str = "localhost", **shift: float) -> dict[str, str]:
    found = outside.visit(
        host, at.port, trusted=at.tls / queries.AUTHORITY, now=NOW() + timedelta(**shift)
    )
    return {one.name: one.problem for one in found}


def test_a_tablet_that_trusts_the_authority_is_served(lasting: Installation) -> None:
    assert json.loads(lasting.get("/healthz")) == {"status": "alive"}
    assert json.loads(lasting.get("/healthz", "127.0.0.1")) == {"status": "alive"}
    strange = ssl.create_default_context()
    link = socket.create_connection(("127.0.0.1", lasting.port), timeout=20)
    with link, pytest.raises(ssl.SSLCertVerificationError):
        strange.wrap_socket(link, server_hostname="localhost")


def test_renew_keeps_trust_and_needs_no_restart(running: Installation) -> None:
    before = running.served()
    trusting = running.trusting()  # loaded once, as on a tablet
    done = running.kiosk("cert", "renew", "--json")
    assert done.returncode == 0, done.stderr  # names of this machine beyond the authority: left out
    deadline = time.monotonic() + 20
    while running.served() == before and time.monotonic() < deadline:
        time.sleep(0.1)
    told = json.loads(done.stdout)["server"]["fingerprint_sha256"]
    for _worker in range(8):
        assert hashlib.sha256(running.served()).hexdigest() == told
    link = http.client.HTTPSConnection("localhost", running.port, context=trusting, timeout=20)
    link.request("GET", "/healthz")
    assert link.getresponse().status == 200


def test_a_damaged_certificate_keeps_the_service_answering(running: Installation) -> None:
    for _worker in range(8):
        running.get("/healthz")
    good = (running.tls / "server.pem").read_bytes()
    (running.tls / "server.pem").write_text("damaged")
    time.sleep(0.1)
    answered = 0
    for _try in range(4):
        with contextlib.suppress(OSError):  # a worker that served nobody has nothing older
            answered += running.get("/healthz") != b""
    (running.tls / "server.pem").write_bytes(good)
    assert answered


def test_a_wrong_name_is_refused(lasting: Installation) -> None:
    link = socket.create_connection(("127.0.0.1", lasting.port), timeout=20)
    with link, pytest.raises(ssl.SSLCertVerificationError, match="kiosk.lan"):
        lasting.trusting().wrap_socket(link, server_hostname="kiosk.lan")


def test_silent_connections_keep_nobody_waiting(lasting: Installation) -> None:
    """Browsers connect ahead of need: more of them than there are threads."""
    context = lasting.trusting()
    held = []
    started = time.monotonic()
    for _one in range(40):
        link = socket.create_connection(("127.0.0.1", lasting.port), timeout=60)
        held.append(context.wrap_socket(link, server_hostname="localhost"))
    assert json.loads(lasting.get("/healthz")) == {"status": "alive"}
    assert time.monotonic() - started < 25
    for link in held:
        link.close()


def test_logging_in_over_https_needs_secure_cookies_and_works(
    lasting: Installation, still_clock: clock.FrozenClock
) -> None:
    database = runtime.start(make_settings(lasting.folder))
    accounts.add_user(
        "quan-tri", role="administrator", password="mot-mat-khau-dai", actor=SYSTEM, now=NOW()
    )
    database.dispose()
    link = http.client.HTTPSConnection(
        "localhost", lasting.port, context=lasting.trusting(), timeout=20
    )
    link.request("GET", "/login")
    page = link.getresponse()
    text = page.read().decode()
    cookie = page.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert page.headers["Referrer-Policy"] == "same-origin"
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found
    body = urllib.parse.urlencode({
        "username": "quan-tri", "password": "mot-mat-khau-dai", "csrf_token": found[1],
    })
    link.request("POST", "/login", body, {
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie.split(";")[0],
        "Referer": f"https://localhost:{lasting.port}/login",
    })
    answer = link.getresponse()
    answer.read()
    assert answer.status == 303


def test_the_trust_page_gives_the_authority_and_never_a_key(lasting: Installation) -> None:
    page = lasting.get("/trust").decode()
    der = queries.authority_der(lasting.tls)
    assert der is not None
    for row in queries.fingerprint_rows(hashlib.sha256(der).hexdigest()):
        assert row in page
    link = http.client.HTTPSConnection(
        "localhost", lasting.port, context=lasting.trusting(), timeout=20
    )
    link.request("GET", "/trust/ca.crt")
    answer = link.getresponse()
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert answer.read() == der
    for path in ("/trust/ca.key", "/trust/server.pem", "/trust/authority/ca.key", "/tls/ca.pem"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            lasting.get(path)
    assert "let a tablet trust" in lasting.get("/trust?lang=en").decode().lower()


def test_without_an_authority_the_page_says_so(installation: Installation) -> None:
    from kiosk_app import create_app

    client = create_app(make_settings(installation.folder)).test_client()
    assert "kiosk cert init" in client.get("/trust").text
    assert client.get("/trust/ca.crt").status_code == 404
    db.current().dispose()


def test_the_doctor_is_content(lasting: Installation) -> None:
    assert visit(lasting) == {"https": "", "certificate": "", "clock": ""}
    told = lasting.kiosk("doctor", "--json")
    assert told.returncode == 0, told.stdout
    assert json.loads(told.stdout)["https"] is True
    assert json.loads(told.stdout)["authority"] is True


def test_the_doctor_warns_before_the_end_and_of_clocks(running: Installation) -> None:
    soon = NOW() - rules.SERVER_LIFE + timedelta(days=20)
    wanted = rules.names(["localhost"], ["127.0.0.1"])
    commands.renew(running.folder, wanted, now=soon)
    found = visit(running)
    assert found["https"] == ""
    assert re.search(r"ends in (19|20|18) days .*kiosk cert renew", found["certificate"])
    told = running.kiosk("doctor")
    assert told.returncode == 1
    assert "kiosk cert renew" in told.stdout
    assert running.kiosk("cert", "renew", "--if-due").returncode == 0
    assert visit(running)["certificate"] == ""
    assert "minutes apart" in visit(running, minutes=12)["clock"]
    assert visit(running, minutes=3)["clock"] == ""


def test_the_doctor_names_what_a_tablet_would_refuse(running: Installation) -> None:
    wanted = rules.names(["localhost"], ["127.0.0.1"])
    commands.renew(running.folder, wanted, now=NOW() - timedelta(days=500))
    assert "has expired" in visit(running)["https"]
    assert running.kiosk("cert", "show").returncode == 1
    commands.renew(running.folder, wanted, now=NOW() + timedelta(days=5))
    assert "not valid yet" in visit(running)["https"]
    commands.renew(running.folder, rules.names(["kiosk.lan"], []), now=NOW())
    assert "--name localhost" in visit(running)["https"]
    assert "--ip 127.0.0.1" in visit(running, "127.0.0.1")["https"]
    commands.init(running.folder / "other", wanted, now=NOW())
    other = queries.folder(running.folder / "other")
    (running.tls / "server.pem").write_bytes((other / "server.pem").read_bytes())
    assert "do not trust" in visit(running)["https"]


def test_the_doctor_names_silence_plain_http_and_open_networks(
    installation: Installation,
) -> None:
    installation.make("localhost", "127.0.0.1")
    assert "nothing answers" in visit(installation)["https"]
    with socket.create_server(("127.0.0.1", installation.port)) as listening:
        import threading

        def answer() -> None:
            link, _peer = listening.accept()
            with link:
                link.recv(100)
                link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        assert "KIOSK_TLS=1" in visit(installation)["https"]
    common = {"port": installation.port, "public_url": "", "now": NOW()}
    folder = installation.folder
    assert outside.findings(folder, host="127.0.0.1", tls=False, **common) == []
    assert "camera" in outside.findings(folder, host="0.0.0.0", tls=False, **common)[0].problem
    missing = outside.findings(folder / "none", host="127.0.0.1", tls=True, **common)
    assert "kiosk cert init" in missing[0].problem
