"""A real gunicorn over HTTPS and a client that trusts only its authority."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kiosk_app.core import clock
from kiosk_app.tls import commands, queries, rules
from tests.servers import ROOT, free_port

NOW = clock.Clock().now


class Installation:
    """A data folder with certificates; ``kiosk`` is run as an administrator runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tls = queries.folder(folder)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("KIOSK_")},
            "DATA_DIR": str(folder), "PORT": str(self.port), "KIOSK_TLS": "1",
        }

    def kiosk(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kiosk_app", *words], cwd=ROOT, capture_output=True,
            env={**self.environ, **environ}, text=True, check=False, timeout=120,
        )

    def make(self, *names: str, now: datetime | None = None) -> None:
        """An authority and a certificate of exactly these names."""
        hosts = [n for n in names if n[0].isalpha()]
        wanted = rules.names(hosts, [n for n in names if n not in hosts])
        commands.init(self.folder, wanted, now=now or NOW())

    def trusting(self) -> ssl.SSLContext:
        """What a tablet knows after /trust: the authority, nothing else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.tls / queries.AUTHORITY)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def get(self, path: str, host: str = "localhost") -> bytes:
        asked = f"https://{host}:{self.port}{path}"
        with urllib.request.urlopen(asked, context=self.trusting(), timeout=20) as answer:
            return bytes(answer.read())

    def served(self) -> bytes:
        """The certificate that the service shows now."""
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", self.port)))

    def start(self) -> None:
        with (self.folder / "gunicorn.log").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk_app", "serve"], cwd=ROOT, env=self.environ,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                self.served()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError((self.folder / "gunicorn.log").read_text("utf-8", "replace")[-2000:])

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=60)


@pytest.fixture
def installation(installed_dir: Path, tmp_path: Path) -> Iterator[Installation]:
    shutil.copytree(installed_dir, tmp_path, dirs_exist_ok=True)
    made = Installation(tmp_path)
    yield made
    made.stop()
