"""Change over time: charts for display, cumulative sums for alarms, breaks in retrospect."""
