"""Pure rules of surveys: the path through the questions, what may be published, what may be said.

A question names its ``scale``: ``points`` (the official 0, 1, 2), ``levels`` (1 … 5) or ``choice``
(values of its own). Its ``next`` is a list of ``{"if": [values], "go": code or "end"}``; the first
that fits rules, else the question after it in the list. The tablet walks by the same rule, written
again in ``static/tablet/branching.js``; one table of cases is run against both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOT_MET = "na"
"""The answer "this did not happen to me"."""
END = "end"
SCALES = {"points": (0, 1, 2), "levels": (1, 2, 3, 4, 5), "choice": ()}
MAX_ANSWER = 4
"""Values of a choice are 0 … 4: counts keep five places a question."""
CODE_MAX = 16
REF_MAX = 24

Question = Mapping[str, Any]
Answers = Mapping[str, object]


@dataclass(frozen=True)
class Walk:
    """Questions answered on the way, the one that comes now, and how many it may still take."""

    answered: tuple[str, ...]
    now: str | None
    """None once the end is reached."""
    left: int
    """Questions on the longest way from ``now`` to the end, ``now`` included."""


def values(question: Question) -> tuple[object, ...]:
    """What may be answered, the answer "not met" apart."""
    fixed = SCALES[str(question["scale"])]
    return fixed or tuple(option["value"] for option in question["options"])


def allows_not_met(question: Question) -> bool:
    """Whether "this did not happen to me" may be answered."""
    return bool(question.get("not_met", True))


def _after(questions: Sequence[Question], index: int) -> str:
    return str(questions[index + 1]["code"]) if index + 1 < len(questions) else END


def following(questions: Sequence[Question], code: str, answer: object) -> str:
    """The question after ``code`` when this was answered, or ``end``."""
    index = next(i for i, q in enumerate(questions) if q["code"] == code)
    for branch in questions[index].get("next", ()):
        if any(answer == value and type(answer) is type(value) for value in branch["if"]):
            return str(branch["go"])
    return _after(questions, index)


def _targets(questions: Sequence[Question], index: int) -> list[str]:
    found = [str(branch["go"]) for branch in questions[index].get("next", ())]
    return list(dict.fromkeys([*found, _after(questions, index)]))


def _longest(questions: Sequence[Question], code: str) -> int:
    steps = {END: 0}
    for index in range(len(questions) - 1, -1, -1):
        ahead = (steps.get(target, 0) for target in _targets(questions, index))
        steps[str(questions[index]["code"])] = 1 + max(ahead)
    return steps[code]


def walk(questions: Sequence[Question], answers: Answers) -> Walk:
    """Follow the answers from the first question to the first that has none."""
    code, answered = (str(questions[0]["code"]) if questions else END), []
    while code != END and code in answers:
        answered.append(code)
        code = following(questions, code, answers[code])
    return Walk(tuple(answered), None if code == END else code, _longest(questions, code))


def kept(questions: Sequence[Question], answers: Answers) -> dict[str, object]:
    """Answers that the path still holds: one that a changed answer skips now is dropped."""
    code, found = (str(questions[0]["code"]) if questions else END), {}
    while code != END:
        if code in answers:
            found[code] = answers[code]
        code = following(questions, code, answers.get(code))
    return found


def _question_problems(question: Question, languages: Sequence[str]) -> list[str]:
    name, found = str(question.get("code") or "?"), []
    if not 0 < len(str(question.get("code") or "")) <= CODE_MAX:
        found.append(f"{name}: a code of at most {CODE_MAX} characters is needed")
    if question.get("scale") not in SCALES:
        return [*found, f"{name}: scale is one of {', '.join(SCALES)}"]
    if not str(question.get("source") or "").strip():
        found.append(f"{name}: source is missing; say where the wording comes from")
    options = question.get("options") or []
    given = [option.get("value") for option in options]
    if question["scale"] == "points" and sorted(map(str, given)) != ["0", "1", "2"]:
        found.append(f"{name}: points need the options 0, 1 and 2, each once")
    if question["scale"] == "choice" and (
        len(given) < 2 or len(set(map(str, given))) != len(given)
        or any(type(v) is not int or not 0 <= v <= MAX_ANSWER for v in given)
    ):
        found.append(f"{name}: a choice needs two or more different values from 0 to {MAX_ANSWER}")
    for where, text in [("text", question.get("text")), *(("option", o.get("text")) for o in options)]:
        missing = [lang for lang in languages if not (text or {}).get(lang)]
        if missing:
            found.append(f"{name}: {where} is missing in {', '.join(missing)}")
    return found


def _branch_problems(questions: Sequence[Question]) -> list[str]:
    order = {str(q["code"]): i for i, q in enumerate(questions)}
    found = []
    for index, question in enumerate(questions):
        allowed = [*values(question), *([NOT_MET] if allows_not_met(question) else [])]
        for branch in question.get("next", ()):
            target = str(branch.get("go"))
            strange = [v for v in branch.get("if") or [None] if v not in allowed]
            if strange:
                found.append(f"{question['code']}: next asks for {strange}, which nobody can answer")
            if target != END and target not in order:
                found.append(f"{question['code']}: next goes to {target}, which does not exist")
            elif target != END and order[target] <= index:
                found.append(f"{question['code']}: next goes back to {target}; that may never end")
    return found


def _unreachable(questions: Sequence[Question]) -> list[str]:
    seen: set[str] = set()
    waiting = [str(questions[0]["code"])]
    index_of = {str(q["code"]): i for i, q in enumerate(questions)}
    while waiting:
        code = waiting.pop()
        if code == END or code in seen:
            continue
        seen.add(code)
        question = questions[index_of[code]]
        said = [*values(question), *([NOT_MET] if allows_not_met(question) else [])]
        waiting += [following(questions, code, answer) for answer in said]
    return [f"{code}: no answer leads here" for code in index_of if code not in seen]


def problems(definition: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    """Why a survey may not be published; empty if it may. Each names its question."""
    ref = f"{definition.get('questionnaire')}@{definition.get('version')}"
    questions = definition.get("questions") or []
    if not questions:
        return ["questions: at least one is needed"]
    found = [] if len(ref) <= REF_MAX else [f"{ref}: name and version in at most {REF_MAX} characters"]
    for question in questions:
        found += _question_problems(question, languages)
    codes = [str(q.get("code")) for q in questions]
    found += [f"{code}: the code is used twice" for code in sorted(set(codes)) if codes.count(code) > 1]
    factors = {factor.get("code") for factor in definition.get("factors") or ()}
    found += [f"{q.get('code')}: factor {q.get('factor')} does not exist"
              for q in questions if q.get("factor") not in factors]
    if found:
        return found
    branches = _branch_problems(questions)
    return branches or _unreachable(questions)


def judge(definition: Mapping[str, Any], answers: Answers) -> str | None:
    """Why answers are refused: ``unknown_question``, ``answer_out_of_range``; None if they are good."""
    known = {str(q["code"]): q for q in definition.get("questions") or ()}
    if any(code not in known for code in answers):
        return "unknown_question"
    for code, answer in answers.items():
        if answer == NOT_MET and allows_not_met(known[code]):
            continue
        if type(answer) is not int or answer not in values(known[code]):
            return "answer_out_of_range"
    return None


def place(question: Question, answer: object) -> int:
    """Which of the five places of a count an answer takes: levels as they are, others from 0 up."""
    number = answer if isinstance(answer, int) else 0
    return number if question["scale"] == "levels" else number + 1
