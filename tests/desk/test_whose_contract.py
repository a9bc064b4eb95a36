"""A stranger's sentence ends nobody's contract: it waits until that contract's own account stands behind it.

By a log-in in that chat, or by the link in a letter to its proven address; from the hour of the statement on.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import Scripted, until
from tests.desk.test_log_ins_told import log_in

pytestmark = pytest.mark.stage("paid")

STATED = {
    "pl": ("Odstępuję od umowy {number}", "poproś o link", "To oświadczenie jest"),
    "it": ("Recedo dal contratto {number}", "chiedi un link", "La dichiarazione è confermata"),
    "en": ("I withdraw from contract {number}", "ask for a link", "The statement is confirmed"),
}
ASKS = "to Ty?"
"""In the subject of the letter to the contract's account."""


@dataclass
class Case:
    """A contract's owner, a stranger who names its number, and Anna, who has the stranger's chat."""

    desk: Running
    owner: Scripted
    number: str
    stranger: Customer
    anna: AgentHttp
    where: str
    at: datetime

    @property
    def email(self) -> str:
        return self.owner.person.email

    async def takes(self) -> None:
        """Anna logs in and takes the chat, where nobody has it."""
        self.anna = await AgentHttp.logged_in(self.desk)
        assert (await self.anna.act(self.where, "take")).status_code == 303

    async def hours_pass(self) -> None:
        """Nobody does anything; then Anna takes the chat again."""
        await self.desk.advance(timedelta(hours=3).total_seconds())
        await self.takes()

    async def order(self) -> Json:
        return (await self.desk.card(self.email))["orders"][-1]

    async def decides(self, decision: str, **fields: str) -> int:
        """Anna presses a button of the form, or sends what it would have sent; the answer's status."""
        await self.anna.get(f"/desk/c/{self.where}")
        [shown, *_] = re.findall(r'(?:name="id" value|id="sum-accept_withdrawal)[-="]*([^"]+)"', self.anna.page)
        if decision == "ask":
            sent: dict[str, Any] = {"id": shown, "number": self.number, **fields}
            return (await self.anna.act(self.where, "ask-proof", **sent)).status_code
        wanted = {"of": shown, "typed": self.number, "reason": "Nie tak."}
        return (await self.anna.means(self.where, f"{decision}-withdrawal", **wanted)).status_code

    async def letters(self, count: int, to: str = "") -> list[Json]:
        """The letters that ask whether it was the owner."""

        async def found() -> list[Json]:
            return [one for one in await self.desk.outbox(to or self.email) if ASKS in one["subject"]]

        async def there() -> bool:
            return len(await found()) >= count

        await until(there)
        assert len(await found()) == count
        return await found()

    async def proven(self, count: int = 1) -> str:
        """The owner follows the newest link and presses; what the page says."""
        [*_, letter] = await self.letters(count)
        page = letter["links"][0]
        assert (await self.desk.http.get(page)).status_code == 200
        assert await self.decides("accept") == 422, "a link that is looked at proves nothing"
        done = await self.desk.http.post(page)
        assert done.status_code == 200, done.text
        await self.stranger.settled()
        return done.text

    async def untouched(self) -> None:
        """The contract goes on, and nobody was told anything of it."""
        assert (await self.order())["withdrawn_at"] is None
        assert not [one for one in await self.desk.outbox(self.email) if "Przyjęliśmy" in one["subject"]]


async def logs_in(case: Case, email: str) -> None:
    """The stranger, with this account: Anna gives the chat back for it, and takes it again."""
    assert (await case.anna.act(case.where, "give-back")).status_code == 303
    await log_in(case.desk, email, case.stranger)
    await case.stranger.look()
    if case.stranger.custom is not None and case.stranger.custom["mode"] == "bot":
        await case.stranger.say("/agent")
    await case.takes()


async def case_of(desk: Running, owner: Scripted, locale: str = "pl") -> Case:
    number = (await desk.card(owner.person.email))["orders"][-1]["number"]
    stranger = desk.customer(locale)
    await stranger.say("/start")
    at = await desk.now()
    await stranger.say(STATED[locale][0].format(number=number))
    anna = await AgentHttp.logged_in(desk)
    where = anna.page.split('id="row-', 1)[1].split('"', 1)[0]
    assert (await anna.act(where, "take")).status_code == 303
    return Case(desk, owner, number, stranger, anna, where, at)


@pytest.fixture
async def case(desk: Running, buyer: Scripted) -> Case:
    return await case_of(desk, buyer)


def from_then(case: Case, withdrawn_at: str) -> bool:
    return abs(datetime.fromisoformat(withdrawn_at) - case.at) < timedelta(minutes=1)


@pytest.mark.parametrize("locale", STATED)
async def test_it_is_acknowledged_held_and_shown_with_whose_contract_it_names(
    desk: Running, buyer: Scripted, locale: str
) -> None:
    case = await case_of(desk, buyer, locale)
    said = "\n".join(case.stranger.said[-2:])
    assert STATED[locale][1] in said
    assert case.number not in said, "whether there is such a contract is told to nobody"
    await case.anna.get(f"/desk/c/{case.where}")
    words = case.anna.words
    assert "Jeszcze niepotwierdzone" in words
    assert case.number in words
    assert "k•••@example.com" in words
    assert case.email not in words
    assert "P••• B•••" in words, "the firm's name, masked"
    assert 'value="accept"' not in case.anna.page
    assert 'value="refuse"' not in case.anna.page


@on_each_database
async def test_the_link_to_the_contracts_address_proves_it_from_hour_of_words(desk: Running, buyer: Scripted) -> None:
    case = await case_of(desk, buyer)
    await case.hours_pass()
    assert await case.decides("ask") == 303
    await case.anna.get(f"/desk/c/{case.where}")
    assert "Anna wysyła na adres umowy link" in case.anna.words
    [letter] = await case.letters(1)
    assert case.number in letter["text"]
    assert "Odstępuję" not in letter["text"], "a stranger's words are mailed to nobody"
    assert case.email not in str(case.stranger.said)
    assert "liczy się od chwili" in await case.proven()
    assert (await desk.http.post(letter["links"][0])).status_code == 410, "once"
    assert await case.decides("accept") == 303
    order = await case.order()
    assert from_then(case, order["withdrawn_at"]), order
    assert (await case.anna.act(case.where, "done")).status_code == 303
    await case.stranger.look()
    assert "Mamy Twoje oświadczenie o odstąpieniu od umowy" in "\n".join(case.stranger.said)


async def test_whoever_ignores_the_letter_loses_nothing_and_its_link_ends(case: Case) -> None:
    assert await case.decides("ask") == 303
    [letter] = await case.letters(1)
    await case.desk.advance(timedelta(days=15).total_seconds())
    assert (await case.desk.http.get(letter["links"][0])).status_code == 410
    assert (await case.desk.http.post(letter["links"][0])).status_code == 410
    await case.stranger.say("/agent")
    await case.takes()
    assert await case.decides("accept") == 422
    await case.untouched()


async def test_a_log_in_of_the_contracts_own_account_proves_it(case: Case) -> None:
    await case.hours_pass()
    await logs_in(case, case.email)
    assert "nic za tę umowę nie pobierzemy" in "\n".join(case.stranger.said)
    assert await case.decides("accept") == 303
    assert from_then(case, (await case.order())["withdrawn_at"])


async def test_only_a_contract_with_a_proven_address_is_written_to_and_not_without_end(case: Case) -> None:
    assert await case.decides("ask", number="FS/2026/999999") == 422
    assert "o takim numerze nie ma" in case.anna.words
    sent = [await case.decides("ask") for _ in range(7)]
    assert (sent.count(303), sent[-1]) == (len(sent) - sent.count(422), 422)
    assert "za dużo listów" in case.anna.words
    assert await case.decides("ask", id="another") == 404


async def test_a_statement_is_of_its_conversation_alone(case: Case) -> None:
    """A chat that the same agent has, and where the contract's owner is, is no way round."""
    await case.owner.say("/agent")
    anna = await AgentHttp.logged_in(case.desk)
    [there] = [one for one in re.findall(r'id="row-([^"]+)"', anna.page) if one != case.where]
    assert (await anna.act(there, "take")).status_code == 303
    await anna.get(f"/desk/c/{case.where}")
    [stated] = re.findall(r'name="id" value="([^"]+)"', anna.page)
    for name in ("accept-withdrawal", "refuse-withdrawal"):
        done = await anna.act(there, name, of=stated, typed=case.number, reason="Nie.")
        assert done.status_code == 404
    assert (await anna.act(there, "ask-proof", id=stated, number=case.number)).status_code == 404
    await case.untouched()
