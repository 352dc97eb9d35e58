"""The guide's examples run; the example program does what it says."""

from __future__ import annotations

import doctest
import re
import runpy
import sys
from importlib import import_module
from pathlib import Path

import pytest

import survey_analysis
from survey_analysis import charts, report, text
from tests.unit.survey_analysis.report.tables import HEADINGS_VI, as_csv, rows

GUIDE = Path(__file__).parents[3] / "docs" / "analysis"


def test_the_examples_of_the_guide_run() -> None:
    found = doctest.testfile(str(GUIDE / "README.md"), module_relative=False, encoding="utf-8")
    assert found.failed == 0
    assert found.attempted >= 12


def test_every_name_of_the_guide_exists() -> None:
    table = (GUIDE / "README.md").read_text("utf-8").split("## Examples")[0].split("## Choose")[1]
    public = {*survey_analysis.__all__, *text.__all__, *charts.__all__, *report.__all__}
    named = set(re.findall(r"`([A-Za-z_]+)(?:\(…[^`]*)?`", table)) - {"n"}
    assert named - public == set()
    for module in re.findall(r"`(survey_analysis\.\w+)`", table):
        import_module(module)


def test_the_example_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(as_csv(HEADINGS_VI, rows(200)), "utf-8")
    monkeypatch.setattr(sys, "argv", ["example.py", str(path)])
    runpy.run_path(str(GUIDE / "example.py"), run_name="__main__")
    assert "hài lòng, từ" in capsys.readouterr().out
    assert path.with_suffix(".svg").read_bytes().startswith(b"<svg")
