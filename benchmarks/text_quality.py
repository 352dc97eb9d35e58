"""How well topics and personal data are recognised: the tables of docs/analysis/text-quality.md.

``python -m benchmarks.text_quality`` prints them; a test holds the document to them.
"""

from __future__ import annotations

from tests.unit.survey_analysis.text.comments import (
    Comment,
    labelled,
    masking_agreement,
    sample_labelled,
    topic_agreement,
)

SETS = ("development", "held back", "afterwards", "sample year")


def _sets() -> tuple[tuple[Comment, ...], ...]:
    return (labelled("development"), labelled("held_back"), labelled("afterwards"),
            sample_labelled())


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def topic_rows() -> list[str]:
    """One row a topic: mentions by hand, precision, recall and κ in each set."""
    found = [topic_agreement(comments) for comments in _sets()]
    rows = ["| topic | " + " | ".join(f"{s}: n, precision, recall, κ" for s in SETS) + " |",
            "|---|" + "---|" * len(SETS)]
    for parts in zip(*found, strict=True):
        cells = [
            f"{r.true + r.missed}, {_figure(r.precision)}, {_figure(r.recall)}, {_figure(r.kappa)}"
            for r in parts
        ]
        rows.append(f"| `{parts[0].label}` | " + " | ".join(cells) + " |")
    sums = [[sum(getattr(r, f) for r in part) for f in ("true", "extra", "missed")] for part in found]
    cells = [f"{t + m}, {t / (t + e):.3f}, {t / (t + m):.3f}" for t, e, m in sums]
    return [*rows, "| all | " + " | ".join(cells) + " |"]


def masking_rows() -> list[str]:
    """One row a kind of personal data: pieces marked by hand, precision, recall."""
    found = [masking_agreement(comments) for comments in _sets()[:2]]
    rows = ["| kind | " + " | ".join(f"{s}: n, precision, recall" for s in SETS[:2]) + " |",
            "|---|---|---|"]
    for kind in sorted(found[0]):
        cells = [
            f"{whole + missed}, {whole / (whole + extra):.2f}, {whole / (whole + missed):.2f}"
            for whole, extra, missed in (part[kind] for part in found)
        ]
        rows.append(f"| {kind} | " + " | ".join(cells) + " |")
    return rows


if __name__ == "__main__":
    print("\n".join([*topic_rows(), "", *masking_rows()]))
