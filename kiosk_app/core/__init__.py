"""Foundations that know no capability and no web: database, clock, errors, keys, audit."""
