"""Consistent copies of a running SQLite database, proven when they are restored."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from kiosk_app import runtime
from kiosk_app.config import Settings
from kiosk_app.core import db, keys
from kiosk_app.core.errors import ConfigurationError, KioskError
from kiosk_app.feedback import recount
from kiosk_app.feedback import verification as feedback_verification
from kiosk_app.seals import verification
from kiosk_app.training import attended


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    sha256: str
    size: int
    made_at: str
    key_checks: dict[str, str]


def _sqlite_path(settings: Settings) -> Path:
    database = db.open_database(settings.database_url)
    path = database.engine.url.database if database.is_sqlite else None
    database.dispose()
    if not path:
        raise ConfigurationError(
            "backup_needs_sqlite",
            "kiosk backup copies the embedded database; for PostgreSQL use pg_basebackup",
            field="DATABASE_URL",
        )
    return Path(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _manifest_path(backup_file: Path) -> Path:
    return backup_file.with_suffix(backup_file.suffix + ".json")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(settings: Settings, target: Path, *, now_text: str) -> Manifest:
    """Copy the database while it is in use; nothing of the keys goes with it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(target.suffix + ".part")
    part.unlink(missing_ok=True)
    with sqlite3.connect(_sqlite_path(settings)) as source, sqlite3.connect(part) as copy:
        source.backup(copy, pages=-1)
        checks = dict(copy.execute("SELECT purpose, check_value FROM key_checks").fetchall())
        copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()
    source.close()
    _sync(part)
    part.replace(target)
    manifest = Manifest(_sha256(target), target.stat().st_size, now_text, checks)
    _manifest_path(target).write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
    return manifest


def save_keys(settings: Settings, folder: Path) -> None:
    """Copy the key files to ``folder`` (mode 0600); keep them apart from any backup."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for purpose in keys.PURPOSES:
        target = folder / f"{purpose}.key"
        shutil.copyfile(settings.keys_dir / f"{purpose}.key", target)
        target.chmod(0o600)


def check_file(source: Path) -> Manifest:
    """The manifest, after the copy's checksum and integrity were found right."""
    try:
        manifest = Manifest(**json.loads(_manifest_path(source).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise KioskError("manifest_missing", f"{_manifest_path(source)}: {error}") from error
    if _sha256(source) != manifest.sha256:
        raise KioskError("checksum_differs", f"{source} is not the file that was backed up")
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as copy:
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    copy.close()
    if answer != "ok":
        raise KioskError("copy_damaged", f"{source}: {answer}")
    return manifest


def prove() -> list[str]:
    """What is wrong with the bound database by ``verify`` and ``cells check``; [] if nothing."""
    with db.reading() as conn:
        sealed = verification.verify(
            conn, keys.current(), feedback_verification.recomputers(conn)
        )
        cells = recount.check(conn)
        hours = attended.differing(conn)
    return [
        *(f"{d.kind}: {d.subject} {d.subject_id}" for d in sealed.differences),
        *(f"{d.table}: {d.key}" for d in cells),
        *(f"enrolments: {one}: attended {kept} minutes, by its marks {counted}"
          for one, kept, counted in hours),
    ]


def restore(settings: Settings, source: Path, *, key_source: Path | None) -> list[str]:
    """Put a backup in place of the database; the old one is kept beside it until proven."""
    check_file(source)
    target = _sqlite_path(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    if key_source is not None:
        settings.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for purpose in keys.PURPOSES:
            shutil.copyfile(key_source / f"{purpose}.key", settings.keys_dir / f"{purpose}.key")
            (settings.keys_dir / f"{purpose}.key").chmod(0o600)
    part = target.with_suffix(".restoring")
    shutil.copyfile(source, part)
    _sync(part)
    for extra in ("", "-wal", "-shm"):
        old = Path(f"{target}{extra}")
        if old.exists():
            old.replace(f"{target}.before-restore{extra}")
    part.replace(target)
    runtime.start(settings)
    return prove()
