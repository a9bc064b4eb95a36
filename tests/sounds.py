"""Sound files of a given length: their frames as encoders write them, around silence that nobody decodes."""

import io
import struct
import wave

from values.recording import AudioType


def wav(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(8000)
        written.writeframes(bytes(int(8000 * seconds)))
    return file.getvalue()


def _page(samples: int, content: bytes) -> bytes:
    return b"OggS\0\0" + struct.pack("<q", samples) + bytes(12) + bytes([1, len(content)]) + content


def ogg(seconds: float) -> bytes:
    """Opus, whose places count 48,000 a second whatever was recorded."""
    head = _page(0, b"OpusHead\x01\x01\x38\x01" + struct.pack("<I", 16_000) + bytes(3))
    return head + b"".join(_page(int(48_000 * seconds * n / 4), bytes(99)) for n in range(1, 5))


def vorbis(seconds: float) -> bytes:
    head = _page(0, b"\x01vorbis" + bytes(4) + b"\x01" + struct.pack("<I", 44_100) + bytes(14))
    return head + _page(int(44_100 * seconds), bytes(99))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def mp4(seconds: float) -> bytes:
    times = struct.pack(">IIII", 0, 0, 48_000, int(48_000 * seconds))
    media = _box(b"mdia", _box(b"mdhd", bytes(4) + times + bytes(4)))
    return _box(b"ftyp", b"M4A \0\0\0\0") + _box(b"moov", _box(b"trak", media)) + _box(b"mdat", bytes(999))


def fragmented_mp4(seconds: float) -> bytes:
    """As Safari records: no length in the header, and a fragment each second."""
    header = _box(b"mdhd", bytes([1, 0, 0, 0]) + struct.pack(">QQIQ", 0, 0, 44_100, 0) + bytes(4))
    began = [_box(b"tfdt", bytes([1, 0, 0, 0]) + struct.pack(">Q", 44_100 * n)) for n in range(int(seconds) + 1)]
    return _box(b"ftyp", b"iso5\0\0\0\0") + header + b"".join(one + _box(b"mdat", bytes(99)) for one in began)


def _size(content: bytes) -> bytes:
    return (1 << 56 | len(content)).to_bytes(8)


def webm(seconds: float) -> bytes:
    """As Chromium records: no length in the header, clusters of half a minute whose size was unknown at the time."""
    made = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\x2a\xd7\xb1\x83\x0f\x42\x40"
    for begin in range(0, int(seconds * 1000) + 1, 30_000):
        made += b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + b"\xe7\x84" + begin.to_bytes(4)
        for at in range(0, min(30_000, int(seconds * 1000) - begin + 1), 60):
            block = b"\x81" + at.to_bytes(2) + b"\x80" + bytes(20)
            made += b"\xa3" + _size(block) + block
    return made


def mp3(seconds: float) -> bytes:
    """MPEG 1 of 32 kbit/s at 44,100 Hz, behind a tag."""
    frame = b"\xff\xfb\x10\x00" + bytes(100)
    return b"ID3\x04\0\0\0\0\x01\x00" + bytes(128) + frame * round(seconds * 44_100 / 1152)


def slow_mp3(seconds: float) -> bytes:
    """MPEG 2 of 16 kbit/s at 16,000 Hz, as speech is kept."""
    return (b"\xff\xf3\x28\x00" + bytes(68)) * round(seconds * 16_000 / 576)


SOUNDS = {
    "wav": (wav, AudioType.WAV),
    "ogg": (ogg, AudioType.OGG),
    "vorbis": (vorbis, AudioType.OGG),
    "mp4": (mp4, AudioType.MP4),
    "fragmented mp4": (fragmented_mp4, AudioType.MP4),
    "webm": (webm, AudioType.WEBM),
    "mp3": (mp3, AudioType.MP3),
    "slow mp3": (slow_mp3, AudioType.MP3),
}
"""Each kind of file, and each way of telling its length."""
