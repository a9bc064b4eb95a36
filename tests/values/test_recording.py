"""A sound file is known by its first bytes; nothing else is one, whatever it is called."""

import io
import random
import zipfile

import pytest

from tests.sounds import SOUNDS
from tests.table import table
from values.recording import MOST_BYTES, MOST_SECONDS, AudioType, audio_type, is_too_long, length_s

REST = bytes(64)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("note.ogg", b"OggS" + REST)
    return file.getvalue()


@table(
    ("data", "kind"),
    [
        (b"OggS\x00\x02" + REST, AudioType.OGG),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81" + REST, AudioType.WEBM),
        (b"\x00\x00\x00\x1cftypM4A " + REST, AudioType.MP4),
        (b"ID3\x04\x00" + REST, AudioType.MP3),
        (b"\xff\xfb\x90\x64" + REST, AudioType.MP3),
        (b"\xff\xf3\x40\xc4" + REST, AudioType.MP3),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + REST, AudioType.WAV),
    ],
)
def test_a_sound_file_is_known_by_its_first_bytes(data: bytes, kind: AudioType) -> None:
    assert audio_type(data) is kind


@table(
    "data",
    [
        b"",
        zipped(),
        bytes(1024 * 1024),
        b"<!doctype html><html><body>OggS</body></html>",
        b'{"error": "no such file"}',
        "zażółć gęślą jaźń, zażółć".encode("utf-16"),  # its mark of order begins like a frame
        b"\xff\xf1\x50\x80" + REST,  # AAC, which has the same sync
        b"\xff\xfb\xf0\x64" + REST,  # a bit rate that is none
        b"\xff\xfb\x9c\x64" + REST,  # a sample rate that is none
        b"\xff\xd8\xff\xe0\x00\x10JFIF" + REST,
        b"RIFF\x24\x00\x00\x00AVI LIST" + REST,
        b"OggS",
        b"OggS\x00\x02",
        b"Ogg" + REST,
        b"\x1a\x45\xdf\xa3",
        b"\x1a\x45\xdf" + REST,
        b"\x00\x00\x00\x1cftyp",
        b"\x00\x00\x00\x1cfty" + REST,
        b"RIFF\x24\x00\x00\x00WAVE",
        b"RIFF\x24\x00\x00\x00WAV" + REST,
        b"ID3",
        b"\xff\xfb",
        REST + b"OggS",
    ],
)
def test_nothing_else_is_one(data: bytes) -> None:
    assert audio_type(data) is None


def test_each_kind_has_its_media_type() -> None:
    wanted = {"ogg": "audio/ogg", "webm": "audio/webm", "mp4": "audio/mp4", "mp3": "audio/mpeg", "wav": "audio/wav"}
    assert {kind.value: kind.media_type for kind in AudioType} == wanted


@pytest.mark.parametrize("name", SOUNDS)
def test_each_kind_tells_how_long_it_plays(name: str) -> None:
    make, kind = SOUNDS[name]
    assert {kind for _, kind in SOUNDS.values()} == set(AudioType), "a new kind needs a length, too"
    for seconds in (2, 45, MOST_SECONDS, 61, 150):
        data = make(seconds)
        assert audio_type(data) is kind
        assert len(data) <= MOST_BYTES
        assert length_s(data) == pytest.approx(seconds, abs=0.2)
        assert is_too_long(length_s(data)) == (seconds > MOST_SECONDS)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_damaged_file_tells_what_it_can_at_once(name: str) -> None:
    dice, data = random.Random(name), SOUNDS[name][0](3)
    for _ in range(300):
        damaged = bytearray(data[: dice.randrange(16, len(data))])
        for _ in range(dice.randrange(9)):
            damaged[dice.randrange(min(len(damaged), 200))] = dice.randrange(256)
        told = length_s(bytes(damaged))
        assert told is None or isinstance(told, float)


def test_a_file_whose_length_nobody_tells_is_taken() -> None:
    assert length_s(b"OggS" + REST) is None
    assert not is_too_long(None)
