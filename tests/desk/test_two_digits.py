"""A log-in page that doesn't hold its chat shows two digits; the chat is logged in once they are typed there."""

import json
import re
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from docs.dev.samples.doors import WebDoor
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import PASSWORD, Person, Scripted, digits_on, until
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_renewal_unasked import OURS, on_the_web
from tests.kit.talks import plain


async def standing(web: WebDoor) -> dict[str, Any]:
    return (await web.http.get("/webchat/history", headers=OURS)).json()["standing"]


async def at(web: WebDoor, step: str) -> None:
    async def is_there() -> bool:
        await web.look()
        return web.at.partition(".")[2] == step

    await until(is_there)


async def press(web: WebDoor, payload: str) -> None:
    body = {"payload": payload, "asked_at": (await standing(web))["seq"], "message_id": token_hex(8)}
    assert (await web.http.post("/webchat/press", content=json.dumps(body), headers=OURS)).status_code == 200


async def at_log_in(desk: Running) -> tuple[WebDoor, str]:
    """A web chat that asks to log in, and its page."""
    web = on_the_web(desk)
    await web.say("start:log_in")
    await at(web, "secure_page")
    return web, web.link("secure_page")["href"]


async def owner_of(desk: Running) -> str:
    return (await Scripted(desk, Person()).run("tax_number")).person.email


@pytest.mark.stage("paid")
async def test_the_browser_that_has_the_chat_may_stay_logged_in(desk: Running, buyer: Scripted) -> None:
    web, page = await at_log_in(desk)
    assert 'name="stay"' in (await web.http.get(page)).text
    assert 'name="stay"' not in (await desk.http.get(page)).text, "not whoever has the link alone"
    form = {"login": buyer.person.email, "password": PASSWORD, "stay": "yes"}
    assert (await web.http.post(page, data=form)).status_code == 200
    await at(web, "zone")
    await desk.advance(24 * 3600)
    await press(web, "zone:my_data")

    async def is_shown() -> bool:
        said = json.dumps((await web.http.get("/webchat/history", headers=OURS)).json(), ensure_ascii=False)
        return "Witaj ponownie" in said and "Pracownia Bursztyn" in said

    await until(is_shown)


async def test_digits_prove_who_it_is_though_a_person_has_the_chat(desk: Running) -> None:
    email = await owner_of(desk)
    web = on_the_web(desk)
    await web.say("/agent")
    anna = await AgentHttp.logged_in(desk)
    [where] = set(re.findall(r'href="/desk/c/([0-9a-z]+)', anna.page))
    await anna.act(where, "take")
    await anna.act(where, "prove")

    async def asks() -> bool:
        await web.look()
        return any("potwierdź, że to Ty" in one for one in web.said)

    await until(asks)
    page = (await web.http.get("/webchat/history", headers=OURS)).json()["lines"][-1]["links"][0]["href"]
    digits = digits_on(await desk.http.post(page, data={"login": email, "password": PASSWORD}))
    await web.say("gdzie to wpisać?")
    await anna.get(f"/desk/c/{where}")
    assert "Nie wiadomo na pewno, kto tu pisze" in plain(anna.words)
    await web.say(digits)
    await anna.get(f"/desk/c/{where}")
    assert "Zalogowano w tej rozmowie" in plain(anna.words)
    assert "web" in await channels(desk, email)


async def channels(desk: Running, email: str) -> list[str]:
    return [one["channel"] for one in (await desk.card(email))["conversations"]]


@on_each_database
@pytest.mark.replicated
async def test_the_owner_of_the_password_must_have_the_chat_as_well(desk: Running) -> None:
    email = await owner_of(desk)
    web, page = await at_log_in(desk)
    shown = await desk.http.post(page, data={"login": email, "password": PASSWORD})
    digits = digits_on(shown)
    assert (shown.status_code, len(digits)) == (200, 2)
    await at(web, "log_in_digits")
    seen = await standing(web)
    assert (seen["dialog"], seen["expects"]) == ("account", "login_code")
    assert email not in json.dumps((await web.http.get("/webchat/history", headers=OURS)).json())
    assert "web" not in await channels(desk, email), "nothing is bound before"

    assert (await desk.http.get(page)).status_code == 410, "the link alone shows them to nobody"
    again = await desk.http.post(page, data={"login": email, "password": PASSWORD})
    assert digits_on(again) == digits, "a form sent twice: to whoever knows the password they are shown again"
    wrong = await desk.http.post(page, data={"login": email, "password": "not-the-password"})
    assert (wrong.status_code, digits_on(wrong)) == (410, "")

    await web.say("abc")
    await at(web, "log_in_digits")
    await web.say(f"{digits[0]} {digits[1]}")
    texts = [line["text"] for line in (await web.http.get("/webchat/history", headers=OURS)).json()["lines"]]
    assert any(f"Zalogowano jako {email}" in text for text in texts)
    assert not {digits, f"{digits[0]} {digits[1]}"} & {*texts}, "they don't stay in the chat's journal"
    assert "web" in await channels(desk, email)
    assert digits_on(await desk.http.post(page, data={"login": email, "password": PASSWORD})) == ""

    await web.say("wyloguj mnie")
    await press(web, "start:log_in")
    await at(web, "secure_page")
    page = web.link("secure_page")["href"]
    known = await desk.http.post(page, data={"login": email, "password": PASSWORD})
    assert digits_on(known) == "", "the account has been in this chat"
    await web.http.aclose()


async def test_wrong_digits_and_five_minutes_end_the_log_in(desk: Running) -> None:
    email = await owner_of(desk)
    web, page = await at_log_in(desk)
    digits = digits_on(await desk.http.post(page, data={"login": email, "password": PASSWORD}))
    await at(web, "log_in_digits")
    await web.say(f"{(int(digits) + 1) % 100:02d}")
    await at(web, "secure_page")
    await web.say(digits)
    assert "web" not in await channels(desk, email), "there was one answer"

    async def told() -> bool:
        return any("Zatrzymane logowanie" in one["subject"] for one in await desk.outbox(email))

    await until(told)
    assert (await desk.http.post(page, data={"login": email, "password": PASSWORD})).status_code == 410

    fresh = web.link("secure_page")["href"]
    digits = digits_on(await desk.http.post(fresh, data={"login": email, "password": PASSWORD}))
    await at(web, "log_in_digits")
    await desk.advance(301)
    await at(web, "secure_page")
    await web.say(digits)
    assert "web" not in await channels(desk, email)
    assert digits_on(await desk.http.post(fresh, data={"login": email, "password": PASSWORD})) == ""
    await web.http.aclose()


async def test_on_telegram_a_page_never_holds_the_chat(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        email, chat = await owner_of(desk), Chat(api, desk, 88002)
        await chat.press_after("/start", "start:log_in")
        page = await chat.follows("s")
        digits = digits_on(await desk.http.post(page, data={"login": email, "password": PASSWORD}))
        await chat.reads("dwie cyfry")
        await chat.say(digits)
        await chat.reads(f"Zalogowano jako {email}")
        assert "telegram" in await channels(desk, email)


@pytest.mark.stage("signed_up")
async def test_letter_to_a_taken_address_hands_no_account_to_chat_that_named_it(desk: Running, buyer: Scripted) -> None:
    await buyer.follow_mail()
    email, thief = buyer.person.email, on_the_web(desk)
    await thief.say("start:sign_up")
    await thief.say(email)
    page = thief.link("secure_page")["href"]
    await thief.http.post(page, data={"password": PASSWORD + "x", "password_repeat": PASSWORD + "x"})
    await at(thief, "consents")
    await press(thief, "consents:required")

    (letter,) = await taken_letters(desk, email, 1)
    assert len(digits_on(await desk.http.post(letter, data={"login": email, "password": PASSWORD}))) == 2
    await at(thief, "log_in_digits")
    assert email not in thief.said[-1]
    assert "web" not in await channels(desk, email)
    await thief.http.aclose()


@pytest.mark.stage("signed_up")
async def test_the_log_in_link_in_the_letter_to_a_taken_address_lives_30_minutes_and_offers_a_new_one(
    desk: Running, buyer: Scripted
) -> None:
    await buyer.follow_mail()
    email = buyer.person.email
    other = Scripted(desk, Person(email=email))
    await other.run("phone")
    taken = await taken_letters(desk, email, 1)
    assert (await desk.http.get(taken[0])).status_code == 200

    await desk.advance(30 * 60 + 1)
    for _ in range(2):
        gone = await desk.http.get(taken[0])
        assert (gone.status_code, "Wyślij nowy link" in gone.text, email in gone.text) == (410, True, False)
    late = await desk.http.post(taken[0], data={"login": email, "password": PASSWORD})
    assert late.status_code == 410, "a log-in typed too late asks for no letter"
    assert len(await taken_letters(desk, email, 1)) == 1

    asked = await desk.http.post(taken[0], data={"again": "yes"})
    assert (asked.status_code, email in asked.text) == (200, False)
    fresh = await taken_letters(desk, email, 2)
    assert (await desk.http.post(taken[0], data={"again": "yes"})).status_code == 410, "one for each"
    assert (await desk.http.post(fresh[1], data={"login": email, "password": PASSWORD})).status_code == 200
    await other.customer.settled()
    assert len(await channels(desk, email)) == 2
    assert len(await taken_letters(desk, email, 2)) == 2


async def taken_letters(desk: Running, email: str, least: int) -> list[str]:
    """The links of the letters that say that the address is taken."""

    async def links() -> list[str]:
        return [one["links"][0] for one in await desk.outbox(email) if "Masz już konto" in one["subject"]]

    async def mailed() -> bool:
        return len(await links()) >= least

    await until(mailed)
    return await links()
