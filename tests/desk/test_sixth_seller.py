"""A seller in another country and language, of whom nothing is known but a folder: a whole journey, to paid."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.rooms import ROOT
from tests.desk.agent_http import AgentHttp
from tests.desk.running import running_desk
from tests.desk.scripted import TABLE, Person, Scripted, only

WAYS = ("start:buy", "account:new", "auto_renewal:no", "plan:team", "addons:none", "years:2")
DECIDING = ("terms:accept", "clauses:accept", "pay:now")


@dataclass
class Buyer(Person):
    """Somebody who buys for a company in Germany, whose register keeps names and addresses back."""

    method: str = "paypal"
    locale: str = "de"
    nip: str = "136 695 976"
    ways: tuple[str, ...] = (*WAYS, *DECIDING)
    person_name: str = "Anna Schmidt"
    name: str = "Bäckerei Morgenrot GmbH"
    street: str = "Lindenstraße 12"
    postal_code: str = "D-80331"
    city: str = "München"


class InWords(Scripted):
    """Chooses by typing what the buttons say."""

    async def act(self) -> None:
        said = {
            "account.start": "Ich möchte kaufen",
            "company.country": "Deutschland",
            "order.plan": "Team bitte",
            "order.years": "zwei Jahre",
            "order.method": "mit PayPal",
            "order.terms": "ich stimme zu",
            "order.clauses": "ja, ich bestätige",
        }
        if (words := said.get(self.customer.at)) is not None:
            await self.customer.say(words)
        else:
            await TABLE[self.customer.expects](self)


async def test_the_folder_is_all_that_a_sixth_seller_needs(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "profiles/kontorblatt", tmp_path / "somewhere/else"))

    async with running_desk(tmp_path / "desk", profile=folder) as desk:
        scripted = InWords(desk, Buyer())
        await scripted.run()

        stood: list[str] = list(dict.fromkeys(place.partition(".")[0] for place in scripted.trail))
        assert stood.index("company") < stood.index("order")
        assert "Kundenbereich" in scripted.customer.said[-1]
        card = await desk.card(scripted.person.email)
        order, company = only(card["orders"]), only(card["companies"])
        assert (order["status"], order["method"], order["currency"]) == ("paid", "paypal", "EUR")
        assert order["items"] == [{"id": "team", "quantity": 1, "term": "P2Y", "years": 2}]
        assert (order["net"], order["vat"], order["gross"]) == (45600, 8664, 54264)
        assert order["number"].startswith("KB/")
        assert (company["country"], company["tax_number"]) == ("DE", "DE136695976")
        assert company["name"] == "Bäckerei Morgenrot GmbH"
        assert (company["postal_code"], company["city"]) == ("80331", "München")
        assert card["locale"] == "de"
        letters = [letter["subject"] for letter in await desk.outbox(scripted.person.email)]
        assert any(one.endswith(": Bitte bestätigen Sie Ihre E-Mail-Adresse – Kontorblatt") for one in letters)

        page = await desk.http.get("/chat", headers={"accept-language": "de-AT,de;q=0.9"})
        assert "Nachricht schreiben" in page.text
        assert '<html lang="de"' in page.text


async def test_a_small_business_without_a_number_buys_once_a_person_says_so(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=ROOT / "profiles/kontorblatt") as desk:
        helped = InWords(desk, Buyer(name="Ben Maurer"))
        await helped.run("tax_number")
        await helped.customer.say("/agent")
        [where] = [found["id"] for found in (await desk.card(helped.person.email))["conversations"]]
        anna = await AgentHttp.logged_in(desk)
        await anna.act(where, "take")
        await anna.get(f"/desk/c/{where}")
        assert 'name="way" value="none"' in anna.page
        assert (await anna.act(where, "correct", step="company.tax_number", value="", way="none")).status_code == 303
        await anna.act(where, "give-back")
        await helped.customer.look()
        await helped.run()
        card = await desk.card(helped.person.email)
        order, company = only(card["orders"]), only(card["companies"])
        assert (company["name"], company["tax_number"], company["check"]) == ("Ben Maurer", "", "not_found")
        assert (order["status"], order["net"], order["vat"]) == ("paid", 45600, 8664)
