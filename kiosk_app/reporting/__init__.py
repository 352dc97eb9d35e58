"""Figures for people: the only importer of survey_analysis."""
