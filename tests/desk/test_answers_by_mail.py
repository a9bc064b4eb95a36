"""A promise to a person is kept: an answer that its customer hasn't read is mailed, once, to whoever may have it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from bot.conversation.identity import conversation_id
from bot.usecases.agents import answer_marks
from bot.usecases.privacy.erasing import Erasing
from services.store import journal
from services.support import answer_letters, handoffs
from tests.desk.agent_http import AgentHttp
from tests.desk.agent_turns import ANNA, acts
from tests.desk.databases import on_each_database
from tests.desk.forum import id_of
from tests.desk.replicas import replicas
from tests.desk.running import Customer, Running, http_client, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_reminders_stopped import posted
from tests.kit.deaths import around_a_letter, dying_once
from tests.kit.talks import says

WORDS = "Faktura jest już poprawiona <b>dzisiaj</b>."
OURS = {"okienko-chat": "1", "content-type": "application/json"}


async def marks(desk: Running, where: str) -> list[str]:
    """What the agent sees beside their own lines."""

    def read(connection: Any) -> list[str]:
        known = answer_marks.read_answer_marks(connection, where)
        return [known.of(one).name for one in journal.messages(connection, where) if one.kind == journal.AGENT]

    return await desk.installation.store.read(read)


async def letters_of(desk: Running, where: str) -> list[answer_letters.AnswerLetter]:
    return list(await desk.installation.store.read(lambda c: answer_letters.of_conversation(c, where)))


async def answers(desk: Running, to: str) -> list[dict[str, Any]]:
    return [mail for mail in await desk.outbox(to) if "odpowiedź" in mail["subject"].lower()]


async def answered(desk: Running, where: str, *words: str) -> None:
    """Anna takes the conversation, and answers."""
    await acts(desk).take(where, ANNA, f"take {where}")
    for said in words or (WORDS,):
        await acts(desk).say(where, ANNA, said, f"say {said}")


async def asks_for_a_person(desk: Running, email: str) -> tuple[Customer, str]:
    """A customer without an account, who gives an address just for the answer."""
    customer = await says(desk.customer(), "/start", "/agent")
    assert customer.expects == "email"
    await customer.say(email)
    return customer, await id_of(desk, customer)


@asynccontextmanager
async def page_of(desk: Running) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser with the web chat open."""
    async with http_client(desk.installation.base_url) as browser:
        await browser.get("/chat")
        yield browser


async def send(browser: httpx.AsyncClient, path: str, **fields: object) -> None:
    answer = await browser.post(f"/webchat/{path}", content=json.dumps(fields), headers=OURS)
    assert answer.status_code == 200, answer.text


async def asks_on_the_page(browser: httpx.AsyncClient, desk: Running, email: str) -> str:
    for number, text in enumerate(("/start", "/agent", email)):
        await send(browser, "messages", text=text, message_id=f"m{number}")
    assert "damy znać" in (await browser.get("/webchat/history", headers=OURS)).json()["lines"][-1]["text"]
    return str(await desk.installation.store.read(_newest_web))


async def shown(browser: httpx.AsyncClient) -> Any:
    return (await browser.get("/webchat/history", headers=OURS)).json()


async def held_by(desk: Running, where: str) -> str | None:
    request = await desk.installation.store.read(lambda c: handoffs.find_open_request(c, where))
    return None if request is None else request.agent_id


def _newest_web(connection: Any) -> str:
    query = "SELECT id FROM conversation WHERE channel = 'web' ORDER BY started_at DESC LIMIT 1"
    return connection.exec_driver_sql(query).scalar()


@on_each_database
@pytest.mark.stage("signed_up")
async def test_what_nobody_has_fetched_is_mailed_once_with_its_words_to_a_proven_address(
    desk: Running, buyer: Scripted
) -> None:
    email, customer = buyer.person.email, buyer.customer
    [letter] = await desk.outbox(email)
    await buyer.submit(letter["links"][0])
    await customer.settled()
    await customer.say("/agent")
    assert f"odpowiedź przyjdzie tutaj albo na {email}" in "".join(customer.said)
    where = await id_of(desk, customer)
    await answered(desk, where)
    await desk.advance(100)
    await acts(desk).say(where, ANNA, "Coś jeszcze?", "3")
    await acts(desk).give_back(where, ANNA, "4", done=True)
    assert (await answers(desk, email), await marks(desk, where)) == ([], ["due", "due"])
    await desk.advance(80)
    [letter] = await answers(desk, email)
    assert WORDS in letter["text"]
    assert "Anna:\nCoś jeszcze?" in letter["text"]
    assert "&lt;b&gt;dzisiaj" in letter["html"]
    assert await marks(desk, where) == ["mailed", "mailed"]
    await desk.advance(3600)
    assert len(await answers(desk, email)) == 1
    place = await desk.http.get(letter["links"][0])
    assert (place.status_code, "w programie, w którym" in place.text) == (200, True)

    await customer.look()
    await acts(desk).take(where, ANNA, "5")
    await acts(desk).say(where, ANNA, "Przeczytane od razu.", "6")
    await customer.look()
    await acts(desk).say(where, ANNA, "A to nie.", "7")
    await desk.advance(170)
    assert len(await answers(desk, email)) == 1
    await desk.advance(10)
    second = (await answers(desk, email))[-1]
    assert ("A to nie." in second["text"], "Przeczytane od razu." in second["text"]) == (True, False)

    leave = second["links"][-1]
    assert "Nie pisać więcej" in (await desk.http.get(leave)).text
    assert [await posted(desk, leave), await posted(desk, leave)] == [200, 200]
    await acts(desk).say(where, ANNA, "Po rezygnacji.", "8")
    await desk.advance(200)
    assert (len(await answers(desk, email)), (await marks(desk, where))[-1]) == (2, "stopped")
    await acts(desk).give_back(where, ANNA, "9")
    await customer.say("/agent")
    await acts(desk).take(where, ANNA, "10")
    await acts(desk).say(where, ANNA, "Na nową prośbę.", "11")
    await desk.advance(200)
    assert "Na nową prośbę." in (await answers(desk, email))[-1]["text"], "asked for anew, told anew where it goes"


async def test_to_an_address_only_given_it_says_that_answer_waits_and_opens_only_where_chat_is(desk: Running) -> None:
    async with page_of(desk) as browser, page_of(desk) as another:
        await answered(desk, await asks_on_the_page(browser, desk, "tylko@example.com"))
        await desk.advance(180)
        [letter] = await answers(desk, "tylko@example.com")
        for secret in ("Faktura jest", "Anna", "poprawiona"):
            assert secret not in letter["text"] + letter["html"] + letter["subject"]
        link = letter["links"][0]
        for _ in range(2):
            here = await browser.get(link)
            assert (here.status_code, here.headers["location"]) == (303, "/chat")
            elsewhere = await another.get(link)
            assert (elsewhere.status_code, "gdzie indziej jej nie pokażemy" in elsewhere.text) == (200, True)
            assert "start=" not in elsewhere.text
        assert (await another.get(f"{link}x")).status_code == 404
        await desk.advance(15 * 24 * 3600)
        assert (await another.get(link)).status_code == 410


async def test_drawn_in_a_visible_tab_nothing_is_mailed_and_the_agent_sees_read(desk: Running) -> None:
    async with page_of(desk) as browser:
        where = await asks_on_the_page(browser, desk, "widzi@example.com")
        await answered(desk, where)
        last = (await browser.get("/webchat/history", headers=OURS)).json()["lines"][-1]
        assert await marks(desk, where) == ["due"], "a page that only loaded it, perhaps in the background"
        await send(browser, "seen", seq=last["seq"])
        await send(browser, "seen", seq=10**8)
        assert await marks(desk, where) == ["read"]
        await acts(desk).say(where, ANNA, "A to dopiero potem.", "3")
        assert (await marks(desk, where))[-1] == "due", "a number that isn't there yet says nothing"
        await desk.advance(100)
        await send(browser, "messages", text="dziękuję", message_id="thanks")
        await desk.advance(300)
        assert await answers(desk, "widzi@example.com") == []


@pytest.mark.stage("signed_up")
async def test_elsewhere_a_proven_address_is_asked_to_log_in(desk: Running, buyer: Scripted) -> None:
    email = buyer.person.email
    [letter] = await desk.outbox(email)
    await buyer.submit(letter["links"][0])
    async with page_of(desk) as browser, page_of(desk) as another:
        await send(browser, "messages", text="/start log_in", message_id="a")
        await send(browser, "messages", text="zaloguj", message_id="b")
        history = (await browser.get("/webchat/history", headers=OURS)).json()
        page = next(one["href"] for one in history["standing"]["links"] if one["rel"] == "secure_page")
        person = {"login": buyer.person.email, "password": buyer.person.password}
        assert (await browser.post(page, data=person)).status_code in (200, 303), "the page holds the chat: no digits"
        await send(browser, "messages", text="/agent", message_id="c")
        where = await desk.installation.store.read(_newest_web)
        await answered(desk, where)
        await desk.advance(180)
        [letter] = await answers(desk, email)
        assert WORDS in letter["text"]
        assert (await browser.get(letter["links"][0])).headers["location"] == "/chat"
        place = await another.get(letter["links"][0])
        assert "/chat?start=" in place.text, "after a log-in, by which the very conversation goes on"
        assert WORDS not in place.text

        token = letter["links"][0].rpartition("/")[2]
        start = place.text.partition("/chat?start=")[2].partition('"')[0]
        assert token != start
        await acts(desk).say(where, ANNA, "I jeszcze to.", "3")
        await send(another, "messages", text=f"/start {start}", message_id="d")
        page = next(one["href"] for one in (await shown(another))["standing"]["links"] if one["rel"] == "secure_page")
        assert (await another.post(page, data=person)).status_code in (200, 303)
        there = str(await desk.installation.store.read(_newest_web))
        told = [line["text"] for line in (await shown(another))["lines"]]
        for words in (WORDS, "I jeszcze to."):
            assert sum(words in one for one in told) == 1, "shown where the customer is now, once"
        assert "Od teraz odpowiadam ja" in " ".join(told)
        assert "toczy się teraz też tu" in (await shown(browser))["lines"][-1]["text"], "the old chat is told"
        assert (await held_by(desk, where), await held_by(desk, there)) == (None, ANNA.id)
        await acts(desk).say(there, ANNA, "Jestem tutaj.", "4")
        assert "Jestem tutaj." in (await shown(another))["lines"][-1]["text"]
        await desk.advance(170)
        assert len(await answers(desk, email)) == 1, "what was shown there isn't mailed"

        async with page_of(desk) as third:
            for number in range(2):
                await send(third, "messages", text=f"/start {start}", message_id=f"e{number}")
            assert (await held_by(desk, there), WORDS in str(await shown(third))) == (ANNA.id, False)
            assert (await third.get(letter["links"][0])).status_code == 200


async def test_no_address_a_given_back_one_and_an_erased_one_get_nothing_and_the_agent_sees_why(desk: Running) -> None:
    where = await id_of(desk, await says(desk.customer(), "/start", "/agent", "agent_email:skip"))
    await answered(desk, where)
    await desk.advance(200)
    assert await marks(desk, where) == ["no_address"]

    scripted = await Scripted(desk, Person()).run("tax_number")
    await scripted.customer.say("/agent")
    where = await id_of(desk, scripted.customer)
    await answered(desk, where)
    container, account = desk.installation.container, (await desk.card(scripted.person.email))["id"]
    erasing = Erasing(container.deps.seller, container.outbox)
    assert len(await letters_of(desk, where)) == 1
    await container.desk.happen(lambda tx: erasing.erase(tx, account))
    assert await letters_of(desk, where) == []
    await desk.advance(600)
    assert await answers(desk, scripted.person.email) == []


@around_a_letter
async def test_killed_around_the_letter_it_is_sent_after_the_start_and_told_apart_by_nobody(
    tmp_path: Path, point: str, most: int
) -> None:
    with dying_once() as deadly:
        async with running_desk(tmp_path) as desk:
            _, where = await asks_for_a_person(desk, "killed@example.com")
            await answered(desk, where)
            deadly.append(point)
            await desk.advance(180)
            assert deadly == []
    async with running_desk(tmp_path) as desk:
        await desk.advance(3600)
        letters = await answers(desk, "killed@example.com")
        assert 1 <= len(letters) <= most
        assert len({mail["text"] for mail in letters}) == 1
        assert await marks(desk, where) == ["noticed"]


async def test_where_the_mail_server_is_away_it_goes_later_and_where_it_refuses_agent_sees_it(desk: Running) -> None:
    _, where = await asks_for_a_person(desk, "pozniej@example.com")
    await answered(desk, where)
    await desk.fault("smtp", "error", 3)
    await desk.advance(181)
    await desk.advance(3600)
    assert (len(await answers(desk, "pozniej@example.com")), await marks(desk, where)) == (1, ["noticed"])


async def test_address_changed_while_the_mail_server_is_away_gets_the_letter_and_old_one_nothing(desk: Running) -> None:
    customer, where = await asks_for_a_person(desk, "stary@example.com")
    await acts(desk).take(where, ANNA, "1")
    await customer.say("albo na nowy@example.com")
    await acts(desk).say(where, ANNA, WORDS, "2")
    await desk.fault("smtp", "error", 8)
    await desk.advance(181)
    lines = await desk.installation.store.read(lambda c: journal.messages(c, where, with_customer=True))
    wrote = next(one.id for one in reversed(lines) if one.kind == journal.CUSTOMER)
    await acts(desk).keep_address(where, ANNA, wrote, "nowy@example.com", "3")
    await desk.advance(3600)
    assert (await answers(desk, "stary@example.com"), await marks(desk, where)) == ([], ["noticed"])
    [letter] = await answers(desk, "nowy@example.com")
    assert WORDS not in letter["text"]
    assert await posted(desk, letter["links"][-1]) == 200
    await acts(desk).say(where, ANNA, "Po rezygnacji.", "4")
    await desk.advance(200)
    assert (len(await answers(desk, "nowy@example.com")), (await marks(desk, where))[-1]) == (1, "stopped")


async def test_the_page_warns_at_once_that_who_has_left_gave_no_address(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "/agent", "agent_email:skip")
    where, agent = await id_of(desk, customer), await AgentHttp.logged_in(desk)
    await agent.act(where, "take")
    assert "nie podał adresu" not in (await agent.get(f"/desk/c/{where}")).text
    await desk.advance(181)
    assert "nie podał adresu" in (await agent.get(f"/desk/c/{where}")).text


async def test_telegram_brings_it_so_it_is_mailed_only_where_the_bot_is_blocked(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        there, gone = Chat(api, desk, 1), Chat(api, desk, 2)
        for chat in (there, gone):
            await chat.say("/start")
            await chat.answered(0)
            await chat.say("/agent")
            await chat.sees(lambda chat=chat: "Konsultant odpowie w tej rozmowie" in " ".join(chat.texts))
        api.blocked.add(gone.id)
        for chat in (there, gone):
            where = conversation_id("telegram", str(chat.id))
            await acts(desk).take(where, ANNA, f"take {chat.id}")
            await acts(desk).say(where, ANNA, WORDS, f"say {chat.id}")
        await there.sees(lambda: WORDS in " ".join(there.texts))
        await desk.advance(400)
        states = [(await letters_of(desk, conversation_id("telegram", str(c.id))))[0].state for c in (there, gone)]
        assert states == ["read", "no_address"], "nobody knows of the one; the other has no account to write to"


async def test_two_processes_send_one_letter(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        _, where = await asks_for_a_person(one, "dwa@example.com")
        await acts(one).take(where, ANNA, "1")
        await acts(one).say(where, ANNA, WORDS, "2")
        await acts(two).say(where, ANNA, "Jeszcze jedno.", "3")
        await asyncio.gather(one.advance(200), two.advance(0))
        await two.advance(60)
        assert len(await answers(one, "dwa@example.com")) == 1
        assert await marks(two, where) == ["noticed", "noticed"]


async def test_the_page_tells_what_it_showed_only_while_it_could_be_seen(desk: Running, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.add_init_script(
        "let seen = 'hidden'; Object.defineProperty(document, 'visibilityState', { get: () => seen });"
        "addEventListener('looked-at', () => {"
        " seen = 'visible'; document.dispatchEvent(new Event('visibilitychange')); })"
    )
    await page.goto(f"{desk.url}/chat")
    for words, then in (("/agent", "Na jaki adres"), ("okno@example.com", "damy znać")):
        await page.get_by_role("textbox").fill(words)
        await page.get_by_role("textbox").press("Enter")
        await expect(page.get_by_text(then).last).to_be_visible()
    where = str(await desk.installation.store.read(_newest_web))
    await acts(desk).take(where, ANNA, "1")
    await acts(desk).say(where, ANNA, "Już sprawdzam.", "2")
    await expect(page.get_by_text("Już sprawdzam.").first).to_be_visible()
    assert await marks(desk, where) == ["due"], "drawn in a tab that nobody looks at"
    async with page.expect_response("**/webchat/seen"):
        await page.evaluate("dispatchEvent(new Event('looked-at'))")
    assert await marks(desk, where) == ["read"]
