"""Pages for everybody: health, seals, one's own rating."""
