"""Long seeded runs: short under ``make test``, whole under ``make campaign``."""
