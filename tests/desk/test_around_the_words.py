"""What surrounds a message's words on Telegram: forwards, inline bots, captions, albums, topics, replies, edits."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.stored import StoredCause
from services.store import journal
from services.store.tables.core import conversation
from tests.desk.running import Running
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk, to_the_email
from tests.desk.test_telegram_binding import answer_to, at_terms, is_asked, ticks
from tests.desk.test_telegram_journey import registered, sign_up

ORIGIN = {"type": "hidden_user", "sender_user_name": "Szef", "date": 1}
FORWARDED: tuple[dict[str, Any], ...] = (
    {"forward_origin": ORIGIN},
    {"forward_date": 1, "forward_sender_name": "Szef"},
    {"via_bot": {"id": 9, "is_bot": True, "first_name": "B"}},
)
SOMEBODY_ELSES = "Przekazanych słów nie biorę"
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
WORDS_ONLY = "Czytam tylko słowa pod zdjęciem"
UNREAD = "Zdjęcia nie potrafię odczytać"
EMAIL = "jan.nowak@example.com"


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Somebody's chat with the bot."""
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True) as desk:
        yield Chat(api, desk, 900, webhook=True)


async def test_somebody_elses_words_neither_tick_nor_order(chat: Chat) -> None:
    api, desk = chat.api, chat.desk
    at = await at_terms(api, desk, webhook=True)
    before = ticks(at)
    for around in FORWARDED:
        assert SOMEBODY_ELSES in await answer_to(at, "akceptuję", **around)
    assert ticks(at) == before
    for payload in ("terms_clauses:accept", "clauses:accept"):
        await is_asked(at, payload)
        await at.say("akceptuję")
        await at.sees(lambda: ticks(at) == before + 1)  # the tick of the first becomes that of both
    await is_asked(at, "pay:now")
    for around in FORWARDED:
        assert SOMEBODY_ELSES in await answer_to(at, "zamawiam i płacę", **around)
    assert (await desk.card(EMAIL))["orders"] == []
    await at.say("zamawiam i płacę")
    await at.reads("Zamówienie przyjęte")


async def test_a_forwarded_footer_gives_its_tax_number(chat: Chat) -> None:
    await sign_up(chat, EMAIL)
    await chat.reads("Jaki jest NIP")
    await chat.say("Pozdrawiam, Szef\nPracownia Bursztyn, NIP 123-456-32-18", forward_origin=ORIGIN)
    await chat.sees(lambda: chat.button("confirm:yes"))


async def test_words_under_a_picture_are_words_also_once_they_are_changed(chat: Chat) -> None:
    await to_the_email(chat)
    said = await chat.send(photo=PHOTO, caption="jan.kowalski@example.com")
    assert WORDS_ONLY in await chat.reads("/s/")
    shown = len(chat.shown)
    edited = {**said["message"], "edit_date": chat.api.second(), "caption": EMAIL}
    await chat.put(chat.api.update(edited_message=edited))
    await chat.reads(EMAIL, after=shown)


async def test_the_words_and_that_a_picture_came_are_kept_for_the_agent(chat: Chat) -> None:
    await chat.say("/start")
    await chat.press_after("konsultant", "start:buy")
    await chat.send(photo=PHOTO, caption="Na fakturze FV/12/2026 jest zły NIP")
    await chat.reads(WORDS_ONLY)
    (line,) = [line for line in await customers_lines(chat.desk) if line.text and "FV/12/2026" in line.text]
    assert (line.under, line.other) == ("photo", None)


@pytest.mark.parametrize("captioned", [None, 0, 2], ids=["no words", "words first", "words later"])
async def test_an_album_is_answered_once(chat: Chat, captioned: int | None) -> None:
    await to_the_email(chat)
    shown = len(chat.shown)
    parts = [
        {"photo": PHOTO, "media_group_id": "g1", **({"caption": EMAIL} if number == captioned else {})}
        for number in range(4)
    ]
    await asyncio.gather(*(chat.send(**part) for part in parts))
    answer = await chat.answered(shown)
    assert (UNREAD if captioned is None else WORDS_ONLY) in answer
    assert len(chat.shown) == shown + 1
    await chat.send(photo=PHOTO, media_group_id="g2")
    await chat.answered(shown + 1)


async def test_answers_stay_in_their_topic_and_go_to_the_chat_where_it_is_gone(chat: Chat) -> None:
    await chat.say("/start", message_thread_id=42, is_topic_message=True)
    await chat.sees(lambda: chat.button("start:buy"))
    await chat.say("pomoc", message_thread_id=7)
    await chat.answered(1)
    await chat.say("pomoc", message_thread_id=43, is_topic_message=True)
    await chat.answered(2)
    assert [sent.get("message_thread_id") for sent in chat.api.made("sendMessage")] == [42, None, 43]
    kept = await chat.desk.installation.store.read(lambda c: c.execute(sa.select(conversation.c.topic)).scalar())
    assert kept == "43"


async def test_a_reply_to_an_earlier_question_changes_its_answer_and_gives_no_other(chat: Chat) -> None:
    await registered(chat, EMAIL)
    await chat.sees(lambda: chat.sharing)
    asked = next(message for message in chat.shown if "adres e-mail" in message["text"])
    shown = len(chat.shown)
    await chat.say("512 000 999", **replying(asked))
    assert "To odpowiedź na wcześniejsze pytanie" in await chat.answered(shown)
    shown = len(chat.shown)
    await chat.say("512 000 999", **replying(chat.shown[-1]))
    await chat.sees(lambda: chat.button("contact_code:again"))


def replying(message: dict[str, Any]) -> dict[str, Any]:
    return {"reply_to_message": {key: message[key] for key in ("message_id", "date", "text")}}


@pytest.mark.parametrize("said", ["123456", "4242 4242 4242 4242"])
async def test_an_edit_without_a_change_is_silent_also_where_the_words_arent_kept(chat: Chat, said: str) -> None:
    await registered(chat, EMAIL)
    await chat.sees(lambda: chat.sharing)
    await chat.share("48512000999")
    await chat.sees(lambda: chat.button("contact_code:again"))
    shown, update = len(chat.shown), await chat.say(said)
    await chat.answered(shown)
    shown, lines = len(chat.shown), len(await customers_lines(chat.desk))
    edited = {**update["message"], "edit_date": chat.api.second()}
    await chat.put(chat.api.update(edited_message=edited))
    assert len(await customers_lines(chat.desk)) == lines
    await chat.put(chat.api.update(edited_message={**edited, "text": f"{said[:-1]}9"}))
    assert len(await customers_lines(chat.desk)) == lines + 1
    await chat.answered(shown)


async def customers_lines(desk: Running) -> list[StoredCause]:
    def look(connection: sa.Connection) -> list[StoredCause]:
        found = connection.execute(sa.select(conversation.c.id)).scalars()
        entries = [line for id in found for line in journal.messages(connection, id, with_customer=True)]
        return [StoredCause.from_json(line.data) for line in entries if line.kind == journal.CUSTOMER]

    return await desk.installation.store.read(look)
