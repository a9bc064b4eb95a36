"""A value of each masked kind, answered, corrected, refused, offered and echoed, on a whole desk.

Nobody who hasn't opened the card reads it: in the console, its queue and search, support's mailbox, the agents' group
and the help desk.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.agents import audit
from tests.bot.handlers.telegram.bot_api import TOKEN, hall, serve_bot_api
from tests.bot.handlers.telegram.forum_api import GROUP, ForumBotApi
from tests.desk.agent_http import AgentHttp
from tests.desk.forum import id_of
from tests.desk.helpdesk import Helpdesk, help_desk
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, until
from tests.kit.talks import says
from tests.masks import MASKED
from tests.sellers.sellers import profile_with
from values.kinds import MASKS

ANSWERED = {"email": "biuro.marty@example.com", "phone": "+48600711811"}
CORRECTED = {"email": "nowa.marta@example.com", "phone": "+48601722822"}
REFUSED = {"email": "stara.marta@example", "phone": "6027338"}
"""Of each kind: an answer, another one, and one that isn't taken."""
SUPPORT = "pomoc@example.com"
KEEP = {"contact": "account", "company": "company"}
OWN = {f"{kind}_{after}": kind for kind in ("text", *MASKED) for after in KEEP}
"""Questions of each masked kind, and in words, with the account and with the company: their kinds by their ids."""
WORDS = """
[question.{id}]
ask = "?"
label = "{label}"
help = "?"
called = "{called}"
change = "{label}"
"""


def asking(folder: Path) -> Path:
    """A seller who asks these questions."""
    rules = (
        f'[[question]]\nid = "{id}"\nkind = "{kind}"\nafter = "{id.split("_")[1]}"\nkeep = "{KEEP[id.split("_")[1]]}"\n'
        for id, kind in OWN.items()
    )
    profile_with(folder, "\n".join(rules))
    for locale in ("pl", "it", "en"):
        (folder / "texts" / locale).mkdir(exist_ok=True)
        words = (WORDS.format(id=id, label=named(id), called=named(id).lower()) for id in OWN)
        (folder / "texts" / locale / "asked.toml").write_text("".join(words), "utf-8")
    return folder


def named(id: str) -> str:
    return f"Pole {id.replace('_', ' ')}"


class Answering(Scripted):
    """A customer who gives each own question a value that isn't taken, then one that is, and corrects it at once."""

    async def act(self) -> None:
        step = self.customer.custom["step"]
        kind = OWN.get(step)
        if kind == "text":
            await self.customer.say(f"najlepiej {ANSWERED['phone']} albo {ANSWERED['email']}")
        elif kind is not None:
            await says(self.customer, REFUSED[kind], ANSWERED[kind], f"nie, {named(step).lower()} to {CORRECTED[kind]}")
        elif step == "email":
            await self.customer.say(self.person.email.replace("gmail", "gmial"))
            assert "domain:corrected" in self.customer.buttons
            await self.customer.say("domain:corrected")
        else:
            await super().act()


def raw(person: Person) -> Iterator[str]:
    """Return the parts that nobody is to read: of addresses before the @, ends of numbers."""
    for value in (*ANSWERED.values(), *CORRECTED.values(), *REFUSED.values(), person.email, person.phone):
        yield f"{value.partition('@')[0]}@" if "@" in value else value[-6:]


def leaks(shown: str, person: Person) -> list[str]:
    """The values that can be read in what is shown, however numbers are spaced."""
    together = re.sub(r"(?<=\d)[  .()-]+(?=\d)", "", shown)
    return [value for value in raw(person) if value in shown or value in together]


def test_there_is_a_value_of_each_masked_kind() -> None:
    assert {*MASKED} == {*ANSWERED} == {*CORRECTED} == {*REFUSED} == {str(expects) for expects in MASKS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return asking(tmp_path / "seller")


async def test_no_value_of_a_masked_kind_is_read_unopened(
    tmp_path: Path, folder: Path, request: pytest.FixtureRequest
) -> None:
    api = ForumBotApi()
    async with hall() as telegrams:
        serve_bot_api(telegrams, api)
        given = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, "telegram_desk_chat": GROUP}
        data = tmp_path / "data"
        async with help_desk("sqlite", request, data, profile=folder, support_email=SUPPORT, **given) as (
            desk,
            helpdesk,
        ):
            person = Person(email="ewa.kowalska.test@gmail.com")
            scripted = await Answering(desk, person).run("payment")
            await scripted.act()
            for notice in helpdesk.office.notices():
                await helpdesk.office.bring(notice)
            customer = (await scripted.run()).customer
            answers = await kept(desk, person)
            assert answers >= {CORRECTED["email"], CORRECTED["phone"]}, answers
            assert any("Poprawione" in said and CORRECTED["email"] in said for said in customer.said)
            await says(customer, "/agent", f"proszę dzwonić: 601-722-822, albo {CORRECTED['email']}")
            where = await id_of(desk, customer)
            await everywhere(desk, helpdesk, api, where, person)
            await proposals(desk, helpdesk, api, where, scripted)
            await opened(desk, helpdesk, where, person)


async def kept(desk: Running, person: Person) -> set[str]:
    card = await desk.card(person.email)
    return {str(v) for one in (card["account"], *card["companies"]) for v in one["answers"].values()}


async def everywhere(desk: Running, helpdesk: Helpdesk, api: ForumBotApi, where: str, person: Person) -> None:
    """Look into each place where agents read."""
    marek = await AgentHttp.logged_in(desk, "marek", behind=helpdesk.office.desks[0].url)
    assert not leaks(marek.page, person), "in the queue"
    for path in (f"/desk/c/{where}", f"/desk/c/{where}?whole=1"):
        await marek.get(path)
        assert "•••" in marek.page
        assert not leaks(marek.page, person), path
    for sought in ("pole", "zapisane", "poprawione", "najlepiej", "example", "proszę"):
        found = await marek.post("/desk/search", q=sought)
        assert where in found.text or sought != "pole"
        assert not leaks(found.text, person), sought
    await until(lambda: there(helpdesk, "proszę dzwonić"))
    listed = await helpdesk.listed()
    told = json.dumps([[one["messages"], one["custom_attributes"]] for one in listed], ensure_ascii=False)
    assert not leaks(told, person), "in the help desk"
    names = json.dumps([one["name"] for one in await helpdesk.contacts()], ensure_ascii=False)
    assert not leaks(names, person), "in the help desk's list of contacts"
    await until(lambda: in_group(api, "proszę dzwonić"))
    for topic in api.topics.values():
        assert not leaks("\n".join((topic.name, topic.whole)), person), "in the agents' group"
    letters = await desk.outbox(SUPPORT)
    assert letters
    for letter in letters:
        assert not leaks("\n".join((letter["subject"], letter["text"], letter.get("html") or "")), person)
        assert f"/desk/c/{where}" in letter["text"]


async def there(helpdesk: Helpdesk, words: str) -> bool:
    return any(words in (m["content"] or "") for one in await helpdesk.listed() for m in one["messages"])


async def in_group(api: ForumBotApi, words: str) -> bool:
    return any(words in topic.whole for topic in api.topics.values())


async def proposals(desk: Running, helpdesk: Helpdesk, api: ForumBotApi, where: str, scripted: Scripted) -> None:
    """An agent proposes an address, and the customer is asked: others see neither."""
    anna = await AgentHttp.logged_in(desk, behind=helpdesk.office.desks[0].url)
    await anna.act(where, "take")
    proposed = CORRECTED["email"]
    assert (await anna.act(where, "correct", step="einvoice.invoice_email", value=proposed)).status_code == 303
    await everywhere(desk, helpdesk, api, where, scripted.person)
    await anna.act(where, "give-back")
    await scripted.customer.settled()
    assert proposed in scripted.customer.said[-1]
    await everywhere(desk, helpdesk, api, where, scripted.person)
    await scripted.customer.say("nie")
    await everywhere(desk, helpdesk, api, where, scripted.person)


async def opened(desk: Running, helpdesk: Helpdesk, where: str, person: Person) -> None:
    """Whoever opens the card reads the contacts and the answers, and that is noted."""
    marek = await AgentHttp.logged_in(desk, "marek", behind=helpdesk.office.desks[0].url)
    assert (await marek.act(where, "show")).status_code == 200
    for value in (CORRECTED["email"], person.email, "+48 601 722 822"):
        assert value in marek.words, value
    assert person.email.replace("gmail", "gmial") + " tylko podany w rozmowie" in re.sub(r"\s+", " ", marek.words)
    trail = await desk.installation.store.read(lambda c: audit.page(c, most=100))
    assert audit.CONTACTS_OPENED in [line.what for line in trail]
