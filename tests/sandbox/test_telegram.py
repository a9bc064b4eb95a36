"""Telegram's stand-in, by python-telegram-bot itself: the shapes of its answers, its refusals, updates by both ways."""

import asyncio
import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
import telegram
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.handlers.telegram.client import wait_of
from sandbox.credentials import TELEGRAM_TOKEN
from sandbox.ledger import Ledger
from sandbox.telegram.store import MOST_FILES, TelegramStore
from tests.kit.narrow import present
from tests.sandbox.room import URL, Room, noon
from tests.voices import sentences
from values.recording import AudioType, audio_type, length_s

OLA, MARCO = 501_000_001, 501_000_002
CHAT = "/sandbox/telegram/api/chats/okienko_sandbox_bot"
CHOICE = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="1|yes")]])


def bot_of(room: Room, token: str = TELEGRAM_TOKEN) -> telegram.Bot:
    def request() -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": httpx.ASGITransport(app=room.sandbox.app)})

    at: Any = {"base_url": f"{URL}/sandbox/telegram/bot", "base_file_url": f"{URL}/sandbox/telegram/file/bot"}
    return telegram.Bot(token, **at, request=request(), get_updates_request=request())


@pytest.fixture
async def bot(room: Room) -> AsyncIterator[telegram.Bot]:
    async with bot_of(room) as made:
        yield made


def refused(kind: type[TelegramError], words: str) -> Any:
    """python-telegram-bot writes all errors small, but for the first letter."""
    return pytest.raises(kind, match=f"(?i){re.escape(words)}")


async def act(room: Room, person: int = OLA, **wish: Any) -> Any:
    answer = await room.client.post(f"{CHAT}/{person}", json=wish)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shown(room: Room, person: int = OLA) -> Any:
    return (await room.client.get(f"{CHAT}/{person}")).json()


async def texts(room: Room, person: int = OLA) -> list[str]:
    return [message["text"] for message in (await shown(room, person))["messages"]]


async def heard(bot: telegram.Bot) -> telegram.Update:
    """The one update that waits, confirmed."""
    [update] = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    return update


@pytest.mark.parametrize("token", ["7000000001:guessed", "sandbox-telegram-token", "1:sandbox-telegram-token"])
async def test_who_has_no_token_is_no_bot(room: Room, token: str) -> None:
    with pytest.raises(InvalidToken):
        await bot_of(room, token).initialize()


async def test_a_chat_begins_with_start_and_is_the_persons_own(room: Room, bot: telegram.Bot) -> None:
    assert (bot.username, bot.id) == ("okienko_sandbox_bot", 7_000_000_001)
    with refused(Forbidden, "can't initiate"):
        await bot.send_message(OLA, "spam")
    with refused(BadRequest, "chat not found"):
        await bot.send_message(1, "who?")
    await act(room, do="start", payload="Tok_en-1")
    message = present((await heard(bot)).message)
    assert message.from_user is not None
    assert (message.text, message.chat.type, message.from_user.language_code) == ("/start Tok_en-1", "private", "pl")
    assert message.entities[0] == telegram.MessageEntity("bot_command", 0, 6)
    sent = await bot.send_message(OLA, "Good day")
    assert (sent.text, sent.chat.id, sent.from_user and sent.from_user.is_bot) == ("Good day", OLA, True)
    assert await texts(room) == ["/start Tok_en-1", "Good day"]
    assert await texts(room, MARCO) == []


async def test_buttons_are_pressed_answered_and_taken_away(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    await heard(bot)
    asked = await bot.send_message(OLA, "Sure?", reply_markup=CHOICE)
    assert asked.reply_markup == CHOICE
    pressed = await act(room, do="press", message_id=asked.message_id, data="1|yes")
    query = present((await heard(bot)).callback_query)
    assert (query.id, query.data, query.from_user.id) == (pressed["press"], "1|yes", OLA)
    assert query.message is not None
    assert query.message.message_id == asked.message_id
    assert await query.answer("Noted", show_alert=True)
    assert (await shown(room))["presses"][0] == {"id": query.id, "answered": True, "text": "Noted", "alert": True}
    edited = await bot.edit_message_reply_markup(OLA, asked.message_id, reply_markup=None)
    assert isinstance(edited, type(asked))
    assert (edited.reply_markup, edited.edit_date) == (None, None)
    with refused(BadRequest, "is not modified"):
        await bot.edit_message_reply_markup(OLA, asked.message_id, reply_markup=None)
    gone = await room.client.post(
        f"{CHAT}/{OLA}", json={"do": "press", "message_id": asked.message_id, "data": "1|yes"}
    )
    assert gone.status_code == 409
    with refused(BadRequest, "query is too old"):
        await bot.answer_callback_query("99")
    await room.post_api("clock", advance_s=360)
    with refused(BadRequest, "query is too old"):
        await query.answer()


async def test_messages_are_edited_and_deleted_for_both_sides(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    written = await act(room, do="say", text="tipo")
    await act(room, do="edit", message_id=written["message_id"], text="typo")
    sent = await bot.send_message(OLA, "<b>Total</b> <code>1 & 2</code>", parse_mode="HTML")
    assert sent.text == "Total 1 & 2"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 0, 5), ("code", 6, 5)]
    changed = await bot.edit_message_text("Total 3", OLA, sent.message_id)
    assert isinstance(changed, type(sent))
    assert changed.edit_date is not None
    assert [update.edited_message.text for update in await bot.get_updates() if update.edited_message] == ["typo"]
    with refused(BadRequest, "can't be edited"):
        await bot.edit_message_text("mine", OLA, written["message_id"])
    assert await bot.delete_message(OLA, written["message_id"])
    assert await texts(room) == ["/start", "Total 3"]
    with refused(BadRequest, "to delete not found"):
        await bot.delete_message(OLA, written["message_id"])
    await room.post_api("clock", advance_s=49 * 3600)
    with refused(BadRequest, "can't be deleted"):
        await bot.delete_message(OLA, sent.message_id)


async def test_the_contact_button_shares_the_persons_own_number(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    await heard(bot)
    rows = [[telegram.KeyboardButton("Share", request_contact=True)], [telegram.KeyboardButton("No")]]
    asked = await bot.send_message(
        OLA, "Phone?", reply_markup=telegram.ReplyKeyboardMarkup(rows, one_time_keyboard=True)
    )
    assert (await shown(room))["keyboard"]["keyboard"][0][0]["request_contact"]
    with refused(BadRequest, "can't be edited"):
        await bot.edit_message_reply_markup(OLA, asked.message_id, reply_markup=CHOICE)
    await act(room, do="share", phone="+48512000111", first_name="Jan")
    other = present((await heard(bot)).message)
    assert other.contact is not None
    assert (other.contact.phone_number, other.contact.user_id) == ("48512000111", None)
    await act(room, do="share")
    own = present((await heard(bot)).message)
    assert own.contact is not None
    assert (own.contact.phone_number, own.contact.user_id) == ("48512000999", OLA)
    assert (await shown(room))["keyboard"] is None
    await bot.send_message(OLA, "Again?", reply_markup=telegram.ReplyKeyboardMarkup(rows))
    await bot.send_message(OLA, "Thanks", reply_markup=telegram.ReplyKeyboardRemove())
    assert (await shown(room))["keyboard"] is None


@pytest.mark.parametrize("kind", ["voice", "sticker", "location"])
async def test_other_content_arrives_as_it_is(room: Room, bot: telegram.Bot, kind: str) -> None:
    await act(room, do="start")
    await heard(bot)
    await act(room, do="send", kind=kind)
    assert getattr(present((await heard(bot)).message), kind)


@pytest.mark.parametrize("given", [b"", sentences("pl")["yes"].sound])
async def test_a_voice_note_is_fetched_by_get_file_and_says_its_words(
    room: Room, bot: telegram.Bot, given: bytes
) -> None:
    await act(room, do="start")
    await heard(bot)
    await act(room, do="send", kind="voice", words="Dzień dobry", sound=b64encode(given).decode())
    voice = present(present((await heard(bot)).message).voice)
    file = await bot.get_file(voice.file_id)
    sound = bytes(await file.download_as_bytearray())
    assert (file.file_size, sound) == (len(sound), given or sound)
    assert audio_type(sound) is AudioType.OGG
    assert timedelta(seconds=round(present(length_s(sound)))) == voice.duration
    [told] = (await room.get_api("recordings"))["told"]
    assert (told["text"], told["sha256"], told["sender"]) == (
        "Dzień dobry",
        hashlib.sha256(sound).hexdigest(),
        "Ola",
    )
    await act(room, do="send", kind="voice")
    another = present(present((await heard(bot)).message).voice)
    assert another.file_id != voice.file_id
    assert len((await room.get_api("recordings"))["told"]) == 1, "nothing is told of it"


async def test_files_are_for_the_bot_alone_and_the_last_hundred(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    await heard(bot)
    await act(room, do="send", kind="voice", words="first")
    first = present(present((await heard(bot)).message).voice).file_id
    path = f"/voice/{first}.oga"
    assert (await room.client.get(f"/sandbox/telegram/file/bot1:wrong{path}")).status_code == 404
    wrong = await room.client.post(f"{CHAT}/{OLA}", json={"do": "send", "kind": "voice", "sound": "no base64"})
    assert wrong.status_code == 409
    for number in range(MOST_FILES):
        await act(room, do="send", kind="voice", words=str(number))
    with refused(BadRequest, "temporarily unavailable"):
        await bot.get_file(first)
    assert (await room.client.get(f"/sandbox/telegram/file/bot{TELEGRAM_TOKEN}{path}")).status_code == 404


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("  ", {}, "message text is empty"),
        ("ż" * 4097, {}, "message is too long"),
        ("🙂" * 2049, {}, "message is too long"),
        ("<b>x", {"parse_mode": "HTML"}, "can't parse entities"),
        ("<u>x</b>", {"parse_mode": "HTML"}, "can't parse entities"),
        ("1 < 2", {"parse_mode": "HTML"}, "Unsupported start tag"),
        ("<b", {"parse_mode": "HTML"}, "Unsupported start tag"),
        ("x", {"entities": [{"type": "bold", "offset": 0, "length": 2}]}, "ends after the end of the text"),
        ("x", {"reply_markup": {"inline_keyboard": [[{"text": "a", "copy_text": {"text": ""}}]]}}, "copy_text_invalid"),
        (
            "x",
            {"reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "a", "url": "x"}]]}},
            "exactly one",
        ),
        ("<script>x</script>", {"parse_mode": "HTML"}, "Unsupported start tag"),
        ("x", {"parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        ("x", {"reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "Text buttons are unallowed"),
        ("x", {"reply_markup": {"inline_keyboard": [[{"callback_data": "a"}]]}}, 'Can\'t find field "text"'),
        ("x", {"reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "ż" * 33}]]}}, "Button_data"),
        ("x", {"reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://desk/"}]]}}, "Wrong HTTP"),
        ("x", {"reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://10.0.0.7/"}]]}}, "Wrong HTTP"),
    ],
)
async def test_what_telegram_takes_no_message_of(room: Room, bot: telegram.Bot, text: str, more: Any, why: str) -> None:
    await act(room, do="start")
    with refused(BadRequest, why):
        await bot.send_message(OLA, text, api_kwargs=more)
    assert await texts(room) == ["/start"]


async def test_who_blocks_the_bot_is_out_of_reach_until_the_next_start(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    await heard(bot)
    await act(room, do="block")
    member = present((await heard(bot)).my_chat_member)
    assert (member.new_chat_member.status, member.chat.id) == ("kicked", OLA)
    with refused(Forbidden, "blocked by the user"):
        await bot.send_message(OLA, "hello?")
    assert (await room.client.post(f"{CHAT}/{OLA}", json={"do": "say", "text": "x"})).status_code == 409
    await act(room, do="start")
    back, said = await bot.get_updates()
    assert back.my_chat_member is not None
    assert said.message is not None
    assert (back.my_chat_member.new_chat_member.status, said.message.text) == ("member", "/start")


async def test_updates_wait_until_they_are_confirmed_and_outlive_a_kill(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    await act(room, do="say", text="one")
    first, second = await bot.get_updates()
    assert [update.update_id for update in await bot.get_updates(limit=1)] == [first.update_id]
    assert await bot.get_updates(offset=second.update_id) == (second,)
    path = next(row["file"] for row in room.ledger.rows("PRAGMA database_list"))
    again = Ledger(path)  # nothing was closed before, as after kill -9
    assert [one["message"]["text"] for one in TelegramStore(again, room.clock).updates(bot.id)] == ["one"]
    again.close()


async def test_a_question_waits_for_news_and_a_second_one_ends_it(room: Room, bot: telegram.Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=20, allowed_updates=["message"]))
    await asked_once_more(room, 2)
    await act(room, do="start")
    assert [update.message and update.message.text for update in await waiting] == ["/start"]
    async with bot_of(room) as twin:
        await bot.get_updates(offset=(await bot.get_updates())[0].update_id + 1)
        waiting = asyncio.create_task(bot.get_updates(timeout=20))
        await asked_once_more(room, 6)
        assert await twin.get_updates() == ()
        with refused(Conflict, "other getUpdates request"):
            await waiting
    await act(room, do="block")
    assert await bot.get_updates() == (), "a kind that wasn't asked for"


async def asked_once_more(room: Room, calls: int) -> None:
    """Waits until so many calls have come in; the last of them is then being served."""
    async with asyncio.timeout(20):
        while len(room.ledger.calls("telegram")) < calls:  # noqa: ASYNC110 - it happens on the other side of HTTP
            await asyncio.sleep(0)


async def test_a_webhook_is_told_in_order_until_it_takes_each(room: Room, bot: telegram.Bot) -> None:
    with refused(BadRequest, "HTTPS URL must be provided"):
        await bot.set_webhook("http://desk.example.com/hook")
    await bot.set_webhook("http://127.0.0.1:8080/hook", secret_token="s3cret")
    with refused(Conflict, "webhook is active"):
        await bot.get_updates()
    room.desk.status = 503
    await act(room, do="start")
    await act(room, do="say", text="two")
    await room.sandbox.tick(noon())
    assert [body["message"]["text"] for body in room.desk.bodies()] == ["/start"]
    assert (await bot.get_webhook_info()).pending_update_count == 2
    room.desk.status = 200
    await room.post_api("clock", advance_s=2)
    path, headers, _ = room.desk.notices[-1]
    assert (path, headers["x-telegram-bot-api-secret-token"]) == ("/hook", "s3cret")
    assert [body["message"]["text"] for body in room.desk.bodies()] == ["/start", "/start", "two"]
    assert (await bot.get_webhook_info()).pending_update_count == 0
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_the_menu_is_in_the_persons_language(room: Room, bot: telegram.Bot) -> None:
    await bot.set_my_commands([telegram.BotCommand("start", "Begin")])
    await bot.set_my_commands([telegram.BotCommand("start", "Zacznij")], language_code="pl")
    said = [(await shown(room, person))["commands"][0]["description"] for person in (OLA, MARCO)]
    assert said == ["Zacznij", "Begin"]
    assert await bot.get_my_commands(language_code="pl") == (telegram.BotCommand("start", "Zacznij"),)
    with refused(BadRequest, "Bot_command_invalid"):
        await bot.set_my_commands([telegram.BotCommand("Zażółć", "x")])


async def test_the_profile_says_what_the_bot_does(room: Room, bot: telegram.Bot) -> None:
    await bot.set_my_description("Sign up here.")
    await bot.set_my_description("Tu założysz konto.", "pl")
    await bot.set_my_short_description("A desk.")
    said = [[(await shown(room, person))[n] for n in ("description", "short_description")] for person in (OLA, MARCO)]
    assert said == [["Tu założysz konto.", "A desk."], ["Sign up here.", "A desk."]]
    assert (await bot.get_my_description("it")).description == ""
    await bot.set_my_description("", "pl")
    assert (await shown(room))["description"] == "Sign up here."
    with refused(BadRequest, "is too long"):
        await bot.set_my_short_description("x" * 121)
    assert (await bot.get_chat_menu_button()).type == "default"
    await bot.set_chat_menu_button(menu_button=telegram.MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"


async def test_that_bot_writes_is_shown_for_five_seconds_or_until_it_has_written(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    for ending in (lambda: room.post_api("clock", advance_s=6), lambda: bot.send_message(OLA, "here it is")):
        await bot.send_chat_action(OLA, "typing")
        assert (await shown(room))["typing"]
        await ending()
        assert not (await shown(room))["typing"]
    with refused(BadRequest, "wrong parameter action"):
        await bot.send_chat_action(OLA, "dancing")


async def test_marks_are_read_as_telegram_reads_them(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    first = '🙂 <b>A &amp; B</b> &nbsp; <a href="https://a.pl/?x=1&amp;y=2">a</a>'
    sent = await bot.send_message(OLA, f"{first}\n<blockquote expandable>&lt;b&gt;</blockquote>", parse_mode="HTML")
    assert sent.text == "🙂 A & B &nbsp; a\n<b>"
    assert [(one.type, one.offset, one.length, one.url) for one in sent.entities] == [
        ("bold", 3, 5, None),
        ("text_link", 16, 1, "https://a.pl/?x=1&y=2"),
        ("expandable_blockquote", 18, 3, None),
    ]
    plain = await bot.edit_message_text("A & B", OLA, sent.message_id, entities=[telegram.MessageEntity("bold", 0, 5)])
    assert isinstance(plain, type(sent))
    assert plain.entities == (telegram.MessageEntity("bold", 0, 5),)
    with refused(BadRequest, "is not modified"):
        await bot.edit_message_text("<b>A &amp; B</b>", OLA, sent.message_id, parse_mode="HTML")


async def test_faults_are_met_by_the_bot_and_not_by_people(room: Room, bot: telegram.Bot) -> None:
    await room.post_api("faults", provider="telegram", mode="too_many", times=1)
    await act(room, do="start")
    with pytest.raises(RetryAfter) as told:
        await bot.send_message(OLA, "x")
    assert wait_of(told.value).total_seconds() == 1
    await room.post_api("faults", provider="telegram", mode="lost", times=1)
    with pytest.raises(TelegramError):
        await bot.send_message(OLA, "done, though")
    assert await texts(room) == ["/start", "done, though"]


async def test_several_bots_have_chats_of_their_own(room: Room, bot: telegram.Bot) -> None:
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(bot_of(room, "7000000002:sandbox-telegram-token"))
        await act(room, do="start")
        assert await other.get_updates() == ()
        with pytest.raises(Forbidden):
            await other.send_message(OLA, "x")
    known = (await room.client.get("/sandbox/telegram/api/people")).json()["bots"]
    assert [one["username"] for one in known] == ["okienko_sandbox_bot", "okienko_7000000002_bot"]


async def test_people_are_made_and_other_sites_pages_cant_act(room: Room, bot: telegram.Bot) -> None:
    people = "/sandbox/telegram/api/people"
    made = await room.client.post(people, json={"first_name": "Zoë", "language_code": "de", "phone": "+49 151 000-111"})
    assert made.json() == {"id": 501_000_004, "first_name": "Zoë", "language_code": "de", "phone": "+49151000111"}
    for wish in (
        {},
        {"first_name": "x", "phone": "12"},
        {"first_name": "x", "language_code": "?", "phone": "+49151000"},
    ):
        assert (await room.client.post(people, json=wish)).status_code == 400
    simple = {"content-type": "text/plain"}
    assert (await room.client.post(f"{CHAT}/{OLA}", content='{"do":"start"}', headers=simple)).status_code == 415
    assert (await room.client.post(f"{CHAT}/1", json={"do": "start"})).status_code == 404
    assert (await room.client.post(f"{CHAT[:-4]}/{OLA}", json={"do": "start"})).status_code == 404
    assert await bot.get_updates() == ()


async def test_a_reset_empties_the_chats_and_closes_none(room: Room, bot: telegram.Bot) -> None:
    await act(room, do="start")
    await heard(bot)
    before = (await bot.send_message(OLA, "x", reply_markup=telegram.ReplyKeyboardMarkup([["a"]]))).message_id
    await room.post_api("reset")
    assert ((await shown(room))["messages"], (await shown(room))["keyboard"]) == ([], None)
    assert (await bot.send_message(OLA, "y")).message_id > before
