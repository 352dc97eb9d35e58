"""The certificates themselves: modes, lives, names, what is refused, all or nothing."""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import ssl
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification

from kiosk_app.core.errors import ConfigurationError, RuleError
from kiosk_app.tls import commands, queries, rules
from tests.integration.tls.conftest import NOW, Installation

WANTED = rules.names(["kiosk.lan", "mot-cua.halong.gov.vn"], ["192.168.1.10", "fd00::10"])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_reads_and_the_authority_key_lies_apart(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        commands.init(tmp_path, WANTED, now=NOW())
        commands.renew(tmp_path, WANTED, now=NOW())
    finally:
        os.umask(before)
    where = queries.folder(tmp_path)
    assert {p.relative_to(where).as_posix(): mode(p) for p in where.rglob("*")} == {
        "authority": 0o700, "authority/ca.key": 0o600, "ca.pem": 0o600, "server.pem": 0o600,
    }
    assert mode(where) == 0o700
    assert b"PRIVATE" not in (where / "ca.pem").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["tls"]


def test_lives_and_names_are_what_browsers_accept(tmp_path: Path) -> None:
    now = NOW()
    commands.init(tmp_path, WANTED, now=now)
    issuer, server = queries.certificates(queries.folder(tmp_path))
    life = server.not_valid_after_utc - server.not_valid_before_utc
    assert timedelta(days=390) < life < timedelta(days=397)
    assert server.not_valid_before_utc <= now - timedelta(hours=23)
    ten_years = issuer.not_valid_after_utc - issuer.not_valid_before_utc
    assert ten_years >= timedelta(days=3652)
    store = verification.Store([issuer])
    for subject in (x509.DNSName("kiosk.lan"), x509.IPAddress(ipaddress.ip_address("fd00::10"))):
        verifier = verification.PolicyBuilder().store(store).time(now)
        verifier.build_server_verifier(subject).verify(server, [])


def test_a_certificate_never_outlives_its_authority(tmp_path: Path) -> None:
    made = commands.init(tmp_path, WANTED, now=NOW() - timedelta(days=3500))
    renewed = commands.renew(tmp_path, WANTED, now=NOW())
    assert renewed.server.not_after == made.authority.not_after


def test_renew_keeps_the_authority_and_changes_certificate_and_key(tmp_path: Path) -> None:
    first = commands.init(tmp_path, WANTED, now=NOW())
    key = (queries.folder(tmp_path) / "server.pem").read_bytes()
    second = commands.renew(tmp_path, WANTED, now=NOW())
    assert second.authority == first.authority
    assert second.server.fingerprint != first.server.fingerprint
    assert (queries.folder(tmp_path) / "server.pem").read_bytes() != key


def test_names_outside_the_authority_are_refused_and_nothing_changes(tmp_path: Path) -> None:
    commands.init(tmp_path, WANTED, now=NOW())
    held = (queries.folder(tmp_path) / "server.pem").read_bytes()
    for wanted in (rules.names(["dichvucong.gov.vn"], []), rules.names([], ["203.0.113.9"])):
        with pytest.raises(RuleError, match="--replace"):
            commands.renew(tmp_path, wanted, now=NOW())
    assert (queries.folder(tmp_path) / "server.pem").read_bytes() == held
    other = rules.names(["new.kiosk.lan", "may-2.local"], ["10.9.8.7"])
    assert commands.renew(tmp_path, other, now=NOW()).server.names == other


def test_a_stolen_key_cannot_pass_for_a_site_of_the_internet(tmp_path: Path) -> None:
    """Signed around our own rules; clients that read constraints refuse it."""
    commands.init(tmp_path, WANTED, now=NOW())
    where = queries.folder(tmp_path)
    issuer, _server = queries.certificates(where)
    stolen = commands._authority_key(where, None)
    key = ec.generate_private_key(ec.SECP256R1())
    evil = rules.names(["www.google.com"], [])
    rules_off = pytest.MonkeyPatch()
    rules_off.setattr(rules, "check_issuer", lambda *_a, **_k: None)
    forged = rules.server(key, evil, issuer=issuer, issuer_key=stolen, now=NOW())
    rules_off.undo()
    (tmp_path / "forged.pem").write_bytes(
        forged.public_bytes(commands.Encoding.PEM) + commands._key_pem(key)
    )
    assert handshake(tmp_path / "forged.pem", where / "ca.pem", "www.google.com") != "trusted"
    assert handshake(where / "server.pem", where / "ca.pem", "kiosk.lan") == "trusted"


def handshake(served: Path, trusted: Path, name: str) -> str:
    """A handshake in memory, as OpenSSL judges it."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(served)
    client_side = ssl.create_default_context(cafile=str(trusted))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    for _round in range(5):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
    return "trusted"


def test_a_second_init_changes_nothing_and_replace_keeps_the_old_beside(tmp_path: Path) -> None:
    first = commands.init(tmp_path, WANTED, now=NOW())
    with pytest.raises(RuleError, match="renew"):
        commands.init(tmp_path, WANTED, now=NOW())
    assert queries.overview(queries.folder(tmp_path)) == first
    second = commands.init(tmp_path, WANTED, now=NOW(), replace=True)
    assert second.authority.fingerprint != first.authority.fingerprint
    kept = next(tmp_path.glob("tls.before-*"))
    assert queries.overview(kept) == first


def test_a_failed_writing_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = commands.init(tmp_path, WANTED, now=NOW())

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(commands.os, "fsync", full)
    with pytest.raises((OSError, ConfigurationError)):
        commands.renew(tmp_path, WANTED, now=NOW())
    with pytest.raises(ConfigurationError):
        commands.init(tmp_path, WANTED, now=NOW(), replace=True)
    assert queries.overview(queries.folder(tmp_path)) == first
    assert [p.name for p in tmp_path.iterdir()] == ["tls"]
    assert sorted(p.name for p in (tmp_path / "tls").iterdir()) == [
        "authority", "ca.pem", "server.pem",
    ]


def test_the_authority_key_may_be_kept_elsewhere(tmp_path: Path) -> None:
    commands.init(tmp_path, WANTED, now=NOW())
    stick = tmp_path / "stick"
    shutil.move(queries.folder(tmp_path) / "authority", stick)
    assert not queries.overview(queries.folder(tmp_path)).authority_key_here
    with pytest.raises(ConfigurationError, match="--authority"):
        commands.renew(tmp_path, WANTED, now=NOW())
    assert commands.renew(tmp_path, WANTED, now=NOW(), authority_dir=stick).server
    commands.init(tmp_path / "other", WANTED, now=NOW())
    foreign = queries.folder(tmp_path / "other") / "authority"
    with pytest.raises(RuleError, match="not the authority's"):
        commands.renew(tmp_path, WANTED, now=NOW(), authority_dir=foreign)


@pytest.mark.parametrize("text", ["", "a b", "192.168.1.1", "-a.vn", "*.lan", "a..b", "a" * 64])
def test_what_is_no_host_name_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        rules.host(text)


@pytest.mark.parametrize("text", ["", "kiosk.lan", "10.0.0.0/8", "0.0.0.0", "224.0.0.1", "10.1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        rules.address(text)


def test_the_command_tells_names_and_fingerprints(installation: Installation) -> None:
    made = installation.kiosk("cert", "init", "--name", "Kiosk.LAN", "--ip", "10.0.0.5", "--json")
    told = json.loads(made.stdout)
    assert {"kiosk.lan", "localhost"} <= set(told["server"]["names"])
    assert {"10.0.0.5", "127.0.0.1"} <= set(told["server"]["addresses"])
    again = json.loads(installation.kiosk("cert", "show", "--json").stdout)
    assert again["authority"] == told["authority"]
    kept = json.loads(installation.kiosk("cert", "renew", "--if-due", "--json").stdout)
    assert kept["server"] == again["server"]
    fewer = json.loads(installation.kiosk("cert", "renew", "--drop", "10.0.0.5", "--json").stdout)
    assert "10.0.0.5" not in fewer["server"]["addresses"]
    assert "kiosk.lan" in fewer["server"]["names"]
    shown = installation.kiosk("cert", "show").stdout
    assert told["authority"]["fingerprint_sha256"][:4].upper() in shown.replace(":", "")
    assert "PRIVATE" not in shown
    assert installation.kiosk("cert", "init").returncode == 1
    assert installation.kiosk("cert", "renew", "--name", "a b").returncode == 2


def test_without_certificate_the_service_refuses_to_start(installation: Installation) -> None:
    refused = installation.kiosk("serve")
    assert refused.returncode == 2
    assert "kiosk cert init" in refused.stderr
    assert installation.kiosk("cert", "show").returncode == 2
    installation.make("localhost")
    (installation.tls / "server.pem").write_text("damaged")
    damaged = installation.kiosk("serve")
    assert damaged.returncode == 2
    assert "kiosk cert renew" in damaged.stderr
    mended = installation.kiosk("cert", "renew", "--if-due", "--json")
    assert "localhost" in json.loads(mended.stdout)["server"]["names"], mended.stderr


def test_a_name_asked_for_is_refused_where_a_found_one_is_left_out(
    installation: Installation,
) -> None:
    """Renewing by the clock goes on after the machine was renamed; a wish is answered."""
    installation.make("localhost")
    elsewhere = {"KIOSK_PUBLIC_URL": "https://danh-gia.example.vn"}
    done = installation.kiosk("cert", "renew", "--if-due", **elsewhere)
    assert done.returncode == 0
    assert "left out" in done.stderr
    assert "danh-gia.example.vn" in done.stderr
    wished = installation.kiosk("cert", "renew", "--name", "danh-gia.example.vn")
    assert wished.returncode == 1
    assert "--replace" in wished.stderr
