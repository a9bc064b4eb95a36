"""Binding answers in a Telegram chat: only what was written after the question had been shown answers it, however late
Telegram brings it; an edited message never does."""

from pathlib import Path
from typing import Any

import pytest

from tests.bot.handlers.telegram.bot_api import BotApi
from tests.desk.running import A_MOMENT_S, Running
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_telegram_journey import confirm_the_email, set_on_the_card, sign_up, to_the_link

BEFORE = "Ta wiadomość wyszła, zanim pojawiło się pytanie"


async def at_terms(api: BotApi, desk: Running, *, webhook: bool = False) -> Chat:
    """A chat that is asked to accept the terms."""
    chat = Chat(api, desk, 900, webhook)
    await sign_up(chat, "jan.nowak@example.com")
    await to_the_link(chat)
    await confirm_the_email(chat, "jan.nowak@example.com")
    for payload in ("auto_renewal:yes", "method:blik"):
        await set_on_the_card(chat, payload, undisturbed=True)
    await is_asked(chat, "terms_clauses:accept")
    return chat


async def is_asked(chat: Chat, payload: str) -> int:
    """Waits for a question with this answer, and until the desk has noted that it left; returns its second."""
    await chat.sees(lambda: chat.button(payload))
    await chat.desk.advance(A_MOMENT_S)
    found = chat.button(payload)
    assert found is not None
    return found[1].get("edit_date") or found[1]["date"]


def ticks(chat: Chat) -> int:
    """How many boxes are ticked on the newest message."""
    return chat.shown[-1]["text"].count("☑")


async def answer_to(chat: Chat, text: str, **more: Any) -> str:
    """What the chat shows for a text."""
    before = len(chat.shown)
    await chat.say(text, **more)
    answer = await chat.answered(before)
    await chat.desk.advance(A_MOMENT_S)
    return answer


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_what_was_written_before_a_question_and_brought_later_binds_nobody(tmp_path: Path, webhook: bool) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=webhook) as desk:
        chat = await at_terms(api, desk, webhook=webhook)
        asked, before = await is_asked(chat, "terms_clauses:accept"), ticks(chat)
        for date in (asked - 30, asked):
            assert BEFORE in await answer_to(chat, "akceptuję", date=date)
        assert ticks(chat) == before
        # One second later than the first time it was asked: that it was asked again since changes nothing.
        await chat.say("akceptuję", date=asked + 1)
        await chat.sees(lambda: ticks(chat) == before + 1)
        asked = await is_asked(chat, "clauses:accept")
        assert BEFORE in await answer_to(chat, "akceptuję", date=asked), "the second of two"
        await chat.say("akceptuję")
        asked = await is_asked(chat, "pay:now")
        assert BEFORE in await answer_to(chat, "zamawiam", date=asked - 1)
        assert (await desk.card("jan.nowak@example.com"))["orders"] == []
        await chat.say("zamawiam")
        await chat.reads("Zamówienie przyjęte")


async def test_what_waited_for_a_desk_that_stood_still_binds_nobody(tmp_path: Path) -> None:
    async with bot_api() as api:
        async with telegram_desk(tmp_path, api) as desk:
            chat = await at_terms(api, desk)
            asked = await is_asked(chat, "terms_clauses:accept")
        before = len(chat.shown)
        await chat.say("akceptuję", date=asked)
        async with telegram_desk(tmp_path, api) as desk:
            chat.desk = desk
            assert BEFORE in await chat.answered(before)
        await chat.say("akceptuję", date=asked + 1)
        async with telegram_desk(tmp_path, api) as desk:
            chat.desk = desk
            await is_asked(chat, "clauses:accept")


async def test_an_edited_message_binds_nobody(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = await at_terms(api, desk)
        before, ticked = len(chat.shown), ticks(chat)
        said = await chat.say("hm")
        await chat.answered(before)
        for words in ("akceptuję", "terms:accept"):
            before = len(chat.shown)
            await chat.put(api.update(edited_message={**said["message"], "edit_date": api.second(), "text": words}))
            assert "Widzę, że wiadomość została zmieniona" in await chat.answered(before)
        assert ticks(chat) == ticked
        await chat.say("akceptuję")
        await chat.sees(lambda: ticks(chat) == ticked + 1)


async def test_a_typed_payload_of_an_earlier_second_binds_nobody(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = await at_terms(api, desk)
        assert BEFORE in await answer_to(chat, "terms:accept", date=await is_asked(chat, "terms_clauses:accept"))
