"""A small disk that fills up: a file system of its own, or where none may be mounted a size limit."""

from __future__ import annotations

import filecmp
import os
import resource
import subprocess
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from tests.campaigns.service import ServiceUnderFire, family

MEGABYTES = 20


def _as_root(*command: str) -> subprocess.CompletedProcess[str]:
    """Run as root, by sudo without a question where we are not."""
    ahead = () if os.getuid() == 0 else ("sudo", "-n")
    return subprocess.run([*ahead, *command], capture_output=True, text=True, check=False)


class SmallDisk:
    """``folder`` on a tmpfs of 20 MB. ``kind`` says how it fills: ``tmpfs`` or ``size limit``.

    Without the right to mount, the server's processes get RLIMIT_FSIZE 1 instead: every write to the
    database fails as on a full disk (EFBIG in place of ENOSPC). That is told as a warning and stands
    in the campaign's figures.
    """

    def __init__(self, folder: Path, *, mount: bool = True) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        options = f"size={MEGABYTES}m,mode=700,uid={os.getuid()}"
        done = _as_root("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)) if mount else None
        self.kind = "tmpfs" if done and done.returncode == 0 else "size limit"
        if done and done.returncode:
            warnings.warn(f"no file system may be mounted ({done.stderr.strip()}); RLIMIT_FSIZE stands in", stacklevel=2)
        self.ballast = folder / "ballast"

    def fill(self, service: ServiceUnderFire) -> None:
        """Leave no byte free; what is full stays full meanwhile."""
        if self.kind == "size limit":
            _limit(service, 1)
            return
        with self.ballast.open("ab", buffering=0) as out:
            for size in (1 << 20, 4096, 1):
                try:
                    while out.write(b"\0" * size):
                        pass
                except OSError:
                    continue

    def free(self, service: ServiceUnderFire) -> None:
        """Make room again."""
        if self.kind == "size limit":
            _limit(service, resource.RLIM_INFINITY)
        else:
            self.ballast.unlink()

    def while_full(self, service: ServiceUnderFire, work: Callable[[], bool], seconds: float) -> bool:
        """Fill, repeat ``work`` until it says true or time is over, make room; what it said last."""
        self.fill(service)
        said, end = False, time.monotonic() + seconds
        try:
            while not said and time.monotonic() < end:
                if self.kind == "tmpfs":
                    self.fill(service)
                said = work()
        finally:
            self.free(service)
        return said

    def remove(self) -> None:
        """Take the file system away."""
        if self.kind == "tmpfs":
            _run("umount", "-l", str(self.folder))


def _limit(service: ServiceUnderFire, size: int) -> None:
    assert service.process is not None
    for pid in family(service.process.pid):
        try:
            _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
        except ProcessLookupError:
            continue


class PowerCut:
    """A profile or data folder on a disk of its own whose power can be cut.

    ext4 in a loop file: what was not flushed lies in the page cache of that file system and is not in
    the file. ``cut`` copies the file as it stands and puts the copy in its place: everything that was
    never flushed is gone, as after a power failure. The copy is of one moment: who writes stands
    still meanwhile, and a copy that the system wrote into is taken again. Stricter than that it is
    not: a disk whose own cache lies about flushes is not played.
    """

    def __init__(self, folder: Path, place: Path, megabytes: int = 256) -> None:
        self.folder, self.place = folder, place
        self.number = 0
        folder.mkdir(parents=True, exist_ok=True)
        with self._image.open("wb") as out:
            os.truncate(out.fileno(), megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self._image))
        self._mount()

    @property
    def _image(self) -> Path:
        return self.place / f"disk-{self.number}.img"

    def _mount(self) -> None:
        _run("mount", "-o", "loop,commit=600", str(self._image), str(self.folder))
        _run("chown", str(os.getuid()), str(self.folder))

    def flush(self) -> None:
        """Everything written so far is on the disk."""
        _run("sync", "-f", str(self.folder))

    def cut(self, hold: Callable[[], None], end: Callable[[], None]) -> None:
        """The power goes: ``hold`` makes who writes stand still, ``end`` ends them after the copy."""
        before = self._image
        self.number += 1
        hold()
        while True:
            _run("cp", "--sparse=always", str(before), str(self._image))
            if filecmp.cmp(before, self._image, shallow=False):
                break
        end()
        _run("umount", "-l", str(self.folder))
        before.unlink()
        self._mount()

    def remove(self) -> None:
        """Take the disk away."""
        _run("umount", "-l", str(self.folder))
        self._image.unlink()


def _run(*command: str) -> None:
    """Done as root, or a loud end: a power cut has no stand-in."""
    done = _as_root(*command)
    assert done.returncode == 0, (
        f"{' '.join(command)}: {done.stderr.strip()}; this test mounts a file system: run it as root "
        "or where `sudo -n true` works"
    )
