"""Paper forms: keyed in batches by keyboard, twice where wanted, then delivered like any rating."""
