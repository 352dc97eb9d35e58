"""``python -m survey_analysis ratings.csv --out report/``: a report from any table of ratings.

Exit codes: 0 done; 1 done, but rows were set aside or the ratings are too few; 2 not done.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from survey_analysis.errors import AnalysisError
from survey_analysis.report.columns import HEADINGS
from survey_analysis.report.drawing import draw
from survey_analysis.report.figures import analyse
from survey_analysis.report.files import check_folder, write_report
from survey_analysis.report.progress import Progress
from survey_analysis.report.ratings import Ratings, UnreadableTableError
from survey_analysis.report.reading import read_ratings
from survey_analysis.report.summary import summarise_findings
from survey_analysis.report.texts import TEXTS
from survey_analysis.text import load_dictionary

TOLD = 10


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program, description="Tables, charts and a one-page summary from a table of ratings.",
        epilog=f"Fields of --map: {', '.join(HEADINGS)}. Columns are recognised by their Vietnamese "
               "or English heading; only the level is needed.",
    )
    parser.add_argument("file", type=Path, help=".csv .tsv .xlsx .xls .ods .json .jsonl, also .gz")
    parser.add_argument("--out", type=Path, required=True, help="folder of the report")
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN",
                        help="a column with a heading of its own, e.g. level=Điểm; repeatable")
    parser.add_argument("--lang", choices=sorted(TEXTS), default="vi", help="language of the report")
    parser.add_argument("--public", action="store_true",
                        help="for publication: rounded, without officers and counters")
    parser.add_argument("--dictionary", action="append", default=[], type=Path, metavar="FILE",
                        help="a further YAML file of topics; repeatable")
    parser.add_argument("--encoding", help="of a text file, where it is not recognised")
    parser.add_argument("--sheet", help="of a workbook; else the first with a level")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        field, sign, heading = pair.partition("=")
        if not sign or not heading.strip():
            raise UnreadableTableError(f"--map {pair}: write FIELD=COLUMN, e.g. level=Điểm")
        found[field.strip()] = heading.strip()
    return found


def _tell_faults(ratings: Ratings, name: str) -> None:
    for kind in (ratings.set_aside, ratings.doubtful):
        for fault in kind[:TOLD]:
            sys.stderr.write(f"{name}, {fault}\n")
        if len(kind) > TOLD:
            sys.stderr.write(f"{name}: {len(kind) - TOLD} more like this\n")


def _run(options: argparse.Namespace) -> int:
    texts = TEXTS[options.lang]
    check_folder(options.out)
    dictionary = load_dictionary(options.dictionary)
    with Progress(sys.stderr) as progress:
        ratings = read_ratings(options.file, mapping=_mapping(options.map), encoding=options.encoding,
                               sheet=options.sheet, progress=progress)
        if not len(ratings) and ratings.set_aside:
            _tell_faults(ratings, options.file.name)
            raise UnreadableTableError(
                f"{options.file.name}: no row has a level that can be read; if another column holds it, "
                "name it with --map level=COLUMN")
        found = analyse(ratings, public=options.public, dictionary=dictionary, progress=progress)
        summary = summarise_findings(found, texts, options.file.name)
        charts = draw(found, texts, dictionary)
        plain = write_report(options.out, found, summary, charts,
                             [*ratings.set_aside, *ratings.doubtful], texts, progress=progress)
    _tell_faults(ratings, options.file.name)
    if options.json:
        sys.stdout.write(json.dumps(plain, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join([summary.source, summary.headline, *summary.sentences,
                                    str(options.out / "summary.html")]) + "\n")
    return 1 if ratings.set_aside or found.share is None else 0


def main(arguments: Sequence[str], program: str = "python -m survey_analysis") -> int:
    """Run with the arguments of a command line; the exit code."""
    try:
        options = _parser(program).parse_args(arguments)
        return _run(options)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    except (AnalysisError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
