"""The one customer of tests (`sandbox.testing`): by every door, with facts of their own, in a seller's own tests."""

import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.cli.new import begin
from bot.handlers.rest.channel import Rest
from docs.dev.samples.doors import TelegramDoor, WebDoor
from sandbox.testing import Customer, CustomerDoor, NotDone, Person, RestDoor
from sandbox.testing.customer import WAYS
from tests.architecture.players import players
from tests.architecture.rooms import ROOT
from tests.desk.running import Running, http_client, running_desk

CLASSES = """
class Says:
    def say(self): ...
class Goes(Says):
    def run(self): self.say()
class Changes(Says):
    def press(self): ...
class Taps:
    def run(self): self.hands.left.tap()
class Presses:
    def run(self): return [Press("pay:now")]
class Door:
    said: list
    def __init__(self): self.buttons = []
    def expects(self): ...
    def at(self): ...
    def say(self): ...
    def look(self): ...
    def link(self): ...
class Other(Door):
    def look(self): self.say()
class Prints:
    def run(self, page): page.press()
"""


def door_to(desk: Running, name: str, person: Person) -> CustomerDoor:
    match name:
        case "in process":
            transport = httpx.ASGITransport(app=Starlette(routes=Rest(desk.installation.desk, "pl").routes()))
            return RestDoor(httpx.AsyncClient(transport=transport, base_url="http://desk"))
        case "web":
            return WebDoor(http_client(desk.url))
        case "telegram":
            return TelegramDoor(desk, {"NIP": "tax_number", "e-mail": "email"}, person.phone)
        case _:
            return RestDoor(desk.http)


@pytest.mark.parametrize("name", ["rest", "in process", "web", "telegram"])
async def test_one_customer_signs_up_orders_and_pays_by_every_door(tmp_path: Path, name: str) -> None:
    person = Person(method="card", ways=(*WAYS, *(["terms_clauses:accept"] if name == "telegram" else [])))
    async with running_desk(tmp_path, telegram_mode="polling" if name == "telegram" else "off") as desk:
        customer = Customer(desk, person, via=door_to(desk, name, person))
        await customer.run("payment")
        assert customer.door.expects == "payment"
        await customer.run()
        card = await desk.card(person.email)
        assert [(order["status"], order["method"]) for order in card["orders"]] == [("paid", "card")]
        assert card["phone"] == person.phone
        assert {talk["channel"] for talk in card["conversations"]} == {name if name in ("web", "telegram") else "rest"}


async def test_facts_win_and_what_is_missing_is_named(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        person = Person(facts={"company.tax_number": "7003004002", "email": "facts@example.com"})
        customer = await Customer(desk, person).run("confirm_data")
        assert (await desk.card("facts@example.com"))["phone"] == person.phone
        assert "700-300-40-02" in customer.door.said[-1].replace("7003004002", "700-300-40-02")
        with pytest.raises(NotDone, match="nothing wanted is offered at account"):
            await Customer(desk, Person(ways=())).run()
        refused = Customer(desk, Person(facts={"email": "nie-adres"}))
        with pytest.raises(NotDone, match=r"“nie-adres” is refused at account\.\w+: \["):
            await refused.run()
        assert refused.trail.count(refused.door.at) == 3
        with pytest.raises(NotDone, match="never came to"):
            await Customer(desk).run("nowhere", most=2)
        with pytest.raises(NotDone, match="the open step has no link payment"):
            customer.door.link("payment")
        with pytest.raises(NotDone, match="no form at"):
            await desk.fill_in("/s/not-a-token")


def test_who_plays_a_customer_is_seen_by_what_a_class_does(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "some.py").write_text(CLASSES)
    assert [one.partition(": ")[2] for one in players(tmp_path)] == ["Says", "Changes", "Taps", "Presses"]


def test_a_sellers_own_tests_run_as_the_sample_says(tmp_path: Path) -> None:
    """By pytest alone, without any configuration of this repository, on the profile that `okienko new` writes."""
    begin(tmp_path / "shop")
    shutil.copy(ROOT / "docs" / "samples" / "own_tests" / "test_orders.py", tmp_path / "shop" / "tests")
    asked = (sys.executable, *"-m pytest -q -c /dev/null --rootdir . -p no:cacheprovider shop/tests".split())
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "3 passed" in done.stdout
