"""The house stays easy to see: layers, names, sizes, and nothing of one machine in it."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

from tests.rules.sources import ROOT, modules

FILE_LINES, FUNCTION_LINES = 400, 40
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
IMPORTED_AS = {
    "pyyaml": "yaml",
    "flask-sqlalchemy": "flask_sqlalchemy", "flask-htmx": "flask_htmx", "flask-wtf": "flask_wtf", "flask-compress": "flask_compress",
    "flask-babel": "flask_babel", "argon2-cffi": "argon2", "python-calamine": "python_calamine",
}
NOT_IMPORTED = {
    "gunicorn": "the command that serves", "psycopg": "named in the database's address",
    "tzdata": "data of zoneinfo",
}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True,
        check=True, text=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_import_contracts_are_kept() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT,
        capture_output=True, check=False, text=True,
    )
    assert found.returncode == 0, found.stdout[-3000:]


def test_web_workers_start_without_what_only_jobs_need() -> None:
    """These cost seconds and hundreds of megabytes in each worker."""
    heavy = ("scipy.stats", "statsmodels", "pandas", "matplotlib.pyplot")
    found = subprocess.run(
        [sys.executable, "-c", "import sys, kiosk_app.web, survey_analysis; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout.split()
    assert "kiosk_app.web" in found
    assert [name for name in found if name.startswith(heavy)] == []


def test_no_vague_names() -> None:
    folders = ("kiosk_app", "survey_analysis")
    found = [p for p in modules(*folders) if VAGUE & set(p.removesuffix(".py").split("/"))]
    assert found == []


def test_each_capability_has_the_same_few_files() -> None:
    """Tables in models, rules without a clock of their own, commands that write."""
    for models in (ROOT / "kiosk_app").glob("*/models.py"):
        names = {p.stem for p in models.parent.glob("*.py")}
        assert "queries" in names, models.parent.name
        assert names & {"commands", "intake"}, models.parent.name


def test_pure_rules_take_now() -> None:
    asked = {"now", "utcnow", "today", "time", "monotonic"}
    found = [
        (path, node.lineno)
        for path, tree in modules("kiosk_app", "survey_analysis").items()
        if path.endswith("/rules.py") or path.startswith("survey_analysis/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in asked and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time", "clock"}
    ]
    assert found == []


def test_only_the_clock_knows_the_time() -> None:
    found = [
        (path, node.lineno)
        for path, tree in modules("kiosk_app").items()
        if path != "kiosk_app/core/clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time",
        }
    ]
    assert found == []


def test_nothing_of_one_machine_or_registry_is_kept() -> None:
    hosts = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs"))
    pattern = re.compile(rf"{hosts}|(?<![\w.])/(?:home|root|Users)/\w|(?<![\w.])/{'work'}/\w")
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) < 5000 and pattern.search(line):
                found.append((str(path.relative_to(ROOT)), number))
    assert found == []


def test_every_dependency_is_used_and_explained() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    wanted = tomllib.loads(text)["project"]["dependencies"]
    imported = {
        (name.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for tree in modules("kiosk_app", "survey_analysis").values()
        for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    for line in wanted:
        name = re.split(r"[\[>=<]", line)[0]
        assert re.search(rf'"{re.escape(line)}",\s+# \S', text), f"no reason beside {name}"
        if name not in NOT_IMPORTED:
            assert IMPORTED_AS.get(name, name) in imported, f"{name} is not used"


def test_vendored_scripts_are_what_the_lock_brings() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    for name, package in lock["packages"].items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name
    folder = ROOT / "kiosk_app" / "static" / "vendor"
    lines = (folder / "checksums.txt").read_text("ascii").splitlines()
    named = dict(reversed(line.split("  ")) for line in lines)
    scripts = {p.name for p in folder.iterdir() if p.suffix in {".js", ".mjs", ".wasm"}}
    assert set(named) == scripts
    for name, digest in named.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_sizes_are_reported() -> None:
    """Large files and functions want a look; they are told, not refused."""
    for path, tree in modules("kiosk_app", "survey_analysis").items():
        lines = len((ROOT / path).read_text("utf-8").splitlines())
        if lines > FILE_LINES:
            warnings.warn(f"{path} has {lines} lines", stacklevel=1)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_LINES:
                    warnings.warn(f"{path}: {node.name} has {length} lines", stacklevel=1)
