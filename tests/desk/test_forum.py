"""The agents' Telegram group: who waits has a topic, what agents write there goes to the customer, and nothing else."""

import asyncio
import re
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram_group import group
from services.agents import audit
from services.jobs import process_lease
from services.privacy import desk_rows
from services.store import conversations
from services.support import notes, topics
from tests.bot.handlers.telegram.bot_api import Fault
from tests.bot.handlers.telegram.forum_api import GROUP, ForumBotApi
from tests.desk.databases import on_each_database
from tests.desk.forum import Forum, forum_on, id_of
from tests.desk.running import Customer
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, soon
from tests.kit.narrow import present
from tests.kit.talks import says
from values.channel import Channel


@on_each_database
async def test_a_stuck_customer_is_helped_in_the_group_and_finishes(forum: Forum) -> None:
    anna = await forum.agent("anna", 71)
    scripted = await Scripted(forum.desk, Person()).run("tax_number")
    customer = scripted.customer
    await customer.say("/agent")
    topic = await forum.topic()
    await soon(lambda: any(message.get("reply_markup") for message in topic.messages))
    (card,) = (message["text"] for message in topic.messages if message.get("reply_markup"))
    assert card != topic.texts[0], "words come first, the card last"
    assert "prośba o rozmowę z człowiekiem" in topic.name
    assert "NIP" in card
    assert scripted.person.email not in topic.name + topic.whole, "contact data are masked"
    assert scripted.person.email.partition("@")[2] in topic.name

    await customer.say("Nie wiem, jaki mam NIP")
    await forum.reads(topic, "Nie wiem, jaki mam NIP")
    assert await anna.presses(topic, "take") == "Rozmowa jest Twoja."
    await customer.look()
    assert customer.custom["mode"] == "agent"
    await forum.reads(topic, "Rozmowę prowadzi teraz Anna.")
    await anna.says(topic, "Już sprawdzam <b>w rejestrze</b>.")
    await customer.look()
    assert customer.said[-1] == "Już sprawdzam <b>w rejestrze</b>."
    assert await anna.presses(topic, "give_back") == "Oddano."
    await customer.look()
    assert customer.custom["mode"] == "bot"
    await soon(lambda: not topic.open)
    assert topic.name.startswith("✓ ")
    assert topic.whole.count("Już sprawdzam") == 0, "what was written there isn't written there again"
    await scripted.run()
    assert [order["status"] for order in (await forum.desk.card(scripted.person.email))["orders"]] == ["paid"]
    assert "Nie wiem" in topic.whole
    assert len(forum.api.topics) == 1


@on_each_database
async def test_what_is_no_answer_never_reaches_the_customer(forum: Forum) -> None:
    anna, marek = await forum.agent("anna", 71), await forum.agent("marek", 72)
    stranger, customer = forum.member(99), await waiting(forum)
    where, topic = await id_of(forum.desk, customer), await forum.topic()
    await anna.says(topic, "/note klient był u nas wczoraj")
    await anna.says(topic, "// drugi raz w tym tygodniu")
    await stranger.says(topic, "ja też coś powiem")
    await forum.reads(topic, "/join KOD")
    await stranger.says(topic, "i jeszcze")
    await customer.look()
    assert await forum.request(where)
    kept = await forum.desk.installation.store.read(lambda c: notes.of_conversation(c, where))
    assert [note.words for note in kept] == ["klient był u nas wczoraj", "drugi raz w tym tygodniu"]
    trail = await forum.desk.installation.store.read(lambda c: audit.page(c, most=100))
    assert [(line.what, line.conversation_id) for line in trail].count(("noted", where)) == 2
    assert topic.whole.count("/join KOD") == 1, "told once"

    said = len(customer.said)
    await anna.says(topic, "Dzień dobry, tu Anna.")
    await forum.reads(topic, "Rozmowę prowadzi teraz Anna.")
    await marek.says(topic, "A ja jestem Marek.")
    await forum.reads(topic, "Tę rozmowę prowadzi Anna.")
    await anna.sends(topic, photo=[{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}], caption="patrz")
    await forum.reads(topic, "Do klienta trafia tylko tekst")
    await anna.says(topic, "/nte pomyłka")
    await forum.reads(topic, "Nie znam tego polecenia")
    await anna.says(topic, "Zamówienie {order} w drodze")
    await forum.reads(topic, "nieuzupełnione {order}")
    assert await marek.presses(topic, "done") == "Tę rozmowę prowadzi Anna."
    mine = await anna.says(topic, "Ostatnie słowo")
    edited = mine["message"] | {"text": "Poprawione słowo", "edit_date": 1763629300}
    await anna.done(forum.api.update(edited_message=edited))
    await forum.reads(topic, "Klient ma to, co wysłano najpierw")
    await anna.done(forum.api.says(anna.id, None, "w wątku ogólnym"))
    forum.api.message_id += 1
    elsewhere = forum.api.writes(anna.id, topic.id, text="w innej grupie") | {
        "chat": {"id": -100777, "type": "supergroup", "title": "X", "is_forum": True}
    }
    await anna.done(forum.api.update(message=elsewhere))
    await customer.look()
    new = customer.said[said:]
    assert [text for text in new if "Anna" not in text] == ["Ostatnie słowo"]
    assert new[-2:] == ["Dzień dobry, tu Anna.", "Ostatnie słowo"]


# --- the agents' group when things go wrong: topics deleted, rights lost, floods, replicas that die, updates twice ---


async def waiting(forum: Forum) -> Customer:
    return await says(forum.desk.customer(), "/start", "/agent")


@on_each_database
async def test_a_group_without_rights_is_told_once_and_made_good(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    api = ForumBotApi()
    api.trouble = Fault(400, "Bad Request: not enough rights to create a topic")
    async with forum_on(database, request, tmp_path, api=api, support_email="pomoc@example.com") as forum:
        customer, store = await waiting(forum), forum.desk.installation.store

        async def told() -> list[Any]:
            letters = await forum.desk.outbox("pomoc@example.com")
            return [letter for letter in letters if "grupy konsultantów" in letter["subject"]]

        while not await told():  # noqa: ASYNC110 - it happens on the other side of HTTP
            await asyncio.sleep(0.02)
        assert (await store.read(lambda c: topics.outage_of(c, GROUP))) is not None
        await customer.say("start:buy")
        assert customer.custom["mode"] == "waiting", "the customer goes on meanwhile"
        for _ in range(3):
            api.put(rights(api))
        await customer.say("Czekam")
        assert len(await told()) == 1
        api.trouble = None
        while not api.topics:
            api.put(rights(api))
            await asyncio.sleep(0.1)
        await forum.reads(await forum.topic(), "Czekam")
        assert len(await told()) == 1


def rights(api: ForumBotApi) -> Any:
    person = {"id": 5, "is_bot": False, "first_name": "A"}
    member = {"user": {"id": 123456, "is_bot": True, "first_name": "Okienko"}, "status": "member"}
    group = {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True}
    changed = {"chat": group, "from": person, "date": 1763629200, "old_chat_member": member, "new_chat_member": member}
    return api.update(my_chat_member=changed)


async def test_fifty_messages_of_a_waiting_customer_are_few_in_the_group(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fourfold() -> float:
        return 4 * time.monotonic()

    async def a_quarter(seconds: float) -> None:
        await asyncio.sleep(seconds / 4)

    monkeypatch.setattr(group, "Pace", partial(Pace, monotonic=fourfold, sleep=a_quarter))
    api = ForumBotApi(paced=True, monotonic=fourfold)
    async with forum_on("sqlite", request, tmp_path, api=api, rate_limits="on") as forum:
        customer, topic = await waiting(forum), await forum.topic()
        for number in range(50):
            await customer.say(f"wiadomość {number:02}")
        await forum.reads(topic, "wiadomość 49")
        numbers = re.findall(r"^wiadomość (\d\d)$", topic.whole, re.MULTILINE)
        assert numbers == [f"{number:02}" for number in range(50)], "each once, in order"
        assert api.too_fast == 0
        assert len(topic.messages) <= 12


@on_each_database
async def test_flood_answered_429_is_waited_for(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> None:
    api = ForumBotApi()
    for method in ("createForumTopic", "sendMessage"):
        api.faults[method].append(Fault(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
    async with forum_on(database, request, tmp_path, api=api) as forum:
        customer = await waiting(forum)
        await customer.say("Jestem tu")
        await forum.reads(await forum.topic(), "Jestem tu")
        assert len(api.topics) == 1


@on_each_database
async def test_a_customer_on_telegram_and_the_group_are_never_confused(forum: Forum) -> None:
    chat = Chat(forum.api, forum.desk, 501)
    await chat.say("/start")
    await chat.press("start:buy")
    anna, before = await forum.agent("anna", 71), len(chat.shown)
    await chat.say("/agent")
    await chat.answered(before)
    topic = await forum.topic(name="Telegram")
    await anna.says(topic, "Dzień dobry!")
    await chat.reads("Dzień dobry!")
    silent = len(chat.shown)
    await chat.taken(await chat.say("No wreszcie"))
    await forum.reads(topic, "No wreszcie")
    assert len(chat.shown) == silent, "the bot is silent"
    mine = Chat(forum.api, forum.desk, 71)  # an agent may be a customer, too: in private
    await mine.say("/start")
    await mine.sees(lambda: mine.button("start:buy"))
    assert "Dzień dobry!" not in " ".join(mine.texts)
    assert len(forum.api.topics) == 1
    assert await forum.desk.installation.desk.conversation("telegram", str(GROUP)) is None


@on_each_database
async def test_a_code_joins_once_in_private_and_says_who(forum: Forum) -> None:
    customer, topic = await waiting(forum), await forum.topic()
    stranger = Chat(forum.api, forum.desk, 99)
    await stranger.say("/join nothing-of-the-kind")
    await stranger.reads("Ten kod nie jest ważny")
    assert await forum.desk.installation.desk.conversation("telegram", "99") is None, "no customer's chat"
    await forum.agent("anna", 71)
    await forum.member(72).says(topic, "/join code-of-anna-71")
    await forum.reads(topic, "Ten kod nie jest ważny")
    # Another account of the same agent: the earlier one may act no more.
    newer = await forum.agent("anna", 73)
    assert "Klientom odpowiadają" in await forum.member(71).presses(topic, "take")
    await newer.presses(topic, "take")
    await customer.look()
    assert customer.custom["mode"] == "agent"


@on_each_database
async def test_an_update_brought_twice_is_one_message(forum: Forum) -> None:
    anna, customer = await forum.agent("anna", 71), await waiting(forum)
    topic = await forum.topic()
    update = forum.api.says(anna.id, topic.id, "Raz")
    for desk in (*forum.desks.each, *forum.desks.each):  # as a webhook would: to whichever replica
        telegram: Any = desk.installation.receivers[Channel.TELEGRAM].worker
        assert await telegram._reception.take(update)
    await customer.look()
    assert customer.said.count("Raz") == 1


async def test_two_replicas_make_each_topic_once_and_one_goes_on_when_the_other_dies(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with forum_on("postgresql", request, tmp_path) as forum:
        customers = await asyncio.gather(*(waiting(forum) for _ in range(6)))
        await soon(lambda: sum(bool(topic.messages) for topic in forum.api.topics.values()) == 6)
        channels: list[Any] = [desk.installation.receivers[Channel.TELEGRAM].worker for desk in forum.desks.each]
        mirrors = [one._forum.mirror for one in channels]
        (at_work,) = [one for one in mirrors if one._holder.holds("telegram.forum")]
        dead = at_work._holder
        assert dead._task is not None
        dead._task.cancel()  # frozen: it gives nothing back
        for task in at_work._tasks:
            task.cancel()
        for number, customer in enumerate(customers):
            await customer.say(f"ciągle czekam {number}")
        await soon(lambda: sum("ciągle czekam" in topic.whole for topic in forum.api.topics.values()) == 6)
        assert len(forum.api.topics) == 6
        assert process_lease.LEASE.total_seconds() == 5


@on_each_database
async def test_an_erased_customers_topic_goes(forum: Forum) -> None:
    customer, topic = await waiting(forum), await forum.topic()
    where, store = await id_of(forum.desk, customer), forum.desk.installation.store
    here = present(await store.read(lambda c: conversations.load(c, where, lock=False)))
    await store.write(lambda c: desk_rows.erase(c, here))
    await soon(lambda: topic.id not in forum.api.topics)


@on_each_database
async def test_of_two_who_press_at_once_one_has_it(forum: Forum) -> None:
    anna, marek = await forum.agent("anna", 71), await forum.agent("marek", 72)
    for number in range(5):
        customer = await waiting(forum)
        await soon(lambda number=number: len(forum.api.topics) == number + 1)
        topic = list(forum.api.topics.values())[-1]
        await soon(lambda topic=topic: any(message.get("reply_markup") for message in topic.messages))
        before = len(forum.api.answers)
        presses = [forum.api.presses(who.id, topic.id, "desk:take") for who in (anna, marek)]
        forum.api.queue(*presses)
        await soon(lambda before=before: len(forum.api.answers) == before + 2)
        said = sorted(answer["text"] for answer in forum.api.answers[before:])
        assert said[0] == "Rozmowa jest Twoja."
        assert said[1] in ("Tę rozmowę prowadzi Anna.", "Tę rozmowę prowadzi Marek.")
        held = present(await forum.request(await id_of(forum.desk, customer)))
        assert held.agent_id in {(await forum.account(login)).id for login in ("anna", "marek")}


async def test_block_asks_first_and_takes_nothing_more(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with forum_on("sqlite", request, tmp_path) as forum:
        anna, customer = await forum.agent("anna", 71), await waiting(forum)
        topic = await forum.topic()
        assert "Zablokować" in await anna.presses(topic, "block")
        await customer.say("jeszcze słucham")
        await forum.reads(topic, "jeszcze słucham")
        await anna.presses(topic, "cancel")
        await anna.presses(topic, "block")
        assert await anna.presses(topic, "block_day") == "Zablokowano."
        await customer.say("głupcy")
        await forum.reads(topic, "Zablokowany klient znów napisał.")
        assert "głupcy" not in topic.whole
