"""The machine: the data folder and its rights, room on the disk, the clock. Nothing is written to try it."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.app.doctor.findings import Finding, doubtful, well, wrong
from bot.app.settings import Settings
from services.store.database import parse_url
from services.store.errors import StoreError

FOLDER, DISK, CLOCK = "data folder", "disk", "clock"
LITTLE, TOO_LITTLE = 2**30, 100 * 2**20
"""Bytes: room for weeks of conversations, and what a back-up or a log that is written back can need at once."""
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this no release of the desk was made: a clock that says so was never set."""
RUN = Path("/run")
_SYNCHRONISED = "systemd/timesync/synchronized"
_OTHERS = ("chrony/chronyd.pid", "ntpd.pid", "openntpd.pid")


def folder_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether the data folder is there or can be made, may be written to, and by whom."""
    folder = settings.data_dir.absolute()
    there = _nearest(folder)
    if not there.is_dir():
        yield wrong(FOLDER, f"{folder} can't be made: {there} is a file", "Name another by OKIENKO_DATA_DIR.")
        return
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        what = f"{there} can't be written to by this user"
        yield wrong(FOLDER, what, "Give it to the desk's user (chown), or name another by OKIENKO_DATA_DIR.")
        return
    if there == folder and (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o007 and not settings.sandboxed:
        what = f"everybody on this machine may look into {folder} ({mode:o}), where personal data lie"
        yield doubtful(FOLDER, what, f"chmod 700 {folder}")
    elif not settings.data_dir.is_absolute() and not settings.sandboxed:
        what = f"OKIENKO_DATA_DIR is relative, here {folder}: from another folder the desk would make another one"
        yield doubtful(FOLDER, what, "Write the whole path.")
    else:
        yield well(FOLDER, str(folder) if there == folder else f"{folder}: none yet, the first start makes it")


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """Yield how much room is left where the desk writes."""
    for folder in dict.fromkeys(_nearest(one) for one in _written(settings)):
        free = shutil.disk_usage(folder).free
        what = f"{free / 2**30:.1f} GiB free at {folder}"
        if free < TOO_LITTLE:
            yield wrong(DISK, what, "Make room: with a full disk the desk answers 503 and takes nothing.")
        elif free < LITTLE:
            yield doubtful(DISK, what, "Make room soon, or move OKIENKO_DATA_DIR to a larger disk.")
        else:
            yield well(DISK, what)


def clock_findings(now: datetime, run: Path = RUN) -> Iterator[Finding]:
    """Yield whether the clock can be right; who keeps it right is seen by files alone."""
    if now < MADE:
        yield wrong(CLOCK, f"it says {now:%Y-%m-%d}, before this release was made", "Set it: timedatectl set-ntp true")
    elif (run / _SYNCHRONISED).exists() or any((run / one).exists() for one in _OTHERS):
        yield well(CLOCK, f"{now:%Y-%m-%d %H:%M} UTC, kept right by a time service")
    elif (run / "systemd/system").is_dir():
        what = f"{now:%Y-%m-%d %H:%M} UTC, and no time service was seen to keep it right"
        yield doubtful(CLOCK, what, "Look at `timedatectl`; switch one on: timedatectl set-ntp true")
    else:
        yield well(CLOCK, f"{now:%Y-%m-%d %H:%M} UTC; whether it is kept right can't be seen here")


def _written(settings: Settings) -> Iterator[Path]:
    yield settings.data_dir.absolute()
    try:
        url = parse_url(settings.database)
    except (ValueError, StoreError):
        return  # told with the database
    if url.drivername == "sqlite":
        yield Path(str(url.database)).absolute().parent


def _nearest(path: Path) -> Path:
    """Return the path, or what of it is there."""
    return next(one for one in (path, *path.parents) if one.exists())
