"""The recogniser's stand-in: its protocol, what it hears, and that no sound stays."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.credentials import TRANSCRIPTION_KEY
from sandbox.transcription.api import MOST_BYTES
from tests.kit.rows import each_row
from tests.sandbox.room import Room

PATH = "/sandbox/transcription/v1/audio/transcriptions"
SOUND = b"OggS\x00canary of a voice"
BEARER = {"Authorization": f"Bearer {TRANSCRIPTION_KEY}"}


async def send(room: Room, sound: bytes = SOUND, *, key: str = "", **fields: str) -> httpx.Response:
    headers = {**BEARER, **({"Idempotency-Key": key} if key else {})}
    form = {"model": "whisper-1", "response_format": "json", **fields}
    return await room.client.post(PATH, headers=headers, data=form, files={"file": ("note.ogg", sound, "audio/ogg")})


async def heard(room: Room, sound: bytes = SOUND, *, key: str = "") -> dict[str, Any]:
    response = await send(room, sound, key=key)
    assert response.status_code == 200, response.text
    return response.json()


def kept(folder: Path) -> list[bytes]:
    """The contents of the sandbox's files."""
    return [file.read_bytes() for file in folder.iterdir()]


async def test_nothing_told_is_nothing_heard(room: Room) -> None:
    assert await heard(room) == {"text": ""}


async def test_it_hears_what_it_was_told_in_turn(room: Room) -> None:
    await room.post_api("recordings", text="Dzień dobry", duration=3.5, sender="anna")
    await room.post_api("recordings", text="tak", times=2)
    found = [await heard(room) for _ in range(4)]
    assert found == [{"text": "Dzień dobry", "duration": 3.5}, {"text": "tak"}, {"text": "tak"}, {"text": ""}]


async def test_a_recording_that_is_meant_comes_before_the_next_one_and_may_come_again(room: Room) -> None:
    await room.post_api("recordings", text="whichever")
    await room.post_api("recordings", text="this one", sha256=hashlib.sha256(SOUND).hexdigest())
    await room.post_api("recordings", text="another one", sha256=hashlib.sha256(b"x").hexdigest(), times=1)
    texts = [(await heard(room, sound))["text"] for sound in (SOUND, b"x", SOUND, b"x", b"x", SOUND)]
    assert texts == ["this one", "another one", "this one", "whichever", "", "this one"]


async def test_a_repeat_under_the_same_key_uses_nothing_up(room: Room) -> None:
    await room.post_api("recordings", text="first")
    await room.post_api("recordings", text="second")
    texts = [(await heard(room, key=key))["text"] for key in ("a", "a", "b", "a")]
    assert texts == ["first", "first", "second", "first"]
    assert len((await room.get_api("recordings"))["heard"]) == 2


async def test_a_lost_answer_is_given_at_the_repeat(room: Room) -> None:
    await room.post_api("recordings", text="first")
    await room.post_api("faults", provider="transcription", mode="lost", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await send(room, key="a")
    assert (await heard(room, key="a"))["text"] == "first"


async def test_what_came_is_told_by_hash_and_size(room: Room, tmp_path: Path) -> None:
    told = await room.post_api("recordings", text="tak", sender="anna")
    await send(room, language="pl", prompt="KSeF")
    found = await room.get_api("recordings")
    assert found["told"] == [{**told, "times": 0}]
    assert (told["sender"], told["times"], told["sha256"]) == ("anna", 1, None)
    assert found["heard"] == [
        {
            "id": 1,
            "told": told["id"],
            "sha256": hashlib.sha256(SOUND).hexdigest(),
            "bytes": len(SOUND),
            "filename": "note.ogg",
            "media_type": "audio/ogg",
            "language": "pl",
            "prompt": "KSeF",
            "at": "2026-11-20T12:00:00.000000+00:00",
        }
    ]
    assert not any(b"canary of a voice" in file for file in kept(tmp_path))


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", f"Basic {TRANSCRIPTION_KEY}"])
async def test_a_wrong_key_is_refused(room: Room, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = await room.client.post(PATH, headers=headers, files={"file": ("note.ogg", SOUND)})
    assert (response.status_code, response.json()["error"]["type"]) == (401, "invalid_request_error")


async def test_requests_that_lack_something_are_refused(room: Room) -> None:
    await room.post_api("recordings", text="kept for a better one")
    form = {"model": "whisper-1"}
    for response in (
        await room.client.post(PATH, headers=BEARER, data=form),
        await room.client.post(PATH, headers=BEARER, data={**form, "file": "no file"}),
        await room.client.post(PATH, headers=BEARER, data=form, files={"sound": ("note.ogg", SOUND)}),
        await room.client.post(PATH, headers=BEARER, files={"file": ("note.ogg", SOUND)}),
        await room.client.post(PATH, headers=BEARER, content=b"{}"),
        await send(room, b""),
        await send(room, response_format="srt"),
    ):
        assert response.status_code == 400
        assert response.json()["error"]["message"]
    assert (await heard(room))["text"] == "kept for a better one"


async def test_more_than_25_mb_are_too_much(room: Room) -> None:
    for size in (MOST_BYTES + 1, 2 * MOST_BYTES):
        assert (await send(room, bytes(size))).status_code == 413
    assert (await room.get_api("recordings"))["heard"] == []


@each_row
async def test_a_wish_that_is_none_is_refused(room: Room, wish: dict[str, object]) -> None:
    response = await room.client.post("/sandbox/api/recordings", json=wish)
    assert (response.status_code, "error" in response.json()) == (400, True)
    assert (await room.get_api("recordings"))["told"] == []


async def test_a_reset_forgets_both(room: Room) -> None:
    await room.post_api("recordings", text="x", times=2)
    await heard(room, key="a")
    await room.post_api("reset")
    assert await room.get_api("recordings") == {"told": [], "heard": []}
    assert (await heard(room, key="a"))["text"] == ""
