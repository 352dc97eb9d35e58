"""Working days from reception to result against the committed and the statutory time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from survey_analysis.charts.chart import Chart, table
from survey_analysis.charts.style import (
    ALARM,
    INK,
    INK2,
    INK3,
    SEA,
    axes_at,
    figure,
    round_step,
    write,
)
from survey_analysis.charts.words import VIETNAMESE, Words


def time_cut(
    days: Iterable[int], committed: int, statutory: int | None = None, *,
    words: Words = VIETNAMESE,
) -> Chart:
    """How many dossiers took how many days; those over the committed time in the alarm colour.

    Parameters
    ----------
    days : iterable of int
        Working days of each dossier, at least 0.
    committed, statutory : int
        Working days of the centre's own promise and of the law.
    words : Words
        Texts.

    """
    counts = Counter(days)
    total, over = counts.total(), sum(n for day, n in counts.items() if day > committed)
    drawn = figure(800, 260)
    axes = axes_at(drawn, 44, 14, 16, 52)
    last = max([*counts, committed, statutory or 0]) + 1
    highest = max([*counts.values(), 1])
    for day, n in sorted(counts.items()):
        axes.bar(day, n, width=0.78, color=SEA if day <= committed else ALARM)
    axes.set_xlim(-0.7, last + 0.2)
    axes.set_ylim(0, 1.18 * highest)
    axes.axvline(committed + 0.5, color=INK2, linewidth=1.4)
    right = committed < 0.6 * last
    side, away = ("left", 0.3) if right else ("right", -0.3)
    write(axes, committed + 0.5 + away, 1.12 * highest, words.committed.format(k=committed),
          ha=side, weight=600, color=INK)
    if over:
        write(axes, committed + 0.5 + away, 0.92 * highest,
              words.over.format(n=words.number(over, 0), k=committed), ha=side, color=ALARM,
              weight=600)
    if statutory is not None and statutory > committed:
        axes.axvline(statutory + 0.5, color=INK3, linewidth=1.2, dashes=(4, 3))
        write(axes, statutory + 0.3, 0.72 * highest, words.statutory.format(k=statutory),
              ha="right", size=12)
    step = int(round_step(highest / 3))
    axes.set_yticks(range(0, highest + 1, step))
    gap = max(1, round(last / 8))
    axes.set_xticks(range(0, last + 1, gap))
    axes.set_xlabel(words.days, labelpad=6)
    alt = words.time_alt.format(n=words.number(total, 0), over=words.number(over, 0), k=committed)
    return Chart(drawn, alt if total else words.too_few,
                 table((words.day, words.dossiers), sorted(counts.items())))
