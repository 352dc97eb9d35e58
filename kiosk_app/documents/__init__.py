"""Printed matter: slips, cards and forms set by typst from data, never from text as source."""
