"""Tells on a terminal how far a long analysis is, from its second second on."""

from __future__ import annotations

from threading import Event, Thread
from typing import TextIO

PATIENCE = 2.0


class Progress:
    """Shows the stage every two seconds while something runs; quick work stays silent."""

    def __init__(self, out: TextIO, *, patience: float = PATIENCE) -> None:
        self._out, self._patience = out, patience
        self._stage = ""
        self._done = Event()
        self._thread = Thread(target=self._show, daemon=True)

    def __enter__(self) -> Progress:
        """Begin to wait."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._done.set()
        self._thread.join()

    def __call__(self, stage: str, n: int) -> None:
        """Remember the stage and how far it is."""
        self._stage = f"{stage} {n:,}"

    def _show(self) -> None:
        told, silent = "", 0
        while not self._done.wait(self._patience):
            if self._stage == told and silent < 4:
                silent += 1
                continue
            told, silent = self._stage, 0
            self._out.write(f"… {told}\n")
            self._out.flush()
