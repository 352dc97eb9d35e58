"""Users, roles, API keys and the table of who may see what."""
