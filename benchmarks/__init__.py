"""Measured cost of what people wait for, as ratios to a floor measured in the same run."""
