"""The HTTP interface for tablets and integrations."""
