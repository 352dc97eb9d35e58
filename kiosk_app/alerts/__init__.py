"""Alerts: what was raised, who acknowledged it, and messages that wait to be sent."""
