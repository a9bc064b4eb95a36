"""A seller keeps the help desk: a stuck customer is helped from there. A whole desk on each database."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.usecases.agents.acts import By
from sandbox import credentials
from services.privacy.erase import erase
from services.store import conversations, journal
from services.support import handoffs
from services.support.chatwoot.threads import THREADS
from services.support.chatwoot.webhooks import sign
from tests.desk.databases import on_each_database
from tests.desk.forum import id_of
from tests.desk.helpdesk import Helpdesk, Json, hears, help_desk, in_mode
from tests.desk.post_office import Notice
from tests.desk.scripted import Person, Scripted, until
from tests.kit.narrow import present
from tests.kit.talks import says
from values import masked


@on_each_database
async def test_the_stuck_customer_is_helped_from_the_help_desk_and_finishes(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    scripted = await Scripted(desk, Person()).run("tax_number")
    customer = scripted.customer
    await says(customer, "*123* [x](mention://user/1/Anna)", "/agent")
    assert customer.custom["mode"] == "waiting"

    card = await helpdesk.says("Powód")
    assert card["private"]
    assert "company.tax\\_number" in card["content"]
    assert "\\*123\\*" in card["content"]
    assert "mention://" not in card["content"]
    [there] = await helpdesk.listed()
    where = await id_of(desk, customer)
    assert there["custom_attributes"]["okienko_conversation"] == where
    assert there["custom_attributes"]["okienko_link"].endswith(f"/desk/c/{where}")
    assert masked.email(scripted.person.email) in card["content"]
    assert scripted.person.email not in card["content"]
    assert there["meta"]["sender"]["email"] is None, "not proven yet: it may be another's"
    assert there["meta"]["sender"]["phone_number"] == scripted.person.phone

    await customer.say("Nie wiem, jaki mam NIP")
    assert (await helpdesk.says("Nie wiem"))["message_type"] == 0
    await helpdesk.act("note", "Zaraz odpiszę")
    await helpdesk.act("say", "Już sprawdzam, \\*chwila\\*.")
    await hears(customer, "Już sprawdzam, *chwila*.")
    assert any("Anna" in said for said in customer.said), "who speaks is said"
    assert (customer.custom["mode"], customer.expects) == ("agent", "agent")
    assert not any("Zaraz odpiszę" in said for said in customer.said), "notes stay there"

    said = len(customer.said)
    await helpdesk.act("say", "Zamówienie {order} w drodze")
    assert (await helpdesk.says("nieuzupełnione"))["private"]
    await customer.say("5260001246")
    assert len(customer.said) == said, "the bot is silent"
    await helpdesk.says("5260001246")
    await helpdesk.act("resolve")
    await in_mode(customer, "bot")
    assert customer.expects == "tax_number"
    await scripted.run("payment")
    await scripted.act()
    for notice in helpdesk.office.notices():
        await helpdesk.office.bring(notice)
    await customer.settled()
    await scripted.run()
    assert [order["status"] for order in (await desk.card(scripted.person.email))["orders"]] == ["paid"]

    [there] = await helpdesk.listed()
    assert there["status"] == "resolved"
    lines = [(m["source_id"], m["content"]) for m in there["messages"] if m["source_id"]]
    assert len(lines) == len(set(lines)), "each line once"
    assert not any("Już sprawdzam" in words for _, words in lines), "what was written there isn't told again"
    assert not any("BLIK" in words for _, words in lines), "the rest is no affair of the help desk's"


@on_each_database
async def test_whoever_is_in_the_console_has_it_and_the_others_are_told(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    customer, where = await helpdesk.asked()
    await helpdesk.says("Powód")
    acts, marek = desk.installation.container.agent_acts, By("agent-marek", "Marek", "pl")
    await acts.take(where, marek, "1")
    await helpdesk.says("Marek")
    await helpdesk.act("say", "A ja też tu jestem")
    assert (await helpdesk.says("Nie wysłano"))["private"]
    await helpdesk.act("resolve")
    await helpdesk.says("tam zostaje")
    await acts.say(where, marek, "Dzień dobry", "2")
    await helpdesk.says("Marek (Okienko): Dzień dobry")
    held = await desk.installation.store.read(lambda c: handoffs.find_open_request(c, where))
    assert held is not None
    assert held.agent_id == marek.id
    assert not any("też tu" in said for said in customer.said)

    await acts.give_back(where, marek, "3")
    await helpdesk.says("oddaje rozmowę")
    await customer.say("/agent")
    await helpdesk.until(lambda all: all[-1]["status"] == "open")
    assert len(await helpdesk.listed()) == 1, "the same one, opened again"
    await helpdesk.act("assign", agent="Zofia")
    await in_mode(customer, "agent")
    assert "Rozmową zajmie się konsultant" in customer.said[-1], "Zofia may not be there"
    await helpdesk.act("say", "Tu Marek z pomocy", agent="Marek")
    await hears(customer, "Tu Marek z pomocy")
    await helpdesk.act("pending")
    await in_mode(customer, "bot")
    lines = await desk.installation.store.read(lambda c: journal.read_all(c, where))
    found = [line.data["act"] for line in lines if line.kind == "desk"][-4:]
    assert found == ["took", "passed_on", "said", "gave_back"]


# --- the help desk is away, loses answers and webhooks, forgets a conversation: nothing is lost or doubled ---


INBOX = credentials.CHATWOOT_ACCOUNT_ID, credentials.CHATWOOT_INBOX_ID
MINUTES = 200
"""Longer than it is left alone, and than a conversation goes unread."""


async def of(helpdesk: Helpdesk, where: str) -> list[Json]:
    """The conversations there that stand for this one of ours."""
    return [one for one in await helpdesk.listed() if one["custom_attributes"]["okienko_conversation"] == where]


def _nothing(*_: object, **__: object) -> None:
    """Says nothing."""


def doubles(messages: list[Json]) -> list[Any]:
    told = Counter((m["source_id"], m["content"]) for m in messages if m["source_id"])
    return [line for line, times in told.items() if times > 1]


@on_each_database
async def test_an_answer_lost_makes_no_second_of_anything(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    for number in range(1, 6):  # contact, conversation, card, two lines
        asked = 0

        def lose(notice: Notice, number: int = number) -> bool:
            nonlocal asked
            asked += notice.method == "POST"
            return notice.method == "POST" and asked == number

        helpdesk.office.lose = lose
        customer, where = await helpdesk.asked()
        await says(customer, "Pierwsze pytanie", "Drugie pytanie")

        async def told(where: str = where) -> bool:
            await desk.advance(15)
            found = await of(helpdesk, where)
            return bool(found) and any("Drugie" in (m["content"] or "") for m in found[0]["messages"])

        await until(told)
        helpdesk.office.lose = lambda _: False
        assert asked >= min(number, 2)
        [there] = await of(helpdesk, where)
        assert not doubles(there["messages"])
        words = "\n".join(m["content"] for m in there["messages"])
        assert words.index("Pierwsze") < words.index("Drugie")
    assert len({c["identifier"] for c in await helpdesk.contacts()}) == len(await helpdesk.contacts()) == 5


@on_each_database
async def test_away_for_long_it_costs_nobody_anything(
    tmp_path: Path, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms, failures = list[str](), list[str]()

    def told(what: str, **_: object) -> None:
        alarms.append(what)
        failures.append(what)

    log = SimpleNamespace(error=told, warning=lambda what, **_: failures.append(what), info=_nothing)
    monkeypatch.setattr("bot.handlers.chatwoot.helpdesk.log", log)
    async with help_desk(database, request, tmp_path) as (desk, helpdesk):
        await desk.http.post("/sandbox/api/faults", json={"provider": "chatwoot", "mode": "down"})
        customer = await says(desk.customer(), "/agent", "klient@example.com")
        where = await id_of(desk, customer)

        async def tried() -> bool:
            await desk.advance(MINUTES)
            return len(failures) >= 4

        await until(tried)
        assert (await desk.http.get("/readyz")).status_code == 200
        await customer.say("Halo?")
        assert await helpdesk.listed() == []
        await desk.http.post("/sandbox/api/faults", json={"provider": "chatwoot", "mode": "down", "times": 0})

        async def there() -> bool:
            await desk.advance(MINUTES)
            return bool(await of(helpdesk, where))

        await until(there)
        assert "k•••@example.com" in (await helpdesk.says("Halo?"))["content"]
        await helpdesk.act("say", "Już jestem")
        await hears(customer, "Już jestem")
    assert alarms == ["helpdesk_away"], "one alarm"


@on_each_database
async def test_webhooks_lost_doubled_late_and_forged(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    customer, where = await helpdesk.asked()
    await helpdesk.says("Powód")
    await helpdesk.inbox(silent=True)
    said = await helpdesk.act("say", "Nikt o tym nie wie")

    async def read() -> bool:
        await desk.advance(MINUTES)
        await customer.look()
        return "Nikt o tym nie wie" in customer.said

    await until(read)
    # In the wrong order: the end is told before the words, and the words twice, and once more much later.
    await helpdesk.act("say", "Ostatnie słowo")
    await helpdesk.act("resolve")
    [there] = await of(helpdesk, where)
    ended = {"event": "conversation_status_changed", **there}
    told = {"event": "message_created", **said, "message_type": "outgoing", "conversation": there}
    for one in (ended, told, told, ended):
        assert (await helpdesk.inbox(send=one))["taken"]
    await in_mode(customer, "bot")
    await hears(customer, "Ostatnie słowo")
    for _ in range(3):
        await desk.advance(MINUTES)
        assert (await helpdesk.inbox(send=told))["taken"]
    await customer.look()
    assert customer.custom["mode"] == "bot", "an old word takes nothing again"
    assert Counter(customer.said)["Nikt o tym nie wie"] == Counter(customer.said)["Ostatnie słowo"] == 1

    async def knocked() -> int:
        return present(await desk.installation.store.read(lambda c: THREADS.of(c, where, INBOX))).knocked

    before = await knocked()
    forged: list[dict[str, Any]] = [{"secret": "another"}, {"age_s": 301}, {"age_s": -330}]
    for how in forged:
        assert not (await helpdesk.inbox(send=told, **how))["taken"]
    assert (await helpdesk.inbox(send={**told, "account": {"id": 2}}))["taken"], "another's: no affair of ours"
    now = str(int(desk.installation.clock.now().timestamp()))
    headers = {"x-chatwoot-timestamp": now, "x-chatwoot-signature": sign(now, b"[1", "sandbox-chatwoot-secret")}
    path = "/webhooks/helpdesk/chatwoot"
    assert (await desk.http.post(path, content=b"[1", headers=headers)).status_code == 400
    assert (await desk.http.post(path, content=b"{}")).status_code == 400
    assert (await desk.http.post(path, content=b"x" * (512 * 1024 + 1))).status_code == 413
    assert await knocked() == before


@on_each_database
async def test_put_back_it_waits_for_anybody(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    customer, where = await helpdesk.asked()
    await helpdesk.says("Powód")
    await helpdesk.act("assign", agent="Zofia")
    await in_mode(customer, "agent")
    await helpdesk.act("leave")
    await in_mode(customer, "waiting")
    assert present(await desk.installation.store.read(lambda c: handoffs.find_open_request(c, where))).agent_id is None
    await helpdesk.act("say", "")
    await helpdesk.says("można przekazać tylko tekst")
    await helpdesk.act("resolve")
    await in_mode(customer, "bot")


@on_each_database
async def test_whoever_is_erased_is_erased_there(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    scripted = await Scripted(desk, Person()).run("tax_number")
    await scripted.customer.say("/agent")
    where = await id_of(desk, scripted.customer)
    await helpdesk.says("Powód")
    store, now = desk.installation.store, desk.installation.clock.now()
    here = present(await store.read(lambda c: conversations.load(c, where, lock=False)))
    account = here.account_id or ""
    await store.write(lambda c: erase(c, account_id=account, on_file="forget", going_on=(), now=now))
    await helpdesk.until(lambda all: not all)

    async def forgotten() -> bool:
        return await store.read(lambda c: THREADS.of(c, where, INBOX)) is None

    await until(forgotten)
    assert await helpdesk.contacts() == []
