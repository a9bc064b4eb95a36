"""Whoever writes again when their conversation was deleted has a second one under the same id: nothing of the first
is given out again.

One conversation's life ends when its time is over, by the desk's clock; the same sender begins another one, with other
data, under the same id and from revision 0 on.
"""

import random
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id
from bot.conversation.inbound import Inbound, Text
from bot.simulation.customer import SimulatedCustomer
from bot.simulation.person import Diary, draw
from bot.simulation.run import new_desk
from bot.simulation.visit import SimulatedVisit, open_visit
from services.accounts import accounts, credentials
from services.contacts import contacts
from services.store import conversations
from services.store.tables.schema import metadata
from tests.architecture.rooms import ROOT
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Json, Running, running_desk
from tests.desk.scripted import PASSWORD, Person, Scripted
from tests.nightly import portion
from values.channel import Channel

AGED = 60 * 24 * 3600.0
SELLERS = sorted(path.parent.name for path in (ROOT / "profiles").glob("*/profile.toml"))
ON_FILE = ("r2platnik", "vectra")
"""Whose customers differ in how they go: by the contacts and programs on file."""
OWN, OTHERS = "napastnik@example.com", "ofiara@example.com"


async def letters(desk: Running, to: str) -> list[Json]:
    return await desk.outbox(to)


async def asks_for_a_password(desk: Running, sender: Customer, email: str) -> None:
    await sender.say("start:forgot_password")
    await sender.say(email)
    await desk.advance(1)


async def owner_of(desk: Running, email: str) -> str:
    """Make an active account with a password of its own, as its owner did long ago; return its id."""
    number, now = f"{len(email):032x}", desk.installation.clock.now()

    def made(connection: sa.Connection) -> str:
        where = conversations.open_talk(connection, "terminal", f"home of {email}", "pl", now, f"home-{number}").id
        credentials.store(connection, f"password-{number}", "$argon2id$unknown", now)
        given: Mapping[str, Any] = {"email": email, "email_key": email, "credential_id": f"password-{number}"}
        accounts.sign_up(
            connection, account_id=number, locale="pl", demanded=("email",), conversation_id=where, now=now, **given
        )
        contacts.prove(connection, account_id=number, kind="email", value=email, key=email, now=now)
        return number

    return await desk.installation.store.write(made)


async def credential_of(desk: Running, account_id: str) -> str | None:
    found = await desk.installation.store.read(lambda c: accounts.get(c, account_id))
    return None if found is None else found.credential_id


async def life_of(desk: Running, sender: str) -> conversations.StoredConversation | None:
    where = conversation_id("rest", sender)
    return await desk.installation.store.read(lambda c: conversations.load(c, where, lock=False))


@on_each_database
async def test_a_link_of_a_former_life_opens_nobody_elses_account(desk: Running) -> None:
    mine, theirs = await owner_of(desk, OWN), await owner_of(desk, OTHERS)
    sender = desk.customer()
    await asks_for_a_password(desk, sender, OWN)
    (letter,) = await letters(desk, OWN)
    await desk.advance(AGED)
    assert await life_of(desk, sender.sender) is None, "nobody's conversation goes after its time, by the desk's clock"

    await asks_for_a_password(desk, sender, OTHERS)
    (told,) = await letters(desk, OTHERS)
    assert told["links"][0] not in letter["links"]
    before = await credential_of(desk, theirs)
    answer = await desk.http.post(letter["links"][0], data={"password": PASSWORD, "password_repeat": PASSWORD})
    assert answer.status_code in (404, 410)
    assert await credential_of(desk, theirs) == before
    done = await desk.http.post(told["links"][0], data={"password": PASSWORD, "password_repeat": PASSWORD})
    assert done.status_code == 200, "the owner's own letter is good"
    assert await credential_of(desk, theirs) not in (before, await credential_of(desk, mine))


@pytest.mark.parametrize("channel", [Channel.REST, Channel.WEB, Channel.TELEGRAM])
async def test_the_second_life_has_letters_of_its_own_on_each_channel(desk: Running, channel: Channel) -> None:
    await owner_of(desk, OWN)
    await owner_of(desk, OTHERS)
    chat, links = desk.installation.container.desk, list[str]()
    for life, email in enumerate((OWN, OTHERS)):
        for number, words in enumerate(("start:forgot_password", email)):
            key = f"sender:{life}:{number}"
            await chat.receive(Inbound(channel, "a-sender-of-two-lives", key, Text(words), locale_hint="pl"))
        await desk.advance(1)
        links += [letter["links"][0] for letter in await letters(desk, email)]
        await desk.advance(AGED)
    assert len({*links}) == 2


@pytest.mark.stage("paid")
async def test_who_was_logged_out_and_comes_back_as_somebody_else_gets_an_account_of_their_own(
    desk: Running, buyer: Scripted
) -> None:
    await buyer.say("zone:log_out")
    await desk.advance(AGED)
    assert await life_of(desk, buyer.customer.sender) is None
    again = Scripted(desk)
    again.customer.sender = buyer.customer.sender
    await again.run()
    old, new = await desk.card(buyer.person.email), await desk.card(again.person.email)
    assert new["account"]["status"] == "active"
    assert not {*_ids(old)} & {*_ids(new)}
    assert [one["how"] for one in old["consents"] if "how" in one] == [
        one["how"] for one in (await desk.card(buyer.person.email))["consents"] if "how" in one
    ]


def _ids(card: Any) -> Iterable[str]:
    """Yield all ids of a customer's card but those of consents, which are the seller's."""
    for name in ("companies", "orders", "payments", "subscriptions", "methods"):
        yield from (str(row["id"]) for row in card[name])
    yield str(card["id"])


async def names(visit: SimulatedVisit) -> dict[str, set[str]]:
    """Return what rows are known by for ever, by table: drawn and derived ids, jobs' keys, hashes of tokens."""

    def read(connection: sa.Connection) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for table in metadata.sorted_tables:
            known_by = [c for c in table.c if c.name in ("id", "challenge_id", "key", "token_hash")]
            for column in known_by if table.name not in OF_THE_OUTSIDE else ():
                values = connection.execute(sa.select(column)).scalars()
                found[str(column)] = {value for value in values if isinstance(value, str)}
        return found

    return await visit.desk.store.read(read)


OF_THE_OUTSIDE = ("conversation", "customer_on_file", "inbound", "contact", "contact_claim", "agent")
"""Named by what is outside: an address, a customer's number, a message."""


async def plays(visit: SimulatedVisit, person: Person, seed: int) -> None:
    visit.door.locale = person.locale
    seller, dice = visit.desk.profile.seller, random.Random(seed)
    await SimulatedCustomer(visit, person, visit.door, seller=seller, dice=dice).live()


def subjects(messages: list[Json], person: Person) -> list[tuple[str, str]]:
    """Return what came to the person: kind and, of letters, subject without its digits."""
    mine = [one for one in messages if one["to"] in (person.email, person.phone)]
    return sorted((one["kind"], re.sub(r"\d", "0", one["subject"] or "")) for one in mine)


async def two_people(visit: SimulatedVisit) -> tuple[Person, Person]:
    """Return two customers of the seller of one language, who differ in all that they are known by."""
    seller, people = visit.desk.profile.seller, await visit.ask("GET", "/sandbox/api/people")
    drawn = (draw(seller, people, seed, random.Random(seed)) for seed in range(1, 400))
    new = [one for one in drawn if one.email.startswith("customer.")] or [*drawn]
    first, *others = new or [draw(seller, people, seed, random.Random(seed)) for seed in range(1, 400)]
    others = [one for one in others if one.locale == first.locale and one.email != first.email]
    return first, next((one for one in others if one.phone != first.phone), others[0])


@asynccontextmanager
async def _visited(seller: str, folder: Path, sender: str) -> AsyncGenerator[SimulatedVisit]:
    async with (
        new_desk(ROOT / "profiles" / seller, folder) as desk,
        open_visit(desk, sender, desk.profile.seller.locales[0], Diary()) as visit,
    ):
        yield visit


@pytest.mark.parametrize("seller", portion(SELLERS, 3))
async def test_the_second_life_of_a_sender_shares_nothing_with_the_first(seller: str, tmp_path: Path) -> None:
    sender = "sender-of-two-lives-0001"
    async with _visited(seller, tmp_path, sender) as visit:
        first, other = await two_people(visit)
        await plays(visit, first, 1)
        where = conversation_id("rest", sender)
        await visit.desk.store.write(lambda c: accounts.unbind_conversation(c, conversation_id=where))
        gone, told = await names(visit), subjects(await visit.outbox(), first)
        visit.door.custom = None
        await visit.advance(AGED)
        left = await visit.desk.store.read(lambda c: named(c, where))
        assert left == [], "what is kept doesn't name the conversation that is deleted"
        before = await names(visit)

        async with open_visit(visit.desk, sender, first.locale, Diary()) as back:
            await plays(back, other, 1)
            after = await names(visit)
            again = {table: (after[table] - before[table]) & gone[table] for table in after}
            assert not {table: found for table, found in again.items() if found}, "given out twice"
            if seller not in ON_FILE:
                assert subjects(await back.outbox(), other) == told, "every letter and text message was sent"


def named(connection: sa.Connection, conversation: str) -> list[str]:
    """Return the columns of all tables in which the id stands, alone or at the beginning of a name."""
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, sa.Text) and table.name != "inbound"
        if connection.execute(sa.select(column).where(column == conversation).limit(1)).first()
    ]


# --- histories ---


@dataclass
class Histories:
    """Senders who ask, log in, log out and go, for several owners' accounts, in any order.

    Nobody reads another's mailbox. `links` are all that an owner was ever mailed.
    """

    desk: Running
    dice: random.Random
    owners: dict[str, str] = field(default_factory=dict[str, str])
    senders: list[Customer] = field(default_factory=list[Customer])
    links: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    trail: list[str] = field(default_factory=list[str])

    async def begin(self) -> None:
        for n in range(3):
            email = f"{'abc'[n] * (n + 1)}@example.com"
            self.owners[email] = await owner_of(self.desk, email)
            self.links[email] = []
        self.senders = [self.desk.customer() for _ in range(2)]

    async def run(self, steps: int) -> None:
        for _ in range(steps):
            name, email = self.dice.choice([*ACTS]), self.dice.choice([*self.owners])
            self.trail.append(f"{name} {email}")
            before = await self._credentials()
            await ACTS[name](self, email, self.dice.choice(self.senders))
            after = await self._credentials()
            others = [one for one in self.owners if one != email and before[one] != after[one]]
            assert not others, (others, self.trail)

    async def _credentials(self) -> dict[str, str | None]:
        return {email: await credential_of(self.desk, id) for email, id in self.owners.items()}

    async def asks(self, email: str, sender: Customer) -> None:
        """Every wish for a new password is answered by a letter, and by one that nobody has had before."""
        await sender.say("/restart")
        await asks_for_a_password(self.desk, sender, email)
        if sender.at != "account.email_link":
            return
        got = [letter["links"][0] for letter in await self.desk.outbox(email)]
        fresh = [link for link in got if link not in self.links[email]]
        assert fresh, ("no letter came", self.trail)
        assert not {*fresh} & {link for links in self.links.values() for link in links}, ("given twice", self.trail)
        self.links[email] += fresh

    async def tries_all_links(self, email: str, _sender: Customer) -> None:
        """The owner posts whatever they were ever mailed."""
        for link in self.links[email]:
            mine = f"{PASSWORD}-{email}"
            await self.desk.http.post(link, data={"password": mine, "password_repeat": mine})

    async def goes(self, _email: str, _sender: Customer) -> None:
        await self.desk.advance(AGED)

    async def leaves(self, _email: str, sender: Customer) -> None:
        await sender.say("zone:log_out")


ACTS: dict[str, Callable[[Histories, str, Customer], Awaitable[None]]] = {
    "asks": Histories.asks,
    "tries all links": Histories.tries_all_links,
    "goes": Histories.goes,
    "leaves": Histories.leaves,
}


async def lived(folder: Path, seed: int) -> None:
    async with running_desk(folder) as desk:
        history = Histories(desk, random.Random(seed))
        await history.begin()
        await history.run(14)


async def lived_several(folder: Path, seeds: Iterable[int]) -> None:
    for seed in seeds:
        (folder / str(seed)).mkdir()
        await lived(folder / str(seed), seed)


@pytest.mark.parametrize("seed", range(4))
async def test_no_act_of_one_subject_changes_anothers_row(seed: int, tmp_path: Path) -> None:
    await lived(tmp_path, seed)


async def test_without_the_mark_such_histories_find_it_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations.StoredConversation, "life", property(lambda self: self.id))
    with pytest.raises(AssertionError):
        await lived_several(tmp_path, range(12))
