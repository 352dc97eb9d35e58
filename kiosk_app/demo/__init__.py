"""The demonstration year: generated from published aggregates, seeded."""
