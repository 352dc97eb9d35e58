"""Dossiers and receipt codes: intake, versions, steps, counts of what could be rated."""
