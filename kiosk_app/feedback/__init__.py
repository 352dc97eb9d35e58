"""Ratings: items as sent, verdicts, ballots, attributions, counts."""
