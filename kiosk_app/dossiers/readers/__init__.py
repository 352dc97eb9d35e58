"""Readers: one a file kind, each yielding rows with their place in the file."""
