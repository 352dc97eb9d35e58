"""Signs of misuse: what a screening asked to look at, and what a person decided."""
