"""The report of a table: what it shows, what it hides, what it says is missing."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from survey_analysis import DEFAULTS, wilson
from survey_analysis.report import Ratings, analyse, read_ratings
from survey_analysis.report.command import main
from survey_analysis.report.figures import hide
from survey_analysis.report.progress import Progress
from survey_analysis.report.texts import EN, VI
from tests.unit.survey_analysis.report.tables import HEADINGS_VI, as_csv, rows

BODY = rows(900)


def written(path: Path, body: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS_VI) -> Path:
    path.write_text(as_csv(headings, body), "utf-8")
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    assert main([str(written(folder / "ratings.csv", BODY)), "--out", str(folder / "out")]) == 0
    return folder / "out"


def table(report: Path, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((report / "tables" / f"{name}.csv").read_text("utf-8-sig"))))


def test_everything_is_there(report: Path) -> None:
    made = {str(p.relative_to(report)) for p in report.rglob("*") if p.is_file()}
    charts = {"levels", "trend", "heat", "unit", "officer", "procedure", "reasons", "topics"}
    assert {f"charts/{c}.{s}" for c in charts for s in ("svg", "png")} <= made
    assert {"summary.html", "summary.pdf", "summary.json", "tables.xlsx"} <= made
    assert {f"tables/{t}.csv" for t in ("total", "period", "unit", "officer", "reasons", "topics")} <= made
    assert not (report.parent / ".out.making").exists()


def test_the_figures_are_those_of_the_file(report: Path) -> None:
    plain = json.loads((report / "summary.json").read_text("utf-8"))
    satisfied = sum(row[1] in "45" for row in BODY)
    interval = wilson(satisfied, len(BODY))
    assert plain["n"] == 900
    assert plain["share"] == {"estimate": interval.estimate, "low": interval.low, "high": interval.high}
    assert VI.charts.percent(interval.estimate) in plain["headline"]
    by_officer = {row[0]: row for row in table(report, "officer")[1:]}
    own = [row for row in BODY if row[4] == "CB2"]
    assert int(by_officer["CB2"][1]) == len(own)
    assert float(by_officer["CB2"][2]) == pytest.approx(sum(r[1] in "45" for r in own) / len(own), abs=1e-6)


def test_small_groups_are_hidden_and_not_alone(report: Path) -> None:
    units = {row[0]: row[1:] for row in table(report, "unit")[1:]}
    assert units["Phường Nhỏ"] == ["", "", "", ""]
    assert sum(cells == ["", "", "", ""] for cells in units.values()) == 2


def test_officers_stand_in_the_order_of_names_with_tiers(report: Path) -> None:
    found = table(report, "officer")
    names = [row[0] for row in found[1:]]
    assert names == sorted(names)
    assert {row[-1] for row in found[1:]} <= set(VI.tiers.values())
    said = " ".join(json.loads((report / "summary.json").read_text("utf-8"))["sentences"])
    assert "So sánh cán bộ trên hồ sơ cùng loại (thủ tục, kênh)" in said


def test_what_belongs_to_the_inspector_is_nowhere(report: Path) -> None:
    for path in report.rglob("*"):
        if path.suffix in {".csv", ".json", ".html", ".svg"}:
            assert "goi_y_tien_qua" not in path.read_text("utf-8"), path
            assert "tiền, quà" not in path.read_text("utf-8"), path


def test_no_comment_and_no_code_leaves_the_file(report: Path) -> None:
    for path in report.rglob("*"):
        if path.suffix in {".csv", ".json", ".html", ".svg"}:
            text = path.read_text("utf-8")
            assert "0912345678" not in text
            assert "H49.18-" not in text


def test_the_workbook_holds_the_same_tables(report: Path) -> None:
    book = CalamineWorkbook.from_path(report / "tables.xlsx")
    assert {"Đơn vị", "Cán bộ", "Theo kỳ", "Cách tính"} <= set(book.sheet_names)
    rows_of = book.get_sheet_by_name("Cán bộ").to_python()
    assert [r[0] for r in rows_of] == [r[0] for r in table(report, "officer")]
    assert ["ẩn"] * 4 in [r[1:] for r in book.get_sheet_by_name("Đơn vị").to_python()]


def test_the_page_stands_alone_and_the_paper_is_one_page(report: Path) -> None:
    page = (report / "summary.html").read_text("utf-8")
    assert '<html lang="vi">' in page
    assert not re.search(r"(?:src|href)=[\"']https?:", page)
    assert "<script" not in page
    assert page.count("<svg") == page.count('role="img"') >= 7
    assert "nan" not in re.sub(r"base64,[^)]*", "", page).lower().split()
    paper = (report / "summary.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_same_table_gives_the_same_bytes(report: Path, tmp_path: Path) -> None:
    main([str(written(tmp_path / "ratings.csv", BODY)), "--out", str(tmp_path / "again")])
    for path in report.rglob("*"):
        if path.suffix in {".csv", ".html", ".svg", ".json", ".pdf"}:
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(report)).read_bytes(), path


def test_english_and_public(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "ratings.csv", BODY[:95])
    assert main([str(path), "--out", str(tmp_path / "out"), "--lang", "en", "--public", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert "satisfied" in plain["headline"]
    assert set(plain["tables"]) & {"officer", "counter", "total"} == set()
    for row in plain["tables"]["period"]["rows"]:
        assert row[1] is None or row[1] % 5 == 0
        assert row[2] is None or round(100 * row[2], 6) % 1 == 0
    assert re.search(r"\d{2}%", plain["headline"])
    assert not re.search(r"\d\.\d%", plain["headline"])


def test_a_table_with_levels_only_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "bare.csv", [["5"]] * 30 + [["2"]] * 12, ("Mức",))
    assert main([str(path), "--out", str(tmp_path / "out"), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    codes = {s["code"] for s in plain["statements"]}
    assert {"no_time", "no_unit", "no_officer", "no_procedure", "no_reasons", "no_comment", "no_coverage"} <= codes
    assert list(plain["charts"]) == ["levels"]


@pytest.mark.parametrize(("levels", "code", "shown"), [
    (["5"], 1, False), (["5"] * 9, 1, False), (["5"] * 10, 0, True), (["3"] * 40, 0, True),
])
def test_few_and_equal_ratings(
    tmp_path: Path, levels: list[str], code: int, shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "few.csv", [[v] for v in levels], ("level",))
    assert main([str(path), "--out", str(tmp_path / "out"), "--json"]) == code
    plain = json.loads(capsys.readouterr().out)
    assert (plain["share"] is not None) is shown
    assert "nan" not in json.dumps(plain).lower()


def test_no_ratings_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(written(tmp_path / "none.csv", [], ("level",))), "--out", str(tmp_path / "o")]) == 1
    assert "0" in capsys.readouterr().out
    assert main([str(written(tmp_path / "bad.csv", [["9"]] * 3, ("level",))), "--out", str(tmp_path / "p")]) == 2
    said = capsys.readouterr().err
    assert "bad.csv, row 2, column “level”: “9”; give 1–5" in said
    assert "no row has a level that can be read" in said
    assert not (tmp_path / "p").exists()


def test_bad_rows_are_told_kept_apart_and_change_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = [["5", "01/02/2018"]] * 20 + [["x", "01/02/2018"]] * 15 + [["4", "99/99/2018"]]
    path = written(tmp_path / "mixed.csv", body, ("Mức", "Ngày"))
    assert main([str(path), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "mixed.csv, row 22, column “Mức”: “x”" in said
    assert "mixed.csv: 5 more like this" in said
    assert "mixed.csv, row 37, column “Ngày”: “99/99/2018”; give dd/mm/yyyy" in said
    aside = list(csv.reader(io.StringIO((tmp_path / "out" / "rows_set_aside.csv").read_text("utf-8-sig"))))
    assert len(aside) == 17


def test_missing_officers_are_no_officer(tmp_path: Path) -> None:
    body = [[*row[:4], "" if i % 3 == 0 else row[4], *row[5:]] for i, row in enumerate(BODY)]
    found = analyse(read_ratings(written(tmp_path / "r.csv", body)))
    blank = next(row for row in found.groups["officer"] if row.label == "")
    assert (blank.tier, blank.adjusted) == ("", None)
    assert any(row.tier for row in found.groups["officer"])


def test_another_folder_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "r.csv", BODY[:60])
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").write_text("keep")
    assert main([str(path), "--out", str(tmp_path / "own")]) == 2
    assert "holds other files; name an empty or new folder" in capsys.readouterr().err
    assert (tmp_path / "own" / "letter.txt").read_text() == "keep"
    assert main([str(path), "--out", str(path)]) == 2


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["a.csv"], ["none.csv", "--out", "x"],
                                       ["a.csv", "--out", "x", "--map", "level"]])
def test_wrong_use_ends_with_two(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert list(tmp_path.iterdir()) == []


def test_nothing_in_a_cell_becomes_code(tmp_path: Path) -> None:
    evil = ["<script>alert(1)</script>", "=1+1", "#let x", '"]#panic("x")', "{{ 7*7 }}", "$x$ & <b>"]
    body = [["5", evil[i % len(evil)]] for i in range(120)] + [["2", e] for e in evil]
    path = written(tmp_path / "evil.csv", body, ("Mức", "Đơn vị"))
    assert main([str(path), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "'=1+1" in (tmp_path / "out" / "tables" / "unit.csv").read_text("utf-8-sig")


def test_the_command_of_the_service_and_the_module_are_one(tmp_path: Path) -> None:
    """Both run without any setting of the service."""
    path = written(tmp_path / "r.csv", [[v] for v in "555544332211"], ("level",))

    def run(*program: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", *program], capture_output=True, text=True,
                              check=False, cwd=tmp_path, env={"PATH": ""})

    done = run("kiosk_app", "analyse", str(path), "--out", str(tmp_path / "o"))
    assert done.returncode == 0, done.stderr
    assert "12 lượt đánh giá" in done.stdout
    assert (tmp_path / "o" / "summary.pdf").is_file()
    refused = run("survey_analysis", str(path), "--out", str(path))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "is a file; name a folder" in refused.stderr


counts = st.dictionaries(st.text(max_size=3), st.lists(st.integers(0, 30), min_size=5, max_size=5), max_size=12)


@settings(max_examples=200)
@given(counts, st.booleans())
def test_hidden_rows_never_stand_alone_and_shown_ones_are_large(found: dict[str, list[int]], public: bool) -> None:
    result = hide(found, DEFAULTS, public=public)
    sizes = {label: sum(levels) for label, levels in found.items()}
    for row in result:
        if row.share is not None:
            assert sizes[row.label] >= 10
            assert row.low is not None
            assert row.high is not None
            assert row.low <= row.share <= row.high
        if row.n is not None and not public:
            assert row.n == sizes[row.label]
            assert row.n == 0 or row.n >= 5
    hidden = [row for row in result if row.share is None and sizes[row.label]]
    assert len(hidden) != 1 or all(r.share is None for r in result if sizes[r.label])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 5), max_size=40))
def test_no_figure_is_ever_nan(levels: list[int]) -> None:
    n = len(levels)
    found = analyse(Ratings(levels, [None] * n, {"unit": ["a"] * n}, [()] * n))
    assert "nan" not in repr(found).lower()
    assert (found.share is None) == (n < DEFAULTS.min_rate_n)


def test_every_text_exists_in_both_languages() -> None:
    for name in VI.__dataclass_fields__:
        first, second = getattr(VI, name), getattr(EN, name)
        assert type(first) is type(second), name
        if isinstance(first, dict):
            assert set(first) == set(second), name
        fields = re.compile(r"{(\w+)}")
        for a, b in [(first, second)] if isinstance(first, str) else []:
            assert set(fields.findall(a)) == set(fields.findall(b)), name


def test_progress_is_silent_at_first_and_then_tells() -> None:
    quick, slow = io.StringIO(), io.StringIO()
    with Progress(quick, patience=5) as told:
        told("reading", 1)
    assert quick.getvalue() == ""
    with Progress(slow, patience=0.01) as told:
        told("reading", 5000)
        for _ in range(1000):
            if slow.getvalue():
                break
            told._done.wait(0.01)
    assert slow.getvalue().startswith("… reading 5,000\n")
