"""Commitments, Merkle roots, chain, verification."""
