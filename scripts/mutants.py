"""Mutation testing of the statistics that judge people: ``make mutants``.

Each target is mutated in a scratch copy that holds only ``survey_analysis`` and the target's unit
tests, so that nothing of the application is imported. What is left alive is written to
``benchmarks/results/campaign-mutants.json``; why it may live stands in ``docs/analysis/mutants.md``.
Names given on the command line choose targets: ``scripts/mutants.py comparison``. ``--sample 450``
tries that many changes of each target, drawn with a fixed seed, where all of them take hours.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "campaign-mutants.json"
UNIT = "tests/unit/survey_analysis"
TARGETS = {
    "intervals": ("survey_analysis/intervals.py", (
        "test_intervals", "test_published_intervals", "test_interval_laws", "test_interval_oracles",
    )),
    "comparison": ("survey_analysis/comparison.py", (
        "test_comparison_fields", "test_comparison_laws", "test_published_comparison",
        "test_comparison_oracles",
    )),
    "disclosure": ("survey_analysis/disclosure/*.py", (
        "test_disclosure_rules", "test_suppression", "test_blocks", "test_sums", "test_intervals",
    )),
}
FLOOR = 0.85
SEED = 2018
SETTINGS = """[tool.mutmut]
source_paths = ["survey_analysis"]
only_mutate = ["{module}"]
pytest_add_cli_args = ["-q", "-x", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {tests}
mutate_only_covered_lines = false
use_git_change_detection = false
timeout_multiplier = 8.0
do_not_mutate_patterns = ["raise *"]
"""
CONFTEST = """import hypothesis

hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, max_examples=25)
hypothesis.settings.load_profile("mutants")
"""
STATUS = re.compile(r"^\s*(\S+): (\w[\w ]*)$", re.M)


def scratch(folder: Path, module: str, tests: tuple[str, ...]) -> None:
    """The library, its tests and mutmut's settings in a folder of their own."""
    shutil.copytree(ROOT / "survey_analysis", folder / "survey_analysis")
    shutil.copytree(ROOT / UNIT, folder / UNIT)
    shutil.copytree(ROOT / "tests" / "data", folder / "tests" / "data")
    for path in ("tests/__init__.py", "tests/unit/__init__.py"):
        (folder / path).touch()
    (folder / "tests" / "conftest.py").write_text(CONFTEST)
    chosen = json.dumps([f"{UNIT}/{name}.py" for name in tests])
    (folder / "pyproject.toml").write_text(SETTINGS.format(module=module, tests=chosen))


def mutmut(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments], cwd=folder, capture_output=True, text=True, check=False,
    )
    return done.stdout + done.stderr


def drawn(folder: Path, module: str, sample: int) -> list[str]:
    """Names of ``sample`` changes, the same ones of the same code; to have them made, a few run."""
    files = (path for path in folder.glob(module) if path.stem != "__init__")
    smallest = min(files, key=lambda path: path.stat().st_size)
    few = ".".join(smallest.relative_to(folder).with_suffix("").parts) + ".*__mutmut_1"
    mutmut(folder, "run", "--max-children", "2", few)
    names = sorted(dict(STATUS.findall(mutmut(folder, "results", "--all", "true"))))
    return sorted(random.Random(SEED).sample(names, min(sample, len(names))))  # noqa: S311 - no secret


def measure(name: str, sample: int = 0) -> dict[str, object]:
    """Kill what can be killed; counts and the names and texts of what lives."""
    module, tests = TARGETS[name]
    with tempfile.TemporaryDirectory(prefix="mutants-") as made:
        folder = Path(made)
        scratch(folder, module, tests)
        chosen = drawn(folder, module, sample) if sample else []
        said = mutmut(folder, "run", "--max-children", "2", *chosen)
        (Path(tempfile.gettempdir()) / f"mutants-{name}.log").write_text(said)
        states = dict(STATUS.findall(mutmut(folder, "results", "--all", "true")))
        if not states:
            sys.exit(said[-3000:])
        of = len(states)
        states = {k: v for k, v in states.items() if k in chosen or not chosen}
        counts = Counter(states.values())
        alive = sorted(k for k, state in states.items() if state in ("survived", "no tests", "suspicious"))
        shown = {each: difference(mutmut(folder, "show", each)) for each in alive}
    tried = sum(counts.values()) - counts["skipped"]
    return {
        "of": of, "mutants": tried, "killed_share": round(1 - len(alive) / tried, 4), "states": dict(sorted(counts.items())),
        "alive": shown,
    }


def difference(shown: str) -> list[str]:
    """The lines taken out and put in."""
    return [line for line in shown.splitlines() if re.match(r"[-+](?![-+])", line)]


def main() -> None:
    """Measure what was asked for, or everything."""
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    asked = argparse.ArgumentParser()
    asked.add_argument("targets", nargs="*", choices=[[], *TARGETS])
    asked.add_argument("--sample", type=int, default=0)
    wanted = asked.parse_args()
    for name in wanted.targets or TARGETS:
        known[name] = measure(name, wanted.sample)
        RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
        print(f"{name}: {known[name]['killed_share']:.1%} of {known[name]['mutants']} killed", flush=True)
    if any(known[name]["killed_share"] < FLOOR for name in TARGETS if name in known):
        sys.exit(f"fewer than {FLOOR:.0%} are killed")


if __name__ == "__main__":
    main()
