"""Pages driven in a real chromium."""
