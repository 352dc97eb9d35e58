"""What the rule tests read: the project's own files."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "kiosk_app" / "templates").rglob("*.html"))


@cache
def modules(*folders: str) -> dict[str, ast.Module]:
    """Syntax trees of the Python files below the folders, by path from the project's root."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def called(node: ast.Call) -> str:
    """Last name of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
