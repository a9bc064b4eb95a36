"""Recordings of a customer's voice: how large they may be, and what kind of file the bytes are.

The kind is told by the first bytes alone, never by a name or a header that somebody sent, the length by the file's own
frame. Nothing is decoded here.
"""

import struct
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum

MOST_BYTES = 2 * 1024 * 1024
"""A minute of a messenger's voice note takes a quarter of it."""
MOST_SECONDS = 60
_ROUNDED_S = 0.5
"""A recorder that stops after a minute writes a little more."""
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


def is_too_long(seconds: float | None) -> bool:
    """Return whether a recording of this length isn't taken; one whose length nobody tells is."""
    return seconds is not None and seconds > MOST_SECONDS + _ROUNDED_S


def length_s(data: bytes) -> float | None:
    """Return for how many seconds a sound file plays, by its own frame; None where that doesn't tell."""
    with suppress(struct.error, LookupError, ValueError, ArithmeticError):
        return _LENGTHS[AudioType(audio_type(data))](data)
    return None


def _ogg_s(data: bytes) -> float | None:
    """Return the place of the last page: in samples, of Opus always 48,000 a second."""
    samples: int = struct.unpack_from("<q", data, data.rfind(_OGG + b"\0") + 6)[0]
    if (vorbis := data.find(b"\x01vorbis", 0, 512)) >= 0:
        return samples / struct.unpack_from("<I", data, vorbis + 12)[0]
    return samples / 48_000 if b"OpusHead" in data[:512] else None


def _wav_s(data: bytes) -> float:
    return len(data) / struct.unpack_from("<I", data, data.index(b"fmt ") + 16)[0]


def _mp4_s(data: bytes) -> float:
    """Return the length in the header, or the place of the last fragment where none stands there."""
    at, last = data.index(b"mdhd"), data.rfind(b"tfdt")
    scale, length = struct.unpack_from(*((">IQ", data, at + 24) if data[at + 4] else (">II", data, at + 16)))
    if not length and last >= 0:
        length = struct.unpack_from(">Q" if data[last + 4] else ">I", data, last + 8)[0]
    return length / scale


def _mp3_s(data: bytes) -> float:
    """Return the sum of the frames."""
    at = 10 + sum(data[9 - n] << 7 * n for n in range(4)) if data.startswith(_ID3) else 0
    seconds = 0.0
    while len(head := data[at : at + 4]) == 4 and _is_mpeg_frame(head) and head[2] >> 4:
        older = (2, 0, 1, 0)[head[1] >> 3 & 3]  # MPEG 2.5, none, 2, 1: each has half the rate of the next
        rate = (44_100, 48_000, 32_000)[head[2] >> 2 & 3] >> older
        samples = 576 if older else 1152
        at += samples * (_KBIT_2 if older else _KBIT_1)[head[2] >> 4] * 125 // rate + (head[2] >> 1 & 1)
        seconds += samples / rate
    return seconds


def _webm_s(data: bytes) -> float:
    """Return the place of the last block in the last cluster."""
    unit_ns = int.from_bytes(data[slice(*_element(data, data.index(_SCALE) + len(_SCALE)))])
    at, _ = _element(data, data.rindex(_CLUSTER) + len(_CLUSTER))
    cluster = block = 0
    while at < len(data) and data[at] in _IN_CLUSTER:
        id, (begin, at) = data[at], _element(data, at + 1)
        if id == _TIME:
            cluster = int.from_bytes(data[begin:at])
        elif id == _BLOCK:
            block = struct.unpack_from(">h", data, begin + 1)[0]
    return (cluster + block) * unit_ns / 1_000_000_000


def _element(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of an EBML element begins and ends, whose size stands here."""
    width = 9 - data[at].bit_length()
    size = int.from_bytes(data[at : at + width]) & (1 << 7 * width) - 1
    return at + width, at + width + size


_KBIT_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBIT_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SCALE, _CLUSTER = b"\x2a\xd7\xb1", b"\x1f\x43\xb6\x75"
_TIME, _BLOCK = 0xE7, 0xA3
_IN_CLUSTER = {_TIME, _BLOCK, 0xA0, 0xA7, 0xAB, 0xEC}
_LENGTHS = dict(zip(AudioType, (_ogg_s, _webm_s, _mp4_s, _mp3_s, _wav_s), strict=True))


HESITATION = r"y{2,}|e{2,}|m{2,}|h+m+|m+h+m*|e+h+m+|u+h+m*"
"""A pattern of a filled pause as recognisers write it down ("yyy", "hmm", "uh"), in any language.

Letters' names ("em", "er") and words of other languages ("um" is a German one) aren't among them.
"""
ASSENT = r"m+h+m*"
"""Filled pauses that may agree."""
