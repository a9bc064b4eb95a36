"""Messages out, through python-telegram-bot and HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.outbound import Button, Reply, ReplyLink
from bot.handlers.telegram.incoming import PressedMessage
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.send import Dead, Delivered, Later, TelegramSender
from tests.bot.handlers.scripted_desk import AT
from tests.bot.handlers.telegram.bot_api import BotApi, Fault

CHAT = 501


def message(text: str = "Dzień dobry.", *buttons: Button, seq: int = 7, **more: object) -> Reply:
    fields = {"links": (), "asks_contact": False} | more
    return Reply(seq * 10, seq, "bot", text, buttons, at=AT, **fields)  # pyright: ignore[reportArgumentType]


async def send(sender: TelegramSender, found: Reply) -> object:
    return await sender.deliver(str(CHAT), found)


async def test_a_text_goes_out_as_it_is(api: BotApi, sender: TelegramSender) -> None:
    outcome = await send(sender, message("1 < 2 & „tak” <b>nie</b> *x* _y_ http://a.pl"))
    last = api.last(CHAT)
    assert outcome == Delivered(str(last["message_id"]), datetime.fromtimestamp(last["date"], UTC))
    assert api.texts(CHAT) == ["1 < 2 & „tak” <b>nie</b> *x* _y_ http://a.pl"]
    [call] = api.made("sendMessage")
    assert "parse_mode" not in call
    assert call["link_preview_options"] == {"is_disabled": True}


async def test_an_agent_s_words_stand_below_their_name(api: BotApi, sender: TelegramSender) -> None:
    await send(sender, Reply(70, 7, "agent", "Już sprawdzam.", (), (), AT, by="<b>Anna</b>"))
    assert api.texts(CHAT) == ["<b>Anna</b>:\nJuż sprawdzam."]


async def test_buttons_are_bound_to_their_message(api: BotApi, sender: TelegramSender) -> None:
    long = "edit:" + "ż" * 40
    buttons = (
        Button("Kupuję", "start:buy"),
        Button("Zaloguj", "start:log_in"),
        Button("Popraw", long),
        Button("Wstecz", "/back"),
    )
    await send(sender, message("Co robimy?", *buttons))
    assert api.last(CHAT)["reply_markup"]["inline_keyboard"] == [
        [{"text": "Kupuję", "callback_data": "7|start:buy"}, {"text": "Zaloguj", "callback_data": "7|start:log_in"}],
        [{"text": "Popraw", "callback_data": "k:7:2"}],
        [{"text": "Wstecz", "callback_data": "7|/back"}],
    ]


async def test_a_public_link_is_a_button_that_names_its_host_and_a_local_one_is_text(
    api: BotApi, sender: TelegramSender
) -> None:
    links = (
        ReplyLink("payment", "https://pay.example.com/p/1", "Zapłać", id="1"),
        ReplyLink("secure_page", "http://127.0.0.1:8080/s/abc", "Ustaw hasło"),
        ReplyLink("login", "http://localhost/x", "Zaloguj"),
    )
    await send(sender, message("Proszę.", links=links))
    found = api.last(CHAT)["text"]
    assert found == "Proszę.\n\nUstaw hasło: http://127.0.0.1:8080/s/abc\nZaloguj: http://localhost/x"
    shown = api.last(CHAT)["reply_markup"]["inline_keyboard"]
    assert shown == [[{"text": "Zapłać · pay.example.com", "url": "https://pay.example.com/p/1"}]]


async def test_a_link_that_telegram_refuses_all_the_same_goes_as_text(api: BotApi, sender: TelegramSender) -> None:
    link = ReplyLink("payment", "https://refused.pl/p/1", "Zapłać")
    wrong = f"Bad Request: inline keyboard button URL '{link.href}' is invalid: Wrong HTTP URL"
    api.faults["sendMessage"].append(Fault(400, wrong))
    assert isinstance(await send(sender, message("Proszę.", Button("Wróć", "/back"), links=(link,))), Delivered)
    assert api.texts(CHAT) == ["Proszę.\n\nZapłać: https://refused.pl/p/1"]
    assert api.last(CHAT)["reply_markup"]["inline_keyboard"] == [[{"text": "Wróć", "callback_data": "7|/back"}]]


@pytest.mark.parametrize("refusals", [1, 2])
async def test_what_can_not_be_parsed_goes_plainer(refusals: int, api: BotApi, sender: TelegramSender) -> None:
    api.faults["sendMessage"].extend([Fault(400, "Bad Request: can't parse entities")] * refusals)
    assert isinstance(await send(sender, message("a < b", Button("Tak", "x:yes"))), Delivered)
    assert api.texts(CHAT)[0].startswith("a < b")


async def test_what_is_refused_in_every_form_is_given_up_but_not_the_chat(api: BotApi, sender: TelegramSender) -> None:
    api.faults["sendMessage"].extend([Fault(400, "Bad Request: whatever")] * 3)
    assert await send(sender, message()) == Dead(gone=False)
    assert isinstance(await send(sender, message(seq=8)), Delivered)


async def test_a_long_text_goes_in_parts_and_its_buttons_with_the_last(api: BotApi, sender: TelegramSender) -> None:
    text = "\n\n".join(f"Akapit {n}. " + "słowo 🎉 " * 60 for n in range(30))
    await send(sender, message(text, Button("Dalej", "terms:accept")))
    assert len(api.sent[CHAT]) > 2
    assert "".join("".join(api.texts(CHAT)).split()) == "".join(text.split())
    assert [bool(sent["reply_markup"]) for sent in api.sent[CHAT]] == [False] * (len(api.sent[CHAT]) - 1) + [True]


async def test_after_a_429_the_rest_is_sent_and_nothing_twice(api: BotApi, sender: TelegramSender) -> None:
    text = "a" * 5000
    api.faults["sendMessage"].append(Fault(429, "Too Many Requests", {"retry_after": 7}))
    assert await send(sender, message(text)) == Later(timedelta(seconds=7))
    assert api.texts(CHAT) == []
    sender_calls = len(api.made("sendMessage"))
    assert isinstance(await send(sender, message(text)), Delivered)
    assert len(api.made("sendMessage")) == sender_calls + 2
    assert "".join(api.texts(CHAT)) == text


async def test_a_429_between_parts_goes_on_where_it_stopped(
    api: BotApi, sender: TelegramSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, original = "a" * 5000, api.do_sendMessage

    async def then_flood(params: dict[str, object]) -> dict[str, object]:
        monkeypatch.setattr(api, "do_sendMessage", original)
        api.faults["sendMessage"].append(Fault(429, "Too Many Requests", {"retry_after": 3}))
        return await original(params)

    monkeypatch.setattr(api, "do_sendMessage", then_flood)
    assert await send(sender, message(text)) == Later(timedelta(seconds=3))
    assert isinstance(await send(sender, message(text)), Delivered)
    assert "".join(api.texts(CHAT)) == text


@pytest.mark.parametrize(
    "fault",
    [
        Fault(403, "Forbidden: bot was blocked by the user"),
        Fault(403, "Forbidden: user is deactivated"),
        Fault(400, "Bad Request: chat not found"),
        Fault(400, "Bad Request: PEER_ID_INVALID"),
    ],
)
async def test_a_closed_chat_is_told_quietly(fault: Fault, api: BotApi, sender: TelegramSender) -> None:
    api.faults["sendMessage"].append(fault)
    assert await send(sender, message()) == Dead(gone=True)
    assert len(api.made("sendMessage")) == 1


@pytest.mark.parametrize("status", [500, 502, 401, 409])
async def test_a_fault_of_telegrams_means_later(status: int, api: BotApi, sender: TelegramSender) -> None:
    api.faults["sendMessage"].append(Fault(status, "?"))
    assert isinstance(await send(sender, message()), Later)


@pytest.mark.parametrize("result", [True, [], {}, {"message_id": "7", "date": 1}, {"message_id": 7}])
async def test_an_answer_that_is_no_message_is_not_taken_for_one(
    result: object, api: BotApi, sender: TelegramSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nonsense(params: object) -> object:
        return result

    monkeypatch.setattr(api, "do_sendMessage", nonsense)
    with pytest.raises(TypeError):
        await send(sender, message())


async def test_buttons_stay_until_one_of_them_is_pressed_and_links_for_good(
    api: BotApi, sender: TelegramSender
) -> None:
    link = ReplyLink("payment", "https://pay.example.com/p/1", "Zapłać")
    await send(sender, message("Pierwsze?", Button("Tak", "x:yes"), links=(link,)))
    await send(sender, message("Drugie?", Button("Nie", "x:no"), seq=8))
    assert not api.made("editMessageReplyMarkup"), "a question costs one call"
    first, second = api.sent[CHAT]
    for shown in (first, second):
        await sender.spend(str(CHAT), PressedMessage(shown["message_id"], shown["reply_markup"]), None)
    assert [list(row[0]) for row in first["reply_markup"]["inline_keyboard"]] == [["text", "url"]]
    assert second["reply_markup"] is None


async def test_the_contact_button_comes_and_goes(api: BotApi, sender: TelegramSender) -> None:
    await send(
        sender, message("Jaki numer?", Button("Wolę e-mail", "contact_channel:email"), asks_contact=True, locale="pl")
    )
    keyboard = api.last(CHAT)["reply_markup"]["keyboard"]
    assert keyboard == [[{"text": "Udostępnij mój numer", "request_contact": True}], [{"text": "Wolę e-mail"}]]
    await send(sender, message("Wysyłam kod.", seq=8))
    assert api.last(CHAT)["reply_markup"] == {"remove_keyboard": True}
    await send(sender, message("Kod?", seq=9))
    assert api.last(CHAT)["reply_markup"] is None


async def test_the_contact_button_speaks_the_messages_language(api: BotApi, sender: TelegramSender) -> None:
    await send(sender, message("Che numero?", asks_contact=True, locale="it"))
    assert api.last(CHAT)["reply_markup"]["keyboard"][0][0]["text"] == "Condividi il mio numero"


async def test_the_contact_button_goes_before_other_buttons_come(api: BotApi, sender: TelegramSender) -> None:
    await send(sender, message("Jaki numer?", asks_contact=True))
    await send(sender, message("To firma?", Button("Tak", "x:yes"), seq=8))
    assert api.texts(CHAT) == ["Jaki numer?", "To firma?"], "one line can't be cut: the button waits"
    await send(sender, message("Mam: +48 600 700 800.\n\nTo firma?", Button("Tak", "x:yes"), seq=9))
    assert api.texts(CHAT)[2:] == ["Mam: +48 600 700 800.", "To firma?"]
    assert api.sent[CHAT][2]["reply_markup"] == {"remove_keyboard": True}
    assert "inline_keyboard" in api.last(CHAT)["reply_markup"]
    await send(sender, message("Tak.\n\nTo firma?", Button("Tak", "x:yes"), seq=10))
    assert api.texts(CHAT)[4:] == ["Tak.\n\nTo firma?"]


async def test_a_message_with_a_secret_is_deleted(api: BotApi, sender: TelegramSender) -> None:
    assert await sender.delete(str(CHAT), "9") == Delivered("9")
    assert api.deleted == [(CHAT, 9)]
    api.faults["deleteMessage"].append(Fault(400, "Bad Request: message can't be deleted"))
    assert await sender.delete(str(CHAT), "9") == Dead(gone=False)
    api.faults["deleteMessage"].append(Fault(429, "Too Many Requests", {"retry_after": 2}))
    assert await sender.delete(str(CHAT), "9") == Later(timedelta(seconds=2))


async def test_senders_keep_telegrams_pace() -> None:
    now, slept = 0.0, []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    pace = Pace(overall_per_s=30, chat_per_s=1, chat_burst=3, monotonic=lambda: now, sleep=sleep)
    for _ in range(5):
        await pace.turn("1")
    assert slept == [1.0, 2.0], "three at once, then one a second"
    now, slept = 100.0, []
    for chat in range(60):
        await pace.turn(str(chat))
    assert len(slept) == 54
    assert slept[-1] == pytest.approx(54 / 30, abs=0.01)


async def test_a_message_goes_to_its_topic_and_to_chat_where_that_is_gone(api: BotApi, sender: TelegramSender) -> None:
    await send(sender, message("W wątku.", topic="42"))
    for number, told in enumerate(("message thread not found", "TOPIC_CLOSED"), 8):
        api.faults["sendMessage"].append(Fault(400, f"Bad Request: {told}"))
        await send(sender, message("Poza wątkiem.", seq=number, topic="42"))
    assert [sent.get("message_thread_id") for sent in api.made("sendMessage")] == [42, 42, None, 42, None]
    assert api.texts(CHAT) == ["W wątku.", "Poza wątkiem.", "Poza wątkiem."]
