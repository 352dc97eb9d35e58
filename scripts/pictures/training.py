"""Pictures of the training office and the officer's page at 1440×900, in Vietnamese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SCREENS = (
    ("h1-sessions", "/hr/?year=2018"),
    ("h1-empty", "/hr/?year=2020"),
    ("h1-new", "/hr/sessions/new"),
    ("h2-session", "/hr/sessions/1"),
    ("h2-attendance", "/hr/sessions/4/attendance"),
    ("h2-results", "/hr/sessions/5/results"),
    ("h3-staff-list", "/hr/staff"),
    ("h3-staff", "/hr/staff/54"),
    ("h3-courses", "/hr/courses"),
)
DESK_SCREENS = (("d1-desk", "/desk/"),)


def shoot(page_factory: Callable[..., Any], base_url: str, out_dir: Path) -> list[Path]:
    """Take every picture; ``page_factory(role=…, width=…, height=…)`` gives a signed-in page."""
    taken = []
    for role, screens in (("hr", SCREENS), ("officer", DESK_SCREENS)):
        page = page_factory(role=role, width=1440, height=900)
        for name, path in screens:
            page.goto(base_url + path)
            page.wait_for_load_state("load")
            target = out_dir / f"{name}.png"
            page.screenshot(path=str(target), full_page=True)
            taken.append(target)
    return taken
