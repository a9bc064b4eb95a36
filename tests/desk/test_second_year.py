"""A second year of every seller: what was bought is renewed, at one sum in chat, card, books and e-mails."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from services.seller import events_out
from services.store.statements import Window
from tests.desk.databases import on, on_each_database
from tests.desk.italian import OFFICE, buying, mailed
from tests.desk.italian import PROFILE as CERTIFIED
from tests.desk.renewing import comes, goes_through, lets, taken, tells
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Scripted, logs_in_again, only, until
from tests.desk.stages import Stage, desk_at
from tests.desk.test_ordering_again import logs_in
from tests.kit.talks import says

pytestmark = [pytest.mark.desk(profile=CERTIFIED), pytest.mark.usefixtures("asked_seldom")]
TWO_YEARS = (
    *("start:buy", "addons:none", "account:new", "legal_form:company", "years:2", "terms:accept"),
    *("pay:now", "pec_ordinary:yes"),
)
LINES = [
    {"id": "base", "quantity": 1, "term": "P2Y", "years": 2},
    {"id": "users", "quantity": 2, "term": "P2Y", "years": 2},
    {"id": "space", "quantity": 2, "term": "P2Y", "years": 2},
]


async def buys(desk: Running, **person: Any) -> Scripted:
    """Base, two users and ten gigabytes for two years, paid by a card that is kept."""
    scripted = await buying(desk, extra=["users", "space"], ways=TWO_YEARS, **person).run("payment")
    await goes_through(desk, scripted.customer.link("payment")["id"], "works")
    await scripted.customer.settled()
    return await scripted.run()


@pytest.fixture
async def sold(tmp_path: Path, stages: Path) -> tuple[Customer, str, datetime]:
    """Who has bought so at a desk that is closed now, their e-mail, and when it ends."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with desk_at(stages, folder, Stage.of(buys), profile=CERTIFIED) as (desk, buyer):
        return buyer.customer, buyer.person.email, await ends_at(desk, buyer.person.email)


@asynccontextmanager
async def reopened(folder: Path, customer: Customer, *changes: tuple[str, str, str]) -> AsyncGenerator[Running]:
    """The desk of that customer, opened again by a seller who has changed the profile."""
    async with running_desk(folder / "data", profile=changed(folder, CERTIFIED, *changes)) as desk:
        customer.http = desk.http
        yield desk


async def ends_at(desk: Running, email: str) -> datetime:
    """When all that is bought ends: at the same moment."""
    [end] = {s["ends_at"] for s in (await desk.card(email))["subscriptions"]}
    return datetime.fromisoformat(end)


def changed(folder: Path, profile: Path, *changes: tuple[str, str, str]) -> Path:
    """A copy of a profile with other words in its files; a folder of its own, for a process reads each one once."""
    copy = Path(mkdtemp(dir=folder)) / profile.name
    shutil.copytree(profile, copy)
    for name, old, new in changes:
        file = copy / name
        text = file.read_text("utf-8")
        assert old in text, (name, old)
        file.write_text(text.replace(old, new), "utf-8")
    return copy


async def test_terms_that_have_changed_are_accepted_before_anything_is_charged(
    tmp_path: Path, sold: tuple[Customer, str, datetime]
) -> None:
    customer, email, end = sold
    async with reopened(tmp_path, customer, *new_terms()) as desk:
        await comes(desk, end, days=30)
        told = await tells(customer)
        assert "732,00 €" in told
        assert "versione 2027-01" in told
        assert (customer.at, customer.buttons[:2]) == ("renewal.changed_terms", ["terms:accept", "changed_terms:later"])
        await customer.say("changed_terms:later")
        assert customer.at == "zone.zone"
        await comes(desk, end, days=6)
        assert "versione 2027-01" in await tells(customer)
        assert (await taken(desk), len((await desk.card(email))["orders"])) == (1, 1)
        before = len(customer.said)
        await customer.say("terms:accept")
        await logs_in_again(customer, email)
        assert customer.at == "renewal.changed_terms", "nothing was accepted without the log-in"
        await customer.say("terms:accept")
        await desk.advance(60)
        await customer.settled()
        told = "\n".join(customer.said[before:]).replace("\xa0", " ")
        assert told.index("Grazie, è registrato") < told.index("Abbiamo addebitato 732,00 €")
        assert {c["id"]: c["version"] for c in (await desk.card(email))["consents"]}["terms"] == "2027-01"
        assert await taken(desk) == 2


async def test_who_doesnt_accept_isnt_charged_and_the_service_ends(
    tmp_path: Path, sold: tuple[Customer, str, datetime]
) -> None:
    customer, email, end = sold
    async with reopened(tmp_path, customer, *new_terms()) as desk:
        await comes(desk, end, days=-1)
        assert (await tells(customer)).count("il periodo è finito") == 1
        card = await desk.card(email)
        assert {s["status"] for s in card["subscriptions"]} == {"ended"}
        assert (len(card["orders"]), await taken(desk)) == (1, 1)
        assert customer.at != "renewal.changed_terms"


def new_terms() -> list[tuple[str, str, str]]:
    document = 'id = "terms"\nversion = "2026-11"'
    words = [(f"texts/{lang}.toml", "2026-11", "2027-01") for lang in ("it", "en", "pl")]
    return [("profile.toml", document, document.replace("2026-11", "2027-01")), *words]


@pytest.mark.stage.with_args(buys)
async def test_unpaid_after_its_grace_it_ends_and_nothing_is_awaited(desk: Running, buyer: Scripted) -> None:
    customer, email = buyer.customer, buyer.person.email
    end = await ends_at(desk, email)
    await lets(desk, "gone")
    await comes(desk, end, days=-1)
    told = await tells(customer)
    assert told.count("non è più valido") == 1
    assert told.count("non abbiamo ricevuto il pagamento del rinnovo") == 1
    assert "10 GB" in told
    assert {s["status"] for s in (await desk.card(email))["subscriptions"]} == {"grace"}
    await comes(desk, end, days=-15)
    told = await tells(customer)
    card = await desk.card(email)
    number = card["orders"][1]["number"]
    assert told.count("mai pagato, è annullato") == 1
    assert number in told
    assert "Qui mi mancano le parole" not in told
    assert {s["status"] for s in card["subscriptions"]} == {"ended"}
    assert [o["status"] for o in card["orders"]] == ["paid", "cancelled"]
    assert customer.expects == "nothing", "nobody is asked how to pay for what nobody orders"
    assert "Acquista di nuovo" in told
    assert "Il pagamento dell’ordine" not in told
    sent = await desk.installation.store.read(
        lambda c: events_out.list_events(c, Window(50), type="subscription.ended")
    )
    assert sorted(one.event.data["product"] for one in sent) == ["base", "space", "users"]


@pytest.mark.stage.with_args(buys)
async def test_what_is_left_is_ordered_anew_where_the_seller_ends_a_part_of_it(desk: Running, buyer: Scripted) -> None:
    email = buyer.person.email
    end = await ends_at(desk, email)
    await lets(desk, "gone")
    await comes(desk, end, days=3)
    card = await desk.card(email)
    [users] = [one["id"] for one in card["subscriptions"] if one["product"] == "users"]
    wanted, money = {"status": "ended", "at": "term_end", "reason": "asked"}, {"authorization": "Bearer sandbox-money"}
    assert (await desk.http.patch(f"/api/v1/subscriptions/{users}", json=wanted, headers=money)).is_success

    async def anew() -> bool:
        await desk.advance(60)
        return len((await desk.card(email))["orders"]) > 2

    await until(anew)
    orders = (await desk.card(email))["orders"]
    assert [one["status"] for one in orders] == ["paid", "cancelled", "placed"]
    assert [item["id"] for item in orders[2]["items"]] == ["base", "space"]
    await desk.pay((await desk.card(email))["payments"][-1]["id"])
    stands = {one["product"]: one["ends_at"][:4] for one in (await desk.card(email))["subscriptions"]}
    assert stands == {"base": str(end.year + 2), "space": str(end.year + 2), "users": str(end.year)}


async def test_the_free_version_has_no_term_that_ends(desk: Running) -> None:
    scripted = await buying(desk).run()
    await scripted.customer.say("zone:free_version")
    await desk.advance(timedelta(days=420).total_seconds())
    free = only([s for s in (await desk.card(scripted.person.email))["subscriptions"] if s["product"] == "free"])
    assert free["status"] == "active"
    assert "versione gratuita" not in (await tells(scripted.customer)).casefold()


@pytest.mark.stage("paid")
@pytest.mark.desk(profile=Path("profiles/fakturasmart"))
async def test_no_renewal_said_to_the_renewals_order_in_a_new_chat_withdraws_it_for_good(
    desk: Running, buyer: Scripted
) -> None:
    email = buyer.person.email
    end = await ends_at(desk, email)
    await comes(desk, end, days=6)
    customer = (await logs_in(desk, buyer, "start:log_in")).customer
    payment = customer.link("payment")
    await desk.http.get(payment["href"])  # stands open in another window
    await customer.say("non rinnovare")
    assert customer.at == "zone.zone"
    assert [o["status"] for o in (await desk.card(email))["orders"]] == ["paid", "cancelled"]
    await desk.pay(payment["id"])
    card = await desk.card(email)
    subscription = only(card["subscriptions"])
    assert [o["status"] for o in card["orders"]] == ["paid", "paid"], "money that comes all the same counts"
    assert subscription["ends_at"][:4] == str(end.year + 1)
    assert subscription["auto_renewal"] is False, "what was switched off stays so"


# --- what is sold once ---

FEE = {"id": "setup", "quantity": 1, "term": "P2Y", "years": 2, "once": True}
SETUP = '[[addon]]\nid = "setup"\nnet = "300.00"\nonce = true\nrequired = true\n\n[[plan]]'
WORDS = '[addon.setup]\ntitle = "Avvio"\n\n[addon.users]'


@pytest.fixture
async def selling(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> AsyncGenerator[Running]:
    """A seller with a fee for setting up, which nobody can leave out."""
    texts = [(f"texts/{locale}.toml", "[addon.users]", WORDS) for locale in ("it", "en", "pl")]
    profile = changed(tmp_path, CERTIFIED, ("profile.toml", "[[plan]]", SETUP), *texts)
    async with running_desk(tmp_path / "data", profile=profile, **on(database, request)) as desk:
        yield desk


@on_each_database
async def test_a_fee_sold_once_is_neither_announced_nor_charged_again(selling: Running) -> None:
    buyer = await buys(selling)
    here, email = buyer.customer, buyer.person.email
    said = "\n".join(here.said).replace("\xa0", " ")
    assert "+ Avvio (una tantum)\n" in said
    assert "1.098,00 €" in said, "300 once, the rest for each of two years, and VAT"
    card = await selling.card(email)
    first = only(card["orders"])
    assert (first["items"], first["net"], first["gross"]) == ([LINES[0], FEE, *LINES[1:]], 90000, 109800)
    assert {s["product"] for s in card["subscriptions"]} == {"base", "users", "space"}
    await until(lambda: mailed(selling, OFFICE, "\n+ Avvio (una tantum)\n", "1.098,00"))

    end = await ends_at(selling, email)
    await comes(selling, end, days=30)
    told = await tells(here)
    assert told.count("732,00 €") == 1
    await comes(selling, end, days=6.5)
    told += await tells(here)
    assert told.count("Abbiamo addebitato 732,00 €") == 1
    assert "Avvio" not in told
    written = [letter["text"] for letter in await selling.outbox(email)]
    assert [one for one in written if "732,00" in one.replace("\xa0", " ")]
    assert not [one for one in written if "Avvio" in one]
    again = (await selling.card(email))["orders"][1]
    assert (again["items"], again["gross"]) == (LINES, 73200)
    payments = (await selling.http.get("/sandbox/api/payments")).json()
    assert [one["amount"] for one in payments if one["status"] == "paid"] == [109800, 73200]


async def test_whoever_has_had_a_term_is_not_asked_for_the_fee_again(selling: Running) -> None:
    buyer = await buys(selling)
    end = await ends_at(selling, buyer.person.email)
    for days in (None, -20):  # while it runs; once it has ended
        if days is not None:
            await buyer.customer.say("non rinnovare")
            await comes(selling, end, days=days)
        again = (await logs_in(selling, buyer, "start:buy", "addons:none", "account:existing")).customer
        assert "585,60 €" in (await says(again, "years:2")).said[-1].replace("\xa0", " "), "240 a year, and VAT"
    await says(again, "edit:addons", "addons:setup")
    assert "951,60 €" in again.said[-1].replace("\xa0", " "), "who wants it once more may have it"
