"""Tablets: pairing, tokens, epochs of storage, heartbeats, counter invitations."""
