"""Every example in the library's documentation runs and gives what it says."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import survey_analysis

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(survey_analysis.__path__, "survey_analysis.")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name: str) -> None:
    found = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0


def test_there_are_examples() -> None:
    found = sum(
        len(test.examples)
        for name in MODULES
        for test in doctest.DocTestFinder().find(import_module(name))
    )
    assert found > 40
