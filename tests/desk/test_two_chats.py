"""Two chats of one account: what one has saved stands in the other, and an older copy there never undoes it.

What a page says is held against the seller's API, after each act and after pairs of them that cross.
"""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from tests.crash.doors import Visitor
from tests.crash.house import House, house
from tests.crash.plan import Plan
from tests.crash.process import Process
from tests.desk.databases import on_each_database
from tests.desk.running import A_MOMENT_S, Customer, Json, Running
from tests.desk.scripted import Scripted, bought, only
from tests.nightly import portion

pytestmark = pytest.mark.stage("paid")
Chats = tuple[Scripted, Customer]
API = {"authorization": "Bearer sandbox"}
PAGES = ("home", "my_account", "my_data", "einvoice", "renewal", "methods", "invoices", "contacts", "consents")
ASKED = ("co zamówiłem?", "do kiedy mam opłacone?", "status płatności", "ile zapłacę za odnowienie?", "start:buy")
LOOKS = (*(f"zone:{page}" for page in PAGES), *ASKED)
TOUCHED = ("zone:my_account", "zone:my_data", "zone:einvoice", "zone:renewal", "start:buy")
"""The pages that show what acts change."""
METHODS = {"card": "Karta", "paypal": "PayPal", "przelewy24": "Przelewy24", "blik": "BLIK"}
ORDERING = ("start:buy", "terms:accept", "clauses:accept", "pay:now")


@pytest.fixture
async def chats(desk: Running, buyer: Scripted) -> Chats:
    """A has bought, B is logged in to the same account; both have read it as it is."""
    return buyer, await logged_in(desk.customer(), buyer)


async def logged_in(chat: Customer, of: Scripted) -> Customer:
    """The chat, logged in to the account."""
    await chat.say("start:log_in")
    await of.submit(chat.link("secure_page")["href"])
    await chat.settled()
    assert chat.expects == "nothing"
    return chat


async def company(desk: Running, of: Scripted) -> Json:
    return only((await desk.card(of.person.email))["companies"])


async def moves(chat: Customer, **values: str) -> None:
    """Types new data of the company, up to the card that is to be confirmed."""
    for step, value in values.items():
        await chat.say(f"edit:{step}")
        await chat.say(value)
    assert chat.expects == "confirm_data"


@on_each_database
async def test_what_each_chat_changed_of_the_company_stays(desk: Running, chats: Chats) -> None:
    a, b = chats
    await moves(b, postal_code="80-832")
    await moves(a.customer, street="ul. Nowa 77")
    await a.say("confirm:yes")
    await b.say("confirm:yes")
    saved = await company(desk, a)
    assert (saved["street"], saved["postal_code"]) == ("ul. Nowa 77", "80-832")
    assert "ul. Nowa 77" in b.said[-1], "it is said that there is more than what was shown"
    await a.say("zone:my_data")
    assert "80-832" in a.customer.said[-1]


async def test_the_same_changed_twice_is_shown_anew_and_asked(desk: Running, chats: Chats) -> None:
    a, b = chats
    await moves(b, street="ul. Inna 5", city="Sopot")
    await moves(a.customer, street="ul. Nowa 77")
    await a.say("confirm:yes")
    await b.say("confirm:yes")
    saved = await company(desk, a)
    assert saved["street"] == "ul. Nowa 77"
    assert saved["city"] != "Sopot", "nothing is saved that wasn't shown"
    assert b.expects == "confirm_data"
    assert "zapisano w innej rozmowie: ul. Nowa 77" in "\n".join(b.said[-2:])
    assert "Sopot" in b.said[-1], "what is B's alone stays"
    await moves(b, street="ul. Inna 5")
    await b.say("confirm:yes")
    saved = await company(desk, a)
    assert (saved["street"], saved["city"]) == ("ul. Inna 5", "Sopot")


class Act(NamedTuple):
    """What is said for it in a chat, or the status that the API sets; `changes` are facts as `stored` has them."""

    said: tuple[str, ...]
    changes: dict[str, object]
    by_api: bool = False


def acts(number: int) -> dict[str, Act]:
    """The acts that change what stands in the books, with words of their own number."""
    street, name, mail = f"ul. Nowa {number}", f"Firma {number} sp. z o.o.", f"faktury{number}@example.com"
    code, city = f"80-{number:03}", ("Sopot", "Gdynia", "Reda", "Puck", "Hel")[number % 5]
    method = [*METHODS][number % len(METHODS)]
    return {
        "street": Act(("zone:my_data", "edit:street", street, "confirm:yes"), {"street": street}),
        "company": Act(("zone:my_data", "edit:company_name", name, "confirm:yes"), {"name": name}),
        "postal code": Act(("zone:my_data", "edit:postal_code", code, "confirm:yes"), {"postal_code": code}),
        "city": Act(("zone:my_data", "edit:city", city, "confirm:yes"), {"city": city}),
        "address for invoices": Act(("zone:einvoice", "edit:invoice_email", mail), {"mail": mail}),
        "no renewal": Act(("zone:renewal", "auto_renewal:no"), {"renews": False}),
        "renewal": Act(("zone:renewal", "auto_renewal:yes"), {"renews": True}),
        "method": Act(("zone:methods", f"method:{method}"), {"method": method}),
        "no e-invoices": Act(("zone:einvoice_off",), {"einvoice": "off"}),
        "e-invoices": Act(("zone:einvoice", "einvoice:activate"), {"einvoice": "active"}),
        "seller's no e-invoices": Act(("off",), {"einvoice": "off"}, by_api=True),
        "seller's e-invoices": Act(("active",), {"einvoice": "active"}, by_api=True),
    }


def stored(card: Json) -> dict[str, object]:
    """What the seller's API says of the account."""
    company_row, [service] = only(card["companies"]), card["subscriptions"]
    return {
        **{name: company_row[name] for name in ("street", "name", "postal_code", "city")},
        "mail": card["einvoice"]["email"],
        "einvoice": card["einvoice"]["status"],
        "renews": service["auto_renewal"],
        "method": next(method["method"] for method in card["methods"] if method["default"]),
    }


def shown(card: Json) -> Iterator[tuple[str, str]]:
    """The pages, each with words that it has if it shows what the API says."""
    facts = stored(card)
    yield from (("zone:my_data", str(facts[name])) for name in ("street", "name", "postal_code", "city"))
    yield "zone:einvoice", str(facts["mail"])
    yield "zone:einvoice", "są aktywne" if facts["einvoice"] == "active" else "są wyłączone"
    yield "zone:renewal", f"odnawianie jest {'włączone' if facts['renews'] else 'wyłączone'}"
    yield "zone:my_account", f"Odnawianie: {'tak' if facts['renews'] else 'nie'}"
    yield "zone:my_account", card["email"]
    yield from (("zone:contacts", contact["value"][-3:]) for contact in card["contacts"])
    yield "start:buy", str(facts["name"])


async def hears(chat: Customer, *words: str) -> str:
    """What the desk says to the last of them, and which buttons it offers. Sent again, the words are said once."""
    before = 0
    for one in words:
        before = len(chat.said)
        await chat.say(one, uuid4().hex)
        await chat.settled()
    return "\n".join((*chat.said[before:], *chat.buttons)).replace("\xa0", " ")


async def goes_home(*chats: Customer) -> None:
    """Back to the zone, whatever is open: what isn't saved is given up."""
    for chat in chats:
        await chat.settled()
        for words in ("zone:home", "/cancel", "zone:home"):
            if chat.at != "zone.zone":
                await hears(chat, words)
        assert chat.at == "zone.zone", chat.said[-1]


async def say_as_stored(desk: Running, of: Scripted, *chats: Customer, looks: Sequence[str] = LOOKS) -> None:
    """Each page is the same in all of the chats, and has what the API says."""
    card = await desk.card(of.person.email)
    for look in looks:
        told = list[str]()
        for chat in chats:
            told.append(await hears(chat, look))
            await goes_home(chat)
        assert len({*told}) == 1, look
        assert [words for page, words in shown(card) if page == look and words not in told[0]] == [], (look, told[0])


async def does(desk: Running, of: Scripted, chat: Customer, act: Act, words: Sequence[str]) -> None:
    """These words of the act."""
    for said in words:
        if act.by_api:
            path = f"/api/v1/einvoice-activations/{(await desk.card(of.person.email))['einvoice']['id']}"
            await desk.ask("PATCH", path, json={"status": said}, headers=API)
            await desk.advance(A_MOMENT_S)  # the chats are told
        else:
            await hears(chat, said)


@on_each_database
async def test_each_act_in_one_chat_is_on_each_page_of_the_other(desk: Running, chats: Chats) -> None:
    a, b = chats
    for number, name in enumerate(acts(0)):
        act, before = acts(number)[name], stored(await desk.card(a.person.email))
        await does(desk, a, a.customer, act, act.said)
        await goes_home(a.customer, b)
        assert stored(await desk.card(a.person.email)) == before | act.changes
        await say_as_stored(desk, a, a.customer, b)


CROSSING = Random("two chats").choices([(one, other) for one in acts(0) for other in acts(0)], k=100)
"""An act that is begun in one chat, and one that is done in the other, or by the API, before its last word."""


@on_each_database
async def test_of_acts_that_cross_none_is_lost_or_said_otherwise_than_stored(desk: Running, chats: Chats) -> None:
    a, b = chats
    for number, (begun, whole) in enumerate(portion(CROSSING, 10)):
        one, other = acts(2 * number)[begun], acts(2 * number + 1)[whole]
        await crossed(desk, a, b, one, other)
        await does(desk, a, b, switched_on := acts(0)["seller's e-invoices"], switched_on.said)


async def crossed(desk: Running, a: Scripted, b: Customer, one: Act, other: Act) -> None:
    """Both stand afterwards; of one fact the one that was done first, if the other chat was told so."""
    before = stored(await desk.card(a.person.email))
    await does(desk, a, a.customer, one, one.said[:-1])
    await does(desk, a, b, other, other.said)
    between = stored(await desk.card(a.person.email))
    assert between == before | other.changes, (one, other)
    await does(desk, a, a.customer, one, one.said[-1:])
    after = stored(await desk.card(a.person.email))
    if not one.changes.keys() & other.changes.keys() or after != between:
        assert after == between | one.changes, (one, other, a.customer.said[-1])
    await goes_home(a.customer, b)
    await say_as_stored(desk, a, a.customer, b, looks=TOUCHED)


@on_each_database
async def test_an_order_of_one_chat_is_the_others_too(desk: Running, chats: Chats) -> None:
    a, b = chats
    email, chat = a.person.email, a.customer
    await hears(chat, *ORDERING)
    number = (await desk.card(email))["orders"][-1]["number"]
    assert f"nieopłacone zamówienie {number} na 367,77 zł" in await hears(b, "start:buy")
    assert f"Zamówienie: {number}" in await hears(b, "open_order:pay")
    assert f"Zamówienie {number} jest anulowane" in await hears(b, "anuluj zamówienie")
    await chat.settled()
    assert f"Zamówienie {number} jest anulowane" in "\n".join(chat.said[-2:])
    await goes_home(chat, b)
    for words in ORDERING[:-1]:
        await hears(chat, words)
        await hears(b, words)
    await hears(b, ORDERING[-1])
    number = (await desk.card(email))["orders"][-1]["number"]
    assert f"nieopłacone zamówienie {number}" in await hears(chat, ORDERING[-1]), "one of the two is placed"
    assert [order["status"] for order in (await desk.card(email))["orders"]] == ["paid", "cancelled", "placed"]
    await hears(chat, "open_order:pay")
    await desk.pay((await desk.card(email))["payments"][-1]["id"])
    await goes_home(chat, b)
    told = {await hears(each, "zone:my_account") for each in (chat, b)}
    assert len(told) == 1
    assert f"Zamówienie: {number}" in told.pop()


async def test_an_invoice_recorded_by_the_seller_is_in_both(desk: Running, chats: Chats) -> None:
    a, b = chats
    customer = (await desk.card(a.person.email))["id"]
    row = {"number": "FV/7/2026", "customer_id": customer, "issued_on": "2026-11-28", "gross": 100, "currency": "PLN"}
    await desk.ask("POST", "/api/v1/invoices", json=row, headers=API)
    assert all(["FV/7/2026" in await hears(each, "zone:invoices") for each in (a.customer, b)])


async def test_a_consent_and_a_number_of_one_chat_stand_in_the_other(desk: Running, chats: Chats) -> None:
    a, b = chats
    await hears(a.customer, "zone:consents", "consents:toggle:marketing_email", "consents:done")
    await hears(b, "zone:consents", "consents:done")
    given = {one["id"]: one for one in (await desk.card(a.person.email))["consents"]}
    assert given["marketing_email"]["withdrawn_at"] is None, "B's page had it ticked"
    a.person.phone = "+48512111222"
    await hears(a.customer, "zone:contacts", "edit:phone", a.person.phone)
    await hears(a.customer, await a.last_code())
    assert (await desk.card(a.person.email))["phone"] == a.person.phone
    assert "+48 512 111 222 (potwierdzony)" in await hears(b, "zone:contacts")


@pytest.mark.desk(profile=Path("profiles/certified_platform"))
@pytest.mark.stage(
    "paid",
    method="card",
    nip="12345670363",
    ways=("start:buy", "addons:none", "account:new", "legal_form:company", "years:1", "terms:accept", "pay:now"),
    facts={"sdi_code": "M5UXCR1", "company.holder_email": "ufficio@lucani.example"},
)
async def test_a_stored_way_and_where_invoices_go_are_the_same_in_both(desk: Running, chats: Chats) -> None:
    a, b = chats
    assert "Visa …4242" in await hears(b, "zone:methods")
    await goes_home(b)
    await hears(a.customer, "zone:methods")
    await hears(a.customer, only([way for way in a.customer.buttons if way.startswith("forget:")]))
    assert (await desk.card(a.person.email))["methods"] == []
    assert "Żadna karta ani konto PayPal nie są zapisane" in await hears(b, "zone:methods")
    await goes_home(a.customer, b)
    await hears(a.customer, "zone:my_data", "edit:sdi_code")
    await hears(b, "zone:my_data", "edit:street", "Via Nuova 9", "confirm:yes")
    await hears(a.customer, "ABCDEF7")
    saved = await company(desk, a)
    assert (saved["street"], saved["sdi_code"]) == ("Via Nuova 9", "ABCDEF7")
    await goes_home(a.customer, b)
    told = {await hears(each, "zone:my_data") for each in (a.customer, b)}
    assert len(told) == 1
    assert "ABCDEF7" in told.pop()


async def test_consents_given_in_one_chat_arent_withdrawn_by_older_page_of_other(desk: Running, chats: Chats) -> None:
    a, b = chats
    await hears(a.customer, "zone:consents", "consents:toggle:marketing_email")
    await hears(b, "zone:consents", "consents:toggle:marketing_phone", "consents:done")
    assert "Zgody zmieniły się w międzyczasie" in await hears(a.customer, "consents:done")
    assert await holding(desk, a) >= {"marketing_phone"}, "given in B a moment ago; A's page never showed it"
    await hears(a.customer, "consents:done")
    assert await holding(desk, a) >= {"marketing_phone", "marketing_email"}


async def holding(desk: Running, of: Scripted) -> set[str]:
    return {one["id"] for one in (await desk.card(of.person.email))["consents"] if not one["withdrawn_at"]}


class AnyDoor(Visitor):
    """The way in at any of the processes, also by links that name their public address."""

    async def request(self, *args: Any, **more: Any) -> httpx.Response:
        method, url = args
        return await super().request(method, httpx.URL(url).raw_path.decode(), **more)


async def test_three_processes_of_which_one_is_killed_lose_none(tmp_path: Path, postgres: str) -> None:
    async with house(Plan("postgresql", replicas=3), tmp_path, postgres) as found:
        desk, third = (Running(None, AnyDoor(found.http, found.doors, n)) for n in range(2))  # type: ignore[arg-type]
        a = await bought(desk)
        b = await logged_in(third.customer(), a)
        await goes_home(a.customer, b)
        for number, (one, other) in enumerate(
            (("street", "city"), ("postal code", "no renewal"), ("company", "method"))
        ):
            await struck(found, desk, a, acts(number)[one])
            await struck(found, desk, a, acts(number)[other], b)
            await say_as_stored(desk, a, a.customer, b, looks=TOUCHED)


async def struck(found: House, desk: Running, a: Scripted, act: Act, chat: Customer | None = None) -> None:
    """The process that has the act's last word dies with it; it is said again at another, and done once."""
    before = stored(await desk.card(a.person.email))
    await does(desk, a, chat or a.customer, act, act.said[:-1])
    hit: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
    found.doors.knocked = lambda process: None if hit.done() else hit.set_result(process)
    last = asyncio.create_task(does(desk, a, chat or a.customer, act, act.said[-1:]), name="last word")
    await (await hit).kill()
    await last
    await hit.result().start(found.http)
    await goes_home(chat or a.customer)
    assert stored(await desk.card(a.person.email)) == before | act.changes


async def test_an_address_typed_while_e_invoices_are_off_is_the_accounts(desk: Running, chats: Chats) -> None:
    a, b = chats
    said = await hears(a.customer, "zone:einvoice_off", "zone:einvoice", "edit:invoice_email", "nowy@example.com")
    assert "będą przychodzić na nowy@example.com" in said
    assert (await desk.card(a.person.email))["einvoice"]["email"] == "nowy@example.com"
    assert "nowy@example.com" in await hears(b, "zone:einvoice")
    await hears(b, "einvoice:activate")
    assert (await desk.card(a.person.email))["einvoice"]["email"] == "nowy@example.com"


async def test_address_typed_after_the_other_chat_switched_e_invoices_on_is_stored(desk: Running, chats: Chats) -> None:
    a, b = chats
    await hears(a.customer, "zone:einvoice_off", "zone:einvoice", "edit:invoice_email")
    await hears(b, "zone:einvoice", "einvoice:activate")
    said = await hears(a.customer, "drugi@example.com")
    assert (await desk.card(a.person.email))["einvoice"]["email"] == "drugi@example.com"
    assert "będą teraz przychodzić na drugi@example.com" in said, "they are on"
    assert "drugi@example.com" in await hears(b, "zone:einvoice")


async def test_an_order_that_is_given_up_is_no_longer_said_to_wait(desk: Running, chats: Chats) -> None:
    a, b = chats
    await hears(a.customer, *ORDERING)
    said = await hears(b, "start:buy", "/cancel")
    assert (await desk.card(a.person.email))["orders"][-1]["status"] == "cancelled"
    assert "jest anulowane" in said
    assert "Do opłacenia jest jeszcze" not in said


async def test_another_way_to_pay_chosen_in_one_chat_is_the_others_too(desk: Running, chats: Chats) -> None:
    a, b = chats
    await hears(a.customer, *ORDERING)
    await hears(b, "start:buy", "open_order:pay", "method:paypal")
    await desk.advance(3600)
    await hears(a.customer, "status płatności")
    pending = only([p for p in (await desk.card(a.person.email))["payments"] if p["status"] == "pending"])
    assert {row["name"]: row["value"] for row in a.customer.custom["card"]["rows"]}["method"] == "PayPal"
    assert a.customer.link("payment")["id"] == pending["id"], "its own link leads to 410 Gone"
    assert (await desk.request("GET", a.customer.link("payment")["href"])).status_code != 410
