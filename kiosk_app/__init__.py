"""Citizen-satisfaction service."""
