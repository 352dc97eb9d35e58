"""Branching, publication and judging of surveys."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.questionnaires import builtin, rules

TABLE = json.loads((Path(__file__).parents[2] / "data" / "branching_cases.json").read_text("utf-8"))
SURVEY = builtin.survey()


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda c: f"{c['survey']} {c['answers']}")
def test_the_walk_follows_the_table(case: dict[str, Any]) -> None:
    questions = TABLE["surveys"][case["survey"]]
    walk = rules.walk(questions, case["answers"])
    assert rules.kept(questions, case["answers"]) == case["kept"]
    assert walk == rules.Walk(tuple(case["answered"]), case["now"], case["left"])


def test_the_survey_that_comes_with_the_service_may_be_published_in_three_languages() -> None:
    assert rules.problems(SURVEY, ["vi", "en", "zh"]) == []
    assert [q["code"] for q in SURVEY["questions"] if q["scale"] == "points"] == ["tc3", "tc4", "tc6", "tc7"]
    assert {q["factor"] for q in SURVEY["questions"]} == {"tiep_can", "thu_tuc", "cong_chuc", "ket_qua", "gop_y"}


answers_of = st.fixed_dictionaries({}, optional={
    str(q["code"]): st.sampled_from([*rules.values(q), *(["na"] if rules.allows_not_met(q) else [])])
    for q in SURVEY["questions"]
})


@given(answers_of)
def test_every_walk_ends_and_never_comes_back(answers: dict[str, object]) -> None:
    walk = rules.walk(SURVEY["questions"], answers)
    assert len(set(walk.answered)) == len(walk.answered)
    assert len(walk.answered) + walk.left <= len(SURVEY["questions"])
    assert (walk.now is None) == (walk.left == 0)
    assert rules.judge(SURVEY, answers) is None


def broken(change: Callable[[dict[str, Any]], object]) -> list[str]:
    survey = copy.deepcopy(SURVEY)
    change(survey)
    return rules.problems(survey, ["vi", "en"])


@pytest.mark.parametrize(("change", "says"), [
    (lambda s: s.update(questions=[]), "at least one"),
    (lambda s: s["questions"][0]["next"][0].update(go="nowhere"), "tc3: next goes to nowhere"),
    (lambda s: s["questions"][4].update(next=[{"if": [1], "go": "tc3"}]), "goes back to tc3"),
    (lambda s: s["questions"][4].update(next=[{"if": [1], "go": "hl_tiep_can"}]), "goes back to hl_tiep_can"),
    (lambda s: s["questions"][0].update(next=[{"if": [0, 1, 2, "na"], "go": "tc6"}]), "tc4: no answer leads here"),
    (lambda s: s["questions"][0].update(next=[{"if": [7], "go": "tc6"}]), "which nobody can answer"),
    (lambda s: s["questions"][1].update(code="tc3"), "used twice"),
    (lambda s: s["questions"][1]["text"].pop("en"), "tc4: text is missing in en"),
    (lambda s: s["questions"][1]["options"].pop(), "points need the options"),
    (lambda s: s["questions"][1].pop("source"), "source is missing"),
    (lambda s: s["questions"][1].update(scale="stars"), "scale is one of"),
    (lambda s: s["questions"][1].update(factor="x"), "factor x does not exist"),
    (lambda s: s["questions"][8]["options"].append({"value": 9, "text": {"vi": "a", "en": "a"}}), "from 0 to 4"),
    (lambda s: s.update(questionnaire="x" * 40), "in at most 24"),
    (lambda s: s["questions"][1].update(code="y" * 17), "at most 16"),
])
def test_what_may_not_be_published_is_named(
    change: Callable[[dict[str, Any]], object], says: str
) -> None:
    assert any(says in problem for problem in broken(change)), broken(change)


@pytest.mark.parametrize(("answers", "refused"), [
    ({"tc3": 2}, None), ({"tc3": "na"}, None), ({"hl_ket_qua": 5, "tc3": 0}, None),
    ({"tc9": 1}, "unknown_question"), ({"tc3": 3}, "answer_out_of_range"),
    ({"tc3": True}, "answer_out_of_range"), ({"tc3": "2"}, "answer_out_of_range"),
    ({"tc3": None}, "answer_out_of_range"), ({"tc3": [2]}, "answer_out_of_range"),
    ({"hl_ket_qua": 0}, "answer_out_of_range"), ({"da_gop_y": "na"}, "answer_out_of_range"),
])
def test_answers_are_judged_against_the_version(answers: dict[str, object], refused: str | None) -> None:
    assert rules.judge(SURVEY, answers) == refused
