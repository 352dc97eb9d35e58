"""Logging in and out, and the page each role starts on."""
