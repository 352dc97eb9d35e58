"""Pages of the training office."""
