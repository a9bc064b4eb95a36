"""The recogniser's client against the stand-in's faults; its contract: tests/bot/cli/test_hear.py."""

from pathlib import Path
from typing import Any, get_args

import pytest

from sandbox.faults import Mode
from services.errors import ProviderUnavailable
from services.hearing.transcriber import Transcriber, Transcript
from tests.services.standins import PASSING, ROOT, StandIns
from values.recording import AudioType

SOUND = b"OggS\x00a voice"


def recogniser(world: StandIns) -> Transcriber:
    given: dict[str, Any] = world.endpoints["transcription"]
    return Transcriber(world.client, **given, breaker=world.breaker("transcription"), timeout_s=0.5)


async def tell(world: StandIns, text: str, **more: object) -> None:
    answer = await world.client.post(f"{ROOT}/sandbox/api/recordings", json={"text": text, **more})
    assert answer.status_code == 200, answer.text


async def hear(world: StandIns, key: str = "k1", sound: bytes = SOUND) -> Transcript:
    return await recogniser(world).transcribe(sound, AudioType.OGG, locale="pl", prompt="KSeF", key=key)


async def test_a_recording_is_heard(tmp_path: Path) -> None:
    world = StandIns(tmp_path)
    await tell(world, "Dzień dobry", duration=3)
    assert await hear(world) == Transcript("Dzień dobry", 3.0)
    assert await hear(world, "k2") == Transcript("", None)
    first = (await world.client.get(f"{ROOT}/sandbox/api/recordings")).json()["heard"][0]
    assert (first["filename"], first["media_type"]) == ("note.ogg", "audio/ogg")
    assert (first["language"], first["prompt"], first["bytes"]) == ("pl", "KSeF", len(SOUND))


@pytest.mark.parametrize("mode", [mode for mode in PASSING if mode != "timeout"])
async def test_it_gets_through_any_passing_fault_and_is_heard_once(tmp_path: Path, mode: Mode) -> None:
    world = StandIns(tmp_path)
    await tell(world, "first")
    await tell(world, "second")
    world.fault("transcription", mode, 1)
    assert (await hear(world)).text == "first"
    assert (await hear(world, "k2")).text == "second"


@pytest.mark.parametrize("mode", [mode for mode in get_args(Mode) if mode != "slow"])
async def test_a_fault_that_lasts_is_no_answer_and_uses_nothing_up(tmp_path: Path, mode: Mode) -> None:
    world = StandIns(tmp_path)
    await tell(world, "first")
    world.fault("transcription", mode, 10)
    with pytest.raises(ProviderUnavailable) as raised:
        await hear(world)
    assert (raised.value.retry_after is not None) == (mode == "too_many")
    world.fault("transcription", mode, 0)
    assert (await hear(world)).text == "first"
