"""Sentences that weren't understood, from the chat to a line of training data; a whole desk, on each database."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import build
from bot.conversation import identity
from bot.usecases.handoff.training import Sentence, TrainingLabels
from dialogs.journey import journey_of
from nlu.evaluation import INTENTS
from services.store import journal
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running, running_desk

# Two of each, so that none is taken for the customer's own.
ODD = "w sprawie żółwia napiszcie na zolw@example.com albo zolwik@example.com, 600 700 800 albo 600 700 801"


def labelling(desk: Running) -> TrainingLabels:
    return TrainingLabels(journey_of(desk.installation.profile.seller), desk.installation.profile.known)


async def listed(desk: Running) -> list[Sentence]:
    return await desk.installation.store.read(lambda c: labelling(desk).listed(c))


async def label(desk: Running, line_id: int, intent: str | None, **more: Any) -> bool:
    now = desk.installation.clock.now()
    return await desk.installation.store.write(
        lambda c: labelling(desk).label(c, line_id=line_id, intent=intent, agent_id="anna", now=now, **more)
    )


async def exported(desk: Running) -> list[dict[str, Any]]:
    lines = await desk.installation.store.read(lambda c: list(labelling(desk).exported(c)))
    return [json.loads(line) for line in lines]


async def at_email(desk: Running, *said: str) -> Customer:
    customer = desk.customer()
    for word in ("/start", "start:buy", *said):
        await customer.say(word)
    return customer


@on_each_database
async def test_from_the_chat_to_training_data(desk: Running) -> None:
    customer = await at_email(desk, ODD, "ożywiony ołówek tańczy")
    newest, oldest = await listed(desk)

    assert oldest.said.words == ODD
    assert oldest.words == "w sprawie żółwia napiszcie na [email] albo [email], [phone] albo [phone]"
    assert (oldest.said.step, oldest.asked, oldest.said.locale) == ("account.account", None, "pl")
    assert oldest.guess in INTENTS
    assert newest.words == "ożywiony ołówek tańczy"
    assert "żółw" not in repr(oldest)

    with pytest.raises(ValueError, match="intent"):
        await label(desk, oldest.said.line_id, "tortoise")
    assert await label(desk, oldest.said.line_id, "out_of_scope")
    assert await label(desk, newest.said.line_id, None)
    assert await listed(desk) == []
    row = {"text": oldest.words, "lang": "pl", "intent": "out_of_scope"}
    assert await exported(desk) == [row], "what is no example isn't exported"
    assert await label(desk, oldest.said.line_id, "complaint", words="piszcie na zolw@example.com")
    assert await exported(desk) == [row | {"text": "piszcie na [email]", "intent": "complaint"}]

    talk = identity.conversation_id("rest", customer.sender)
    await desk.installation.store.write(lambda c: journal.forget(c, talk))
    assert await exported(desk) == [], "whoever is erased is in no training data"
    assert not await label(desk, oldest.said.line_id, "complaint")


async def test_what_is_awaited_stands_with_it_and_the_command_prints_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(tmp_path))

    def printed(*more: str) -> list[dict[str, Any]]:
        told = CliRunner().invoke(build("nlu", "check"), ["nlu", "review", *more])
        assert told.exit_code == 0, told.stderr
        return [json.loads(line) for line in told.stdout.splitlines()]

    async with running_desk(tmp_path) as desk:
        await at_email(desk, "account:new", "a co to za różnica dla żółwia")
        [sentence] = await listed(desk)

        assert (sentence.asked, sentence.expects, sentence.said.step) == ("email", "email", "account.email")
        row = {"text": sentence.words, "lang": "pl", "asked": "email"}
        guess = {"guess": sentence.guess, "confidence": sentence.confidence}
        assert await asyncio.to_thread(printed) == [row | guess]
        assert await asyncio.to_thread(printed, "--labelled") == []
        assert await label(desk, sentence.said.line_id, "complaint")
        assert await asyncio.to_thread(printed) == []
        assert await asyncio.to_thread(printed, "--labelled") == [row | {"intent": "complaint"}]
