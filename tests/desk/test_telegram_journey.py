"""The whole journey in a Telegram chat, through python-telegram-bot and the Bot API over HTTP."""

from pathlib import Path

import pytest

from tests.desk.telegram_chat import Chat, bot_api, datas, soon, telegram_desk

pytestmark = pytest.mark.anyio

PASSWORD = "Trzy-zielone-parasole-7"
#: A page that took the form; 410 where an earlier try had done so, its answer lost with the desk.
DONE = (200, 303, 410)


async def sign_up(chat: Chat, email: str, phone: str = "+48512000999") -> None:
    """From the greeting to the tax number."""
    await chat.say("/start")
    await chat.press("start:buy")
    await chat.press("account:new")
    await chat.reads("e-mail")
    await chat.say(email)
    page = await chat.follows("s")
    form = {"password": PASSWORD, "password_repeat": PASSWORD}
    assert (await chat.desk.http.post(page, data=form)).status_code in DONE
    await chat.press("consents:required")
    await soon(lambda: "keyboard" in (chat.shown[-1]["reply_markup"] or {}))
    await chat.share(phone.removeprefix("+"))
    await chat.say(await code_sent(chat, phone))


async def code_sent(chat: Chat, phone: str) -> str:
    """Waits until the bot asks for the code; reads it from the phone."""
    await chat.sees(lambda: chat.button("contact_code:again"))
    sms = (await chat.desk.outbox(phone))[-1]
    return next(word.strip(".,") for word in sms["text"].split() if word.strip(".,").isdecimal())


async def to_the_order(chat: Chat, method: str = "method:blik") -> None:
    """From the tax number to the press that obliges to pay."""
    await chat.reads("NIP")
    await chat.say("123-456-32-18")
    for payload in ("confirm:yes", "auto_renewal:yes", method, "terms:accept", "clauses:accept"):
        before = len(chat.shown)
        await chat.press(payload)
        await chat.answered(before)
    # The company's question had such a button, too, and what answers the last press may be a copy of that one.
    await chat.reads("Twoje zamówienie")
    await chat.press("confirm:yes")
    await chat.press("pay:now")


async def pay(chat: Chat, email: str) -> None:
    """Confirms the e-mail and pays."""
    await chat.sees(lambda: chat.button("email_link:again"))
    letter = (await chat.desk.outbox(email))[-1]
    assert (await chat.desk.http.post(letter["links"][0])).status_code in DONE
    await chat.follows("p")
    card = await chat.desk.card(email)
    await chat.desk.pay(card["payments"][0]["id"])


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_from_start_to_active_e_invoices(tmp_path: Path, webhook: bool) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=webhook) as desk:
        chat = Chat(api, desk, 501, webhook)
        email = "jan.nowak@example.com"
        await sign_up(chat, email)
        await to_the_order(chat)
        await pay(chat, email)
        await chat.press("einvoice:activate")
        await chat.sees(lambda: chat.button("zone:my_account"))
        card = await desk.card(email)
        assert card["account"]["status"] == "active"
        assert card["einvoice"]["status"] == "active"
        assert [order["status"] for order in card["orders"]] == ["paid"]
        assert card["conversations"] == [{"id": card["conversations"][0]["id"], "channel": "telegram", "mode": "bot"}]
        assert set(chat.statuses) <= {200}
        await soon(lambda: sum(bool(datas(message)) for message in chat.shown) == 1)
        assert len(api.made("answerCallbackQuery")) == len(
            [1 for name, _ in api.calls if name == "answerCallbackQuery"]
        )
