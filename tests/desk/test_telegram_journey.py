"""The whole journey in a Telegram chat, as `make run` offers it: on the sandbox's Telegram, without a bot's token."""

from pathlib import Path

import pytest

from tests.desk.killed import killed_desk
from tests.desk.running import Running, running_desk
from tests.desk.telegram_chat import SandboxChat, Talk, datas, to_the_email

PASSWORD = "Trzy-zielone-parasole-7"
#: A page that took the form; 410 where an earlier try had done so, its answer lost with the desk.
DONE = (200, 303, 410)
MARCO, KATE = 501_000_002, 501_000_003


async def sign_up(chat: Talk, email: str, phone: str = "+48512000999") -> None:
    """From the greeting to the tax number."""
    await registered(chat, email)
    await chat.sees(lambda: chat.sharing)
    await chat.share(phone.removeprefix("+"))
    await chat.say(await code_sent(chat, phone))


async def registered(chat: Talk, email: str) -> None:
    """From the greeting to the consents, given."""
    await to_the_email(chat)
    await chat.say(email)
    page = await chat.follows("s")
    form = {"password": PASSWORD, "password_repeat": PASSWORD}
    assert (await chat.desk.http.post(page, data=form)).status_code in DONE
    await chat.press("consents:required")


async def code_sent(chat: Talk, phone: str) -> str:
    """Waits until the bot asks for the code; reads it from the phone."""
    await chat.sees(lambda: chat.button("contact_code:again"))
    sms = (await chat.desk.outbox(phone))[-1]
    return next(word.strip(".,") for word in sms["text"].split() if word.strip(".,").isdecimal())


async def to_the_order(chat: Talk, email: str, method: str = "method:blik", *, undisturbed: bool = False) -> None:
    """From the tax number to the press that obliges to pay; `undisturbed`: nothing fails, so nothing comes anew."""
    await to_the_link(chat)
    await confirm_the_email(chat, email)
    await order(chat, method, undisturbed=undisturbed)


async def to_the_link(chat: Talk) -> None:
    """From the tax number to the letter's link, without which there is nothing to order."""
    await chat.reads("Jaki jest NIP")
    await chat.say("123-456-32-18")
    await chat.press("confirm:yes")


async def confirm_the_email(chat: Talk, email: str) -> None:
    """Follows the letter's link."""
    await chat.sees(lambda: chat.button("email_link:again"))
    assert (await chat.desk.http.post((await chat.desk.outbox(email))[-1]["links"][0])).status_code in DONE


async def order(chat: Talk, method: str = "method:blik", *, undisturbed: bool = False) -> None:
    """From the order's card to the press that obliges to pay."""
    for payload in ("auto_renewal:yes", method, "terms_clauses:accept"):
        await set_on_the_card(chat, payload, undisturbed=undisturbed)
    await chat.press("pay:now")


async def set_on_the_card(chat: Talk, payload: str, *, undisturbed: bool = False) -> None:
    """Presses a button of the order's card, and waits until the card has changed in its place."""
    # A fault may have brought the card twice, and an earlier question may lose its keys meanwhile: the one that is
    # pressed changes.
    data, pressed = await chat.finds(payload)
    before, count = datas(pressed), len(chat.shown)
    await chat.press_key(data, pressed)
    await chat.sees(lambda: all(datas(m) != before for m in chat.shown if m["message_id"] == pressed["message_id"]))
    assert not undisturbed or len(chat.shown) == count, "no message for a tick"


async def pay(chat: Talk, email: str) -> str:
    """Pays; returns the payment's link."""
    link = await chat.follows("p")
    await chat.desk.pay((await chat.desk.card(email))["payments"][0]["id"])
    return link


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_from_start_to_active_e_invoices(tmp_path: Path, mode: str) -> None:
    async with running_desk(tmp_path, telegram_mode=mode) as desk:
        chat = SandboxChat(desk)
        email = "jan.nowak@example.com"
        await sign_up(chat, email)
        await to_the_order(chat, email, undisturbed=True)
        paid_at = await pay(chat, email)
        returned = (await desk.http.get(f"{paid_at}/return")).text
        assert f'href="{desk.url}/sandbox/telegram/{chat.seen["bot"]["username"]}"' in returned, "the way back"
        await chat.reads("Potwierdzenie")
        assert not any(text.startswith(("Zamówienie", "Do zapłaty")) for text in chat.texts), "it is written over them"
        await chat.press("einvoice:activate")
        await chat.sees(lambda: chat.button("zone:my_account"))
        [receipt] = (message["text"] for message in chat.shown if message["text"].startswith("Potwierdzenie"))
        assert email in receipt, "edited, not repeated"
        card = await desk.card(email)
        assert (card["account"]["status"], card["einvoice"]["status"]) == ("active", "active")
        assert [order["status"] for order in card["orders"]] == ["paid"]
        assert card["conversations"] == [{"id": card["conversations"][0]["id"], "channel": "telegram", "mode": "bot"}]
        await chat.sees(lambda: all(press["answered"] for press in chat.seen["presses"]))
        assert "restart" in [command["command"] for command in chat.seen["commands"]]


@pytest.mark.desk(telegram_mode="polling")
async def test_a_link_into_telegram_leads_to_the_sandboxs_own(desk: Running) -> None:
    chat, other = SandboxChat(desk, MARCO), SandboxChat(desk, KATE)
    await chat.look()
    token = {"authorization": "Bearer sandbox"}
    made = (await desk.http.post("/api/v1/start-links", json={"entry": "buy"}, headers=token)).json()
    assert made["telegram"].startswith(f"{desk.url}/sandbox/telegram/{chat.seen['bot']['username']}?start=")
    assert f'data-start="{made["token"]}"' in (await desk.http.get(made["telegram"])).text
    await chat.say(f"/start {made['token']}")
    await chat.sees(lambda: chat.button("account:new"))
    await other.say("/start")
    await other.sees(lambda: other.button("start:buy"))
    assert ("Buongiorno" in chat.texts[0], "Good" in other.texts[0] or "Hello" in other.texts[0]) == (True, True)
    # Last, for the first of them closes the sandbox until a restart.
    people = f"{desk.url}/sandbox/telegram/api/people"
    for path in (made["telegram"], people):
        assert (await desk.http.get(path, headers={"host": "rebound.example"})).status_code == 403
    assert (await desk.http.get(people)).status_code == 403


@pytest.mark.desk(telegram_mode="polling")
async def test_the_sandboxs_voice_note_is_fetched_and_its_words_are_read(desk: Running) -> None:
    chat = SandboxChat(desk)
    await chat.say("/start")
    await chat.press("start:buy")
    await chat.press("account:new")
    await chat.act(do="send", kind="voice", words="jan małpa example kropka com")
    await chat.press("voice:listen")
    await chat.sees(lambda: any("jan@example.com?" in text for text in chat.texts))


async def test_a_kill_between_what_is_written_and_its_answer_loses_nothing(tmp_path: Path) -> None:
    async with killed_desk(tmp_path, telegram_mode="polling") as desk:
        chat = SandboxChat(desk.running)
        await chat.say("/start")
        await desk.dies()
        await chat.press("start:buy")
        await chat.sees(lambda: chat.button("account:new"))
