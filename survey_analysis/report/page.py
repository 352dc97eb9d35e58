"""The summary as one printable page: HTML that needs nothing else, and PDF."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources

from survey_analysis.charts import Chart
from survey_analysis.report.summary import Sheet, Summary
from survey_analysis.report.texts import Texts

_CSS = """
@page { size: A4; margin: 14mm }
* { box-sizing: border-box }
body { font: 16px/1.5 "Be Vietnam Pro", system-ui, sans-serif; color: #12282D; background: #EFF4F2; margin: 0 }
main { max-width: 1040px; margin: 0 auto; padding: 28px; background: #fff }
h1 { font-size: 26px; margin: 0 0 4px } h2 { font-size: 18px; margin: 26px 0 8px }
.source { color: #3F565B; margin: 0 0 18px } .headline { font-size: 22px; font-weight: 600; color: #06444B; margin: 0 0 10px }
ul { padding-left: 20px; margin: 0 } li { margin: 4px 0 }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 8px 28px; align-items: start }
.charts section { break-inside: avoid } .wide { grid-column: 1 / -1 } svg { width: 100%; height: auto; display: block }
details { margin: 4px 0; color: #3F565B } summary { cursor: pointer; padding: 10px 0 }
table { border-collapse: collapse; font-size: 14px; width: 100% } th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid #D5E0DD }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto } footer { color: #3F565B; font-size: 14px; margin-top: 22px }
@media print { body { background: #fff; font-size: 12px } main { padding: 0 } details { display: none } .headline { font-size: 17px }
  h1 { font-size: 20px } h2 { font-size: 14px; margin: 12px 0 4px } .charts { grid-template-columns: 1fr 1fr } .later { display: none } }
"""
_PAGES = re.compile(rb"/Type\s*/Page\b")
WIDE = {"trend", "levels", "unit", "officer", "counter", "procedure", "field", "heat"}
FIRST = ("levels", "trend", "reasons", "topics", "heat")


def _faces() -> str:
    """The page's own letters, so that it looks the same on every machine."""
    folder = resources.files("survey_analysis.charts").joinpath("fonts")
    rules = []
    for weight in (400, 600):
        face = b64encode(folder.joinpath(f"BeVietnamPro-{weight}.ttf").read_bytes()).decode()
        rules.append(
            f'@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {weight}; '
            f'src: url(data:font/ttf;base64,{face}) }}'
        )
    return "".join(rules)


def _cell(value: object, texts: Texts) -> str:
    if value is None:
        return f'<td class="number">{escape(texts.charts.hidden)}</td>'
    if isinstance(value, float):
        return f'<td class="number">{texts.charts.percent(value)}</td>'
    if isinstance(value, int):
        return f'<td class="number">{texts.charts.number(value, 0)}</td>'
    return f"<td>{escape(str(value))}</td>"


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]], texts: Texts) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in columns)
    body = "".join(f"<tr>{''.join(_cell(v, texts) for v in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def ordered(charts: Mapping[str, Chart]) -> list[str]:
    """Names of the charts: those that belong on the printed page first."""
    return [n for n in FIRST if n in charts] + [n for n in charts if n not in FIRST]


def html(
    summary: Summary, charts: Mapping[str, Chart], tables: Sequence[Sheet], texts: Texts
) -> str:
    """A page that stands alone: sentences, charts as SVG, each with its table."""
    by_name = {sheet.name: sheet for sheet in tables}
    sections = []
    for name in ordered(charts):
        chart, title = charts[name], texts.charts_of[name]
        svg = chart.svg(f"chart-{name}", title).decode()
        sheet = by_name.get({"trend": "period", "levels": "total", "heat": "cells"}.get(name, name))
        rows = _table(sheet.columns, sheet.rows, texts) if sheet else ""
        kind = ("wide" if name in WIDE else "") + ("" if name in FIRST[:4] else " later")
        sections.append(
            f'<section class="{kind.strip()}"><h2>{escape(title)}</h2>{svg}'
            f"<details><summary>{escape(chart.alt)}</summary>{rows}</details></section>"
        )
    said = "".join(f"<li>{escape(s)}</li>" for s in summary.sentences)
    notes = "".join(f"<li>{escape(s)}</li>" for s in summary.notes)
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(summary.title)}</title><style>{_faces()}{_CSS}</style></head><body><main>"
        f'<h1>{escape(summary.title)}</h1><p class="source">{escape(summary.source)}</p>'
        f'<p class="headline">{escape(summary.headline)}</p><ul>{said}</ul>'
        f'<div class="charts">{"".join(sections)}</div>'
        f"<h2>{escape(texts.to_know)}</h2><ul>{notes}</ul>"
        f"<h2>{escape(texts.how_to_read)}</h2><p>{escape(summary.reading)}</p>"
        f"<footer>{escape(texts.files)}</footer></main></body></html>\n"
    )


def _typst(text: str) -> str:
    """A string literal of typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def pdf(summary: Summary, charts: Mapping[str, Chart], texts: Texts) -> bytes:
    """One page of A4: sentences, the first charts, what to mind. Deterministic."""
    import tempfile
    from pathlib import Path

    import typst  # only reports on paper wait for it

    fonts = resources.files("survey_analysis.charts").joinpath("fonts")
    made = b""
    with tempfile.TemporaryDirectory() as folder, resources.as_file(fonts) as font_path:
        shown = [n for n in ordered(charts) if n in FIRST][:4]
        for name in shown:
            (Path(folder) / f"{name}.png").write_bytes(charts[name].png(scale=3))
        source = Path(folder) / "summary.typ"
        for scale in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
            source.write_text(_paper(summary, shown, charts, texts, scale), "utf-8")
            made = bytes(typst.compile(
                str(source), root=folder, font_paths=[str(font_path)], ignore_system_fonts=True,
                timestamp=0,
            ))
            if len(_PAGES.findall(made)) <= 1:
                break
    return made


def _paper(
    summary: Summary, shown: Sequence[str], charts: Mapping[str, Chart], texts: Texts, scale: float
) -> str:
    """The page in typst; ``scale`` makes letters and charts smaller until it is one page."""
    size = max(7.0, 9 * scale)
    return "\n".join([
        '#set page(paper: "a4", margin: (x: 16mm, y: 12mm))',
        f'#set text(font: "Be Vietnam Pro", size: {size}pt, fill: rgb("#12282D"), '
        f'lang: "{texts.language}")',
        "#set par(spacing: 0.7em, leading: 0.5em)", "#set list(spacing: 0.6em)",
        f"#set document(title: {_typst(summary.title)}, date: none)",
        f"#text(size: {1.8 * size}pt, weight: 700)[#{_typst(summary.title)}]",
        f'#par(text(fill: rgb("#3F565B"), {_typst(summary.source)}))',
        f'#par(text(size: {1.4 * size}pt, weight: 600, fill: rgb("#06444B"), {_typst(summary.headline)}))',
        "#list(" + ", ".join(f"[#{_typst(s)}]" for s in summary.sentences) + ")",
        *_figures(shown, charts, texts, scale),
        f"#text(weight: 600)[#{_typst(texts.to_know)}]",
        "#list(" + ", ".join(f"[#{_typst(s)}]" for s in summary.notes) + ")",
        f"#text(weight: 600)[#{_typst(texts.how_to_read)}] #{_typst(summary.reading)}",
    ])


def _figures(
    shown: Sequence[str], charts: Mapping[str, Chart], texts: Texts, scale: float
) -> list[str]:
    """Wide charts over the width, the others two in a row."""
    wide = [n for n in shown if n in WIDE and n != "heat"]
    half = [n for n in shown if n not in wide]
    lines = [
        f"#block(width: 100%)[#text(weight: 600)[#{_typst(texts.charts_of[n])}] \\ "
        f"#image({_typst(n + '.png')}, width: {100 * scale:.0f}%, alt: {_typst(charts[n].alt)})]"
        for n in wide
    ]
    cells = ", ".join(
        f"[#text(weight: 600)[#{_typst(texts.charts_of[n])}] \\ "
        f"#image({_typst(n + '.png')}, width: {100 * scale:.0f}%, alt: {_typst(charts[n].alt)})]"
        for n in half
    )
    if half:
        lines.append(f"#grid(columns: (1fr, 1fr), gutter: 12pt, {cells})")
    return lines
