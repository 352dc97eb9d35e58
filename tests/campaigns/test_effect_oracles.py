"""The wild cluster bootstrap against wildboottest: its values kept, or (whole) asked again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from survey_analysis import effects
from tests.campaigns import length

KEPT = Path(__file__).resolve().parents[1] / "data" / "wildboottest_values.json"
INPUTS = 200

Sample = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def samples() -> list[Sample]:
    """Outcome, treatment, regressor and cluster of each input."""
    rng = np.random.default_rng(19)
    made = []
    for _ in range(INPUTS):
        groups = int(rng.integers(6, 10))
        cluster = np.repeat(np.arange(groups), 6)
        d = ((cluster < groups // 2) & (np.tile(np.arange(6), groups) > 2)).astype(float)
        x = rng.normal(size=len(d))
        y = rng.normal(size=len(d)) + rng.normal(size=groups)[cluster] + 0.4 * d
        made.append((y, d, x, cluster))
    return made


def ask(sample: Sample) -> list[float]:
    """Statistic and p-value of wildboottest 0.3.2, all signs enumerated."""
    from wildboottest.wildboottest import wildboottest

    y, d, x, cluster = sample
    found = wildboottest(
        sm.OLS(y, np.column_stack([np.ones(len(d)), d, x])), param="x1", cluster=cluster,
        B=1023, weights_type="rademacher", impose_null=True, bootstrap_type="11", seed=1,
        show=False,
    )
    return [float(found["statistic"].iloc[0]), float(found["p-value"].iloc[0])]


@pytest.mark.filterwarnings("ignore")
def test_wild_bootstrap_like_wildboottest() -> None:
    """The first inputs against the values kept; the full form asks for all of them, for minutes."""
    kept = json.loads(KEPT.read_text("utf-8"))
    assert len(kept) == INPUTS
    for at, sample in enumerate(samples() if length.FULL else samples()[: len(kept)]):
        y, d, x, cluster = sample
        known = ask(sample) if length.FULL else kept[at]
        mine = effects.wild_cluster_bootstrap(
            effects.cluster_scores(y, d, np.column_stack([np.ones(len(d)), x]), cluster),
            kind="enumerated",
        )
        groups = int(cluster.max()) + 1
        # Two patterns of signs repeat the data and tie with it; theirs counts ties as rounding
        # falls, ours always.
        assert mine.p_value == pytest.approx(known[1], abs=2 / 2**groups + 1e-12)
        small = np.sqrt((len(d) - 1) / (len(d) - 3) * groups / (groups - 1))
        assert mine.t / small == pytest.approx(known[0], rel=1e-6)
