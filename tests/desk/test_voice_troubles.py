"""Recordings in a row, repeated, changed, forwarded; a recogniser that is away, slow, late; what comes in between."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation.identity import conversation_id, hashed_address
from bot.conversation.inbound import VoiceNote
from bot.usecases.agents.acts import By
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.recogniser import Held
from tests.desk.running import PATIENCE_S, Customer, Running
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, soon, telegram_desk
from tests.desk.test_voice import customers_lines, kept
from tests.voices import sentences
from values.channel import Channel

SOUNDS = [said.sound for said in sentences("pl").values()]
ANNA = By("agent-anna", "Anna", "pl")


async def listening(desk: Running, held: Held) -> tuple[Customer, "asyncio.Task[object]"]:
    """A customer whose recording the recogniser is hearing, and the press that let it."""
    customer = (await Scripted(desk, Person(locale="pl")).run("contact.phone")).customer
    await customer.speak(SOUNDS[0])
    listens = asyncio.create_task(customer.say("voice:listen"))
    await held.asked.wait()
    return customer, listens


async def test_two_in_a_row_are_heard_in_their_order(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)
    held.words = ["to pierwsze", "to drugie"]
    again = asyncio.create_task(Customer(desk.http, "pl", customer.sender).speak(SOUNDS[1]))
    await until(lambda: any(isinstance(one.body, VoiceNote) for one in held.met[1:]))

    held.let.set()
    await asyncio.gather(listens, again)
    await soon(lambda: not held.words)
    await customer.settled()

    said = [line for line in await customers_lines(desk) if line.startswith("to ")]
    assert said == ["to pierwsze", "to drugie"]
    assert await kept(desk) == 0


async def test_another_language_is_spoken_at_once_and_the_recording_left(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)

    other = Customer(desk.http, "pl", customer.sender)
    await other.say("/lang it")
    assert "Il vocale non l’ho ascoltato" in "\n".join(other.said)
    held.let.set()
    await listens

    assert "dzień dobry" not in await customers_lines(desk)
    assert await kept(desk) == 0


async def test_an_agent_who_comes_meanwhile_ends_the_hearing(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)
    where = conversation_id(Channel.REST, hashed_address(Channel.REST, customer.sender))
    acts = desk.installation.container.agent_acts
    await acts.take(where, ANNA, "take")

    held.let.set()
    await listens
    await customer.settled()
    assert "Słyszę" not in "\n".join(customer.said[-2:])

    await acts.give_back(where, ANNA, "back")
    await customer.look()
    assert customer.expects == "phone"
    await customer.say("512 000 999")
    assert customer.expects == "contact_code"


async def test_what_comes_too_late_is_dropped_and_what_was_written_is_answered(
    desk: Running, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogs.voice.TOLD_AFTER", timedelta(seconds=0.1))
    monkeypatch.setattr("dialogs.voice.WAITED_FOR", timedelta(seconds=0.5))
    customer, listens = await listening(desk, held)
    other = Customer(desk.http, "pl", customer.sender)

    async with asyncio.timeout(PATIENCE_S):
        while "Nie udało się odsłuchać nagrania" not in "\n".join(other.said):
            await other.look()
            await asyncio.sleep(0.01)
    assert any("Jeszcze słucham…" in said for said in other.said)
    assert await kept(desk) == 0
    await other.say("512 000 999")
    assert other.expects == "contact_code"

    held.let.set()
    await listens
    assert "dzień dobry" not in await customers_lines(desk)


@pytest.mark.stage("contact.phone", locale="pl")
async def test_a_recogniser_that_fails_leaves_the_way_to_type(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await customer.speak(sentences("pl")["phone"].sound)
    await desk.fault("transcription", "down", times=100)

    await customer.say("voice:listen")
    for _ in range(6):
        await desk.advance(5)
        await customer.look()

    assert "Napisz, proszę, to samo słowami" in "\n".join(customer.said)
    assert await kept(desk) == 0
    await customer.say("512 000 999")
    assert customer.expects == "contact_code"


async def test_on_telegram_a_repeated_forwarded_or_changed_note(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True) as desk:
        chat = Chat(api, desk, 921, webhook=True)
        for name in ("first", "second"):
            api.files[name] = SOUNDS[0] + name.encode()
            await desk.http.post("/sandbox/api/recordings", json={"text": f"to {name}"})
        await chat.say("/start")
        await chat.sees(lambda: chat.button("start:buy"))
        note = {"file_id": "first", "file_unique_id": "1", "duration": 2}

        update = await chat.send(voice=note)
        await chat.put(update)
        await chat.press("voice:listen")
        await chat.reads("Słyszę: „to first”")

        shown = len(chat.shown)
        await chat.put(api.update(edited_message={**update["message"], "caption": "podpis"}))
        origin = {"type": "hidden_user", "sender_user_name": "Jan", "date": 1}
        await chat.send(voice={**note, "file_id": "second"}, forward_origin=origin)
        await chat.reads("Słyszę: „to second”", after=shown)

        heard = (await desk.http.get("/sandbox/api/recordings")).json()["heard"]
        assert len(heard) == 2
        assert [line for line in await customers_lines(desk) if line.startswith("to ")] == ["to first", "to second"]
