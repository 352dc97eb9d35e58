"""Pages of managers: what is going on, how surely, where to look."""
