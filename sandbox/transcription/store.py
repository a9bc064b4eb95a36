"""Recordings: the words of those to come, told beforehand, and hash and size of those that came."""

import hashlib
import sqlite3

from msgspec import Struct

from sandbox.clock import SandboxClock
from sandbox.database import stamp
from sandbox.ledger import Ledger


class ToldRecording(Struct, frozen=True):
    """The words of recordings to come: of the one with that hash, or of the next one.

    `times` is how often yet, None until a reset; `duration` in seconds; `sender` tells a reader whose it is.
    """

    id: int
    text: str
    sha256: str | None
    sender: str | None
    times: int | None
    duration: float | None
    at: str


class HeardRecording(Struct, frozen=True):
    """A recording that came; `told` is the number of what was heard, None for nothing."""

    id: int
    told: int | None
    sha256: str
    bytes: int
    filename: str
    media_type: str
    language: str | None
    prompt: str | None
    at: str


class RecordingStore:
    """Both, in the sandbox's file."""

    def __init__(self, ledger: Ledger, clock: SandboxClock) -> None:
        self._ledger = ledger
        self._clock = clock

    def tell(
        self,
        text: str,
        *,
        sha256: str | None = None,
        sender: str | None = None,
        times: int | None = None,
        duration: float | None = None,
    ) -> ToldRecording:
        """Keep what recordings are to say; without a hash the next one, once if `times` is left out."""
        often = 1 if times is None and sha256 is None else times
        values = (text, sha256, sender, often, duration, stamp(self._clock.now()))
        made = self._ledger.execute(
            "INSERT INTO transcription_told (text, sha256, sender, times, duration, at) VALUES (?,?,?,?,?,?)", values
        )
        return ToldRecording(made.lastrowid or 0, *values)

    def hear(
        self, sound: bytes, *, filename: str, media_type: str, language: str | None, prompt: str | None
    ) -> ToldRecording | None:
        """Note a recording and return what it says: by its hash, else the oldest that was told of the next one."""
        sha256 = hashlib.sha256(sound).hexdigest()
        with self._ledger.write() as connection:
            row = self._ledger.row(
                "SELECT * FROM transcription_told WHERE (sha256 = ?1 OR sha256 IS NULL)"
                " AND (times IS NULL OR times > 0) ORDER BY sha256 IS NULL, id LIMIT 1",
                sha256,
            )
            told = None if row is None else _told(row)
            if told is not None:
                connection.execute("UPDATE transcription_told SET times = times - 1 WHERE id = ?", (told.id,))
            kept = {"filename": filename, "media_type": media_type, "language": language, "prompt": prompt}
            number, at = told.id if told is not None else None, stamp(self._clock.now())
            self._ledger.insert("transcription_recordings", told=number, sha256=sha256, bytes=len(sound), at=at, **kept)
        return told

    def told(self) -> list[ToldRecording]:
        """Return all that was told, also what is used up, oldest first."""
        return [_told(row) for row in self._ledger.rows("SELECT * FROM transcription_told ORDER BY id")]

    def heard(self) -> list[HeardRecording]:
        """Return all recordings that came, oldest first."""
        rows = self._ledger.rows("SELECT * FROM transcription_recordings ORDER BY id")
        return [HeardRecording(*row) for row in rows]


def _told(row: sqlite3.Row) -> ToldRecording:
    return ToldRecording(*row)
