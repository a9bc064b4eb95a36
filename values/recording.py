"""Recordings of a customer's voice: how large they may be, and what kind of file the bytes are.

The kind is told by the first bytes alone, never by a name or a header that somebody sent. Nothing is decoded here.
"""

from datetime import timedelta
from enum import StrEnum

MOST_BYTES = 2 * 1024 * 1024
"""A minute of a messenger's voice note takes a quarter of it."""
MOST_SECONDS = 60
KEPT_FOR = timedelta(minutes=15)
"""So long a recording waits at most: the customer has typed it by then, or gone."""

_SHORTEST = 16
"""Fewer bytes hold no more than the beginning of a header."""
_OGG, _EBML, _ID3 = b"OggS", b"\x1a\x45\xdf\xa3", b"ID3"


class AudioType(StrEnum):
    """A kind of sound file that recognisers take; the value is its file extension."""

    OGG = "ogg"
    WEBM = "webm"
    MP4 = "mp4"
    MP3 = "mp3"
    WAV = "wav"

    @property
    def media_type(self) -> str:
        """The media type under which such a file is sent."""
        return "audio/mpeg" if self is AudioType.MP3 else f"audio/{self.value}"

    @property
    def file_name(self) -> str:
        """The name under which such a file is passed on; of an MP4 that of sound alone, which players go by."""
        return f"recording.{'m4a' if self is AudioType.MP4 else self.value}"


def audio_type(data: bytes) -> AudioType | None:
    """Return the kind of a sound file by its first bytes; None for any other file and for one cut off at once."""
    if len(data) < _SHORTEST:
        return None
    if data.startswith(_OGG):
        return AudioType.OGG
    if data.startswith(_EBML):
        return AudioType.WEBM
    if data[4:8] == b"ftyp":
        return AudioType.MP4
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return AudioType.WAV
    return AudioType.MP3 if data.startswith(_ID3) or _is_mpeg_frame(data) else None


def _is_mpeg_frame(data: bytes) -> bool:
    """Return whether a frame of MPEG audio, layer III, begins here: eleven bits of sync, and nothing reserved."""
    sync, version, layer = data[0] == 0xFF and data[1] >= 0xE0, data[1] >> 3 & 3, data[1] >> 1 & 3
    bit_rate, sample_rate = data[2] >> 4, data[2] >> 2 & 3
    return sync and version != 1 and layer == 1 and bit_rate != 15 and sample_rate != 3
