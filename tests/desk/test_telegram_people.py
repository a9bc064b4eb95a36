"""What people do in a Telegram chat: old buttons, double presses, edits, secrets, stickers, somebody else's card."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from services.store import group_commit
from tests.bot.handlers.telegram.bot_api import BotApi
from tests.desk.running import Running, all_of
from tests.desk.telegram_chat import Chat, bot_api, datas, soon, telegram_desk, to_the_email
from tests.desk.test_telegram_journey import code_sent, registered
from tests.sellers.sellers import profile_with

Stage = tuple[BotApi, Running]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        yield api, desk


@pytest.fixture
def chat(stage: Stage) -> Chat:
    return Chat(*stage, 600)


async def to_consents(chat: Chat) -> None:
    await chat.press_after("/start", "start:buy")
    await chat.press("account:new")
    await chat.say("jan.nowak@example.com")
    page = await chat.follows("s")
    await chat.desk.http.post(page, data={"password": "Trzy-zielone-7", "password_repeat": "Trzy-zielone-7"})
    await chat.sees(lambda: chat.button("consents:required"))


async def test_an_old_button_changes_nothing_and_is_answered(chat: Chat) -> None:
    await chat.say("/start")
    await chat.sees(lambda: chat.button("start:log_in"))
    old = chat.button("start:log_in")
    assert old is not None
    data, message = old
    shown = dict(message)
    await chat.press("start:buy")
    await chat.press("account:new")
    await chat.reads("Jaki jest Twój adres e-mail")
    before = len(chat.shown)
    await chat.put(chat.api.press(chat.id, data, shown))
    await chat.answered(before)
    assert "Ten krok jest już za nami" in chat.texts[-1]
    assert chat.button("edit:start")
    await chat.say("jan.nowak@example.com")
    await chat.follows("s")


async def test_a_button_of_another_time_is_answered(chat: Chat) -> None:
    """Its message is gone from the journal, or the data are nobody's."""
    await chat.say("/start")
    await chat.sees(lambda: chat.button("start:buy"))
    for data in ("k:77:3", "9999|start:buy", "not:known", "1|", "edit:nothing", "|", "0|/back"):
        before = len(chat.shown)
        await chat.put(chat.api.press(chat.id, data))
        await chat.answered(before)
    assert chat.button("start:buy"), "the question stands"


async def test_an_edited_answer_is_a_correction(chat: Chat) -> None:
    await to_the_email(chat)
    said = await chat.say("jan.nowak@example.com")
    await chat.follows("s")
    before = len(chat.shown)
    await edit(chat, said, "ewa.nowak@example.com")
    await chat.reads("ewa.nowak@example.com", after=before)
    assert await chat.reads("/s/", after=before), "the step that was open is asked again"


async def edit(chat: Chat, said: dict[str, Any], text: str) -> None:
    await chat.put(chat.api.update(edited_message={**said["message"], "edit_date": 1763629300, "text": text}))


@pytest.mark.parametrize("secret", ["4242 4242 4242 4242", "moje hasło to Kanarek-z-kopalni-9"])
async def test_a_typed_secret_is_deleted_in_the_chat_and_never_stored(chat: Chat, tmp_path: Path, secret: str) -> None:
    await to_the_email(chat)
    said = await chat.say(secret)
    mark = (chat.id, said["message"]["message_id"])
    await soon(lambda: mark in chat.api.deleted)
    assert "Usuwam to" in await chat.answered(3)
    await soon(lambda: not chat.api.pending)
    spoken, kept = secret.removeprefix("moje hasło to "), all_of(tmp_path)
    assert spoken.encode() not in kept
    assert spoken.replace(" ", "").encode() not in kept


async def test_what_is_no_text_gets_a_sentence_and_the_question(chat: Chat) -> None:
    await to_the_email(chat)
    file = {"file_id": "f", "file_unique_id": "u", "file_size": 10}
    kinds: dict[str, tuple[Any, str]] = {
        "video_note": ({**file, "duration": 3, "length": 1}, "Wiadomości wideo"),
        "photo": ([{**file, "width": 1, "height": 1}], "Zdjęcia"),
        "video": ({**file, "duration": 3, "width": 1, "height": 1}, "Filmu"),
        "sticker": (
            {**file, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False},
            "Naklejki",
        ),
        "document": (file, "Plików"),
        "location": ({"latitude": 1.0, "longitude": 1.0}, "Miejsca na mapie"),
        "poll": ({"id": "1", "question": "Kiedy?", "options": []}, "Ankiety"),
        "dice": ({"emoji": "🎲", "value": 1}, "Tego"),
    }
    for kind, (content, named) in kinds.items():
        before = len(chat.shown)
        await chat.send(**{kind: content})
        answer = await chat.answered(before)
        assert answer.startswith(named), kind
        assert "e-mail" in answer, kind


async def test_an_own_number_needs_no_code_where_the_seller_says_so(tmp_path: Path) -> None:
    trusting = profile_with(tmp_path / "seller", "\n[sign_up]\nown_contact = true\n")
    async with bot_api() as api, telegram_desk(tmp_path / "data", api, profile=trusting) as desk:
        chat, email = Chat(api, desk, 601), "jan.nowak@example.com"
        await registered(chat, email)
        await chat.sees(lambda: chat.sharing)
        for owner in (602, None):
            before = len(chat.shown)
            await chat.send(contact={"phone_number": "48512000999", "first_name": "K", "user_id": owner})
            assert "NIP" not in await chat.answered(before), "somebody else's card"
        await chat.share("48512000999")
        assert "NIP" in await chat.reads("Telegram potwierdza")
        assert not await desk.outbox("+48512000999"), "no text message"
        [phone] = [one for one in (await desk.card(email))["contacts"] if one["kind"] == "phone"]
        assert (phone["value"], phone["verified_at"] is not None) == ("+48512000999", True)
        with closing(sqlite3.connect(tmp_path / "data" / "okienko.sqlite")) as database:
            kept = database.execute("SELECT kind, vouched_by FROM contact ORDER BY kind").fetchall()
        assert ("phone", "telegram") in kept
        assert all(word is None for kind, word in kept if kind == "email")


async def test_somebody_elses_card_proves_nothing(chat: Chat) -> None:
    await sign_up_to_phone(chat)
    before = len(chat.shown)
    await chat.share("48512000111", owner=999)
    assert "wizytówka nie jest Twoja" in await chat.answered(before)
    assert await chat.desk.outbox("+48512000111") == []
    card = {"phone_number": "48512000111", "first_name": "K", "user_id": chat.id}
    origin = {"type": "user", "date": 1763629200, "sender_user": {"id": chat.id, "is_bot": False, "first_name": "K"}}
    before = len(chat.shown)
    await chat.send(contact=card, forward_origin=origin)
    await chat.answered(before)
    assert await chat.desk.outbox("+48512000111") == []
    await chat.share("48512000111")
    await code_sent(chat, "+48512000111")


async def sign_up_to_phone(chat: Chat) -> None:
    await to_the_email(chat)
    await chat.say("jan.nowak@example.com")
    page = await chat.follows("s")
    await chat.desk.http.post(page, data={"password": "Trzy-zielone-7", "password_repeat": "Trzy-zielone-7"})
    await chat.press("consents:required")
    await soon(lambda: "keyboard" in (chat.shown[-1]["reply_markup"] or {}))


async def test_the_language_is_the_messengers_and_can_be_changed(stage: Stage) -> None:
    api, desk = stage
    said = {"it": "Buongiorno", "it-IT": "Buongiorno", "en": "Hello", "pt-BR": "Dzień dobry", None: "Dzień dobry"}
    for chat_id, (language, greeting) in enumerate(said.items(), 700):
        chat = Chat(api, desk, chat_id, language=language)
        await chat.say("/start")
        assert f"\n\n{greeting}" in await chat.answered(0), language
    chat = Chat(api, desk, 700)
    await chat.say("/lang en")
    await chat.reads("English")


async def test_any_answer_removes_the_open_messages_keyboard(chat: Chat) -> None:
    await chat.press_after("/start", "start:buy")
    await chat.sees(lambda: chat.button("account:new"))
    await soon(lambda: not chat.button("start:log_in"))  # what was pressed is spent, and says what was chosen
    assert chat.texts[0].endswith("\n\n✓ Kup teraz")
    await chat.say("nowe konto")
    await chat.reads("Jaki jest Twój adres e-mail")
    await soon(lambda: not chat.button("account:new"))
    assert "✓" not in chat.texts[1], "it was no press"
    calls = (len(chat.api.made("editMessageText")), len(chat.api.made("editMessageReplyMarkup")))
    assert calls == (1, 1), "a pressed message is edited once, one answered in words once"
    for command in ("/back", "/restart"):
        open_ones = [datas(message) for message in chat.shown]
        await chat.say(command)
        await chat.answered(len(open_ones))
        await soon(lambda: not any(datas(message) for message in chat.shown[:-1]))


async def test_what_was_pressed_stays_below_its_question_whatever_it_was(chat: Chat) -> None:
    await to_consents(chat)
    count = len(chat.shown)
    await chat.press("consents:toggle:marketing_email")
    await chat.sees(lambda: "☑ " in str(chat.shown[-1]["reply_markup"]))
    assert len(chat.shown) == count, "a tick changes its own message"
    for _ in range(3):
        before = len(chat.shown)
        await chat.say("qwertz")
        await chat.answered(before)
    await chat.press("/agent")
    await soon(lambda: any(text.rpartition("\n\n")[2].startswith("→ ") for text in chat.texts))
    await chat.press("consents:toggle:marketing_email")  # whoever has ticked nothing is offered what ticks by itself
    await chat.press("consents:required")
    await soon(lambda: any(all(box in text for box in ("☑ Zgadzam się", "☑ Powierzam")) for text in chat.texts))


async def test_consents_given_in_words_stand_below_their_question_as_they_were_stored(chat: Chat) -> None:
    await to_consents(chat)
    named = ["☐ Zgadzam się", "☐ Powierzam", "☑ Chcę dostawać e-mailem"]
    every = ["☑ Zgadzam się", "☑ Powierzam", "☑ Chcę dostawać e-mailem", "☑ Chcę dostawać nowości"]
    for words, given in (("nowości e-mailem tak", named), ("wszystkie", every)):
        asked = chat.shown[-1]["message_id"]
        await chat.say(words)
        await soon(
            lambda asked=asked, given=given: any(
                message["message_id"] == asked and not datas(message) and all(box in message["text"] for box in given)
                for message in chat.shown
            )
        )


async def test_a_question_is_answered_before_it_is_marked_as_sent(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "ALONE_AFTER_S", 1)
    await to_consents(chat)
    await chat.say("nowości e-mailem tak")
    await chat.sees(lambda: "☑ Nowości e-mailem" in str(chat.shown[-1]))
