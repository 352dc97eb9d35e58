"""Questionnaires in immutable versions, their texts and reasons."""
