"""Signs of misuse against known truths: the sample's three officers, and other centres."""

from __future__ import annotations

from collections import Counter

import pytest

from survey_analysis import integrity
from tests.campaigns import length
from tests.campaigns.misuse_worlds import centre
from tests.campaigns.sample_events import hand_overs, truth

HONEST = 500 if length.FULL else 4
PLANTED = 200 if length.FULL else 3
REASONS = {
    "selective_invitation": {"selective_invitation:late", "selective_invitation:supplement"},
    "tap_at_hand_over": {"fast_taps"},
    "burst_self_rating": {"burst", "closing_time", "late_sitting"},
}


def test_the_sample_flags_the_three_and_nobody_else() -> None:
    """The whole year; in the short form two months of it."""
    events = hand_overs() if length.FULL else hand_overs(3, 4)
    made = integrity.screen(events.seen, events.steps)
    known = {g["officer_code"]: g["pattern"] for g in truth()["gaming"]}
    found = {events.officers[r.officer]: r for r in made.reviews}
    for officer, pattern in known.items():
        assert REASONS[pattern] & set(found[officer].codes), officer
        assert found[officer].codes[0] in REASONS[pattern]
    innocents = set(found) - set(known)
    assert len(innocents) <= made.expected_false
    length.keep("misuse", "sample", {
        "reviews": {o: list(r.codes) for o, r in found.items()}, "innocents": sorted(innocents),
        "expected_false": made.expected_false, "tests": made.tests,
    })


@pytest.mark.timeout(3_600)
def test_honest_centres_stay_within_the_stated_expectation() -> None:
    false, stated, tests, codes = 0, 0.0, 0, Counter[str]()
    for seed in range(HONEST):
        made = centre(50_000 + seed)
        screening = integrity.screen(made.seen, made.steps, seed=seed)
        false += len(screening.reviews)
        stated += screening.expected_false
        tests += screening.tests
        codes.update(f.code for f in screening.rejected)
    assert tests > 80 * HONEST
    assert false <= stated
    # Single rejections are within twice the rate that q allows a family with none true.
    assert sum(codes.values()) <= 4 * stated + 3
    length.keep("misuse", "honest centres", {
        "centres": HONEST, "officers_a_centre": 12, "false_reviews": false,
        "expected_false": round(stated, 2), "single_rejections": dict(codes),
    })


@pytest.mark.timeout(3_600)
def test_planted_patterns_are_found_with_their_reasons() -> None:
    patterns = tuple(REASONS)
    hit, false, stated = Counter[str](), 0, 0.0
    for seed in range(PLANTED):
        made = centre(70_000 + seed, patterns)
        screening = integrity.screen(made.seen, made.steps, seed=seed)
        stated += screening.expected_false
        for review in screening.reviews:
            pattern = made.planted.get(review.officer)
            if pattern is None:
                false += 1
            elif REASONS[pattern] & set(review.codes):
                hit[pattern] += 1
    assert false <= stated
    assert hit["tap_at_hand_over"] >= 0.9 * PLANTED
    assert hit["burst_self_rating"] >= 0.9 * PLANTED
    # Two months hold few late dossiers: the share found grows with the time looked at.
    assert hit["selective_invitation"] >= 0.5 * PLANTED
    length.keep("misuse", "planted patterns", {
        "centres": PLANTED, "found": {k: hit[k] for k in patterns}, "false_reviews": false,
        "expected_false": round(stated, 2),
    })
