"""The package's public names: complete, typed, and loaded only when asked for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import survey_analysis
from tests.unit.survey_analysis import reference_cases


def _typed() -> set[tuple[str, str]]:
    tree = ast.parse(Path(survey_analysis.__file__).read_text("utf-8"))
    return {
        (str(node.module).removeprefix("survey_analysis."), name.asname or "")
        for block in tree.body if isinstance(block, ast.If)
        for node in block.body if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_what_is_exported_is_what_type_checkers_see() -> None:
    exported = {(m, n) for m, names in survey_analysis._EXPORTS.items() for n in names}
    assert exported == _typed()


def test_each_name_is_exported_once_and_hides_no_module() -> None:
    names = [n for names in survey_analysis._EXPORTS.values() for n in names]
    assert len(names) == len(set(names))
    files = {p.stem for p in Path(survey_analysis.__file__).parent.iterdir()}
    assert set(names) & files == set()


@pytest.mark.parametrize("name", survey_analysis.__all__)
def test_each_name_can_be_had(name: str) -> None:
    assert getattr(survey_analysis, name) is not None
    assert name in dir(survey_analysis)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="mean_of_means"):
        _ = survey_analysis.mean_of_means


def test_every_reference_case_can_be_read() -> None:
    names = [p.stem for p in reference_cases.FOLDER.glob("*.json")]
    assert len(names) >= 29
    for name in names:
        found = reference_cases.case(name)
        assert found.source
        if found.data_file:
            assert found.rows()
