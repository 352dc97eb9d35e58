"""What ``scripts/screens.py`` takes pictures of, part by part."""
