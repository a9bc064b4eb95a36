"""A desk that sells to Italian businesses: the cart, the holder's data, money that people carry to a bank."""

import pytest

from tests.desk.databases import on_each_database
from tests.desk.italian import OFFICE, PROFILE, Buyer, buying, mailed
from tests.desk.running import Running
from tests.desk.scripted import only, until
from tests.kit.talks import says

pytestmark = pytest.mark.desk(profile=PROFILE)


async def letters(desk: Running, to: str) -> list[str]:
    return [letter["subject"] for letter in await desk.outbox(to)]


async def book(desk: Running, number: str, amount: int, reference: str) -> tuple[int, str]:
    """As the back office does: the answer's status, and why it wasn't booked."""
    told = {"amount": amount, "currency": "EUR", "reference": reference}
    answer = await desk.http.post(
        f"/api/v1/orders/{number}/payments", json=told, headers={"authorization": "Bearer sandbox"}
    )
    return answer.status_code, answer.json().get("reason", "")


@on_each_database
async def test_the_straight_way_by_card(desk: Running) -> None:
    scripted = buying(desk, extra=["users", "space"])
    await scripted.run()
    assert scripted.customer.at == "zone.zone"
    assert scripted.trail[:5] == ["account.start", "order.addons", "order.quantity", "order.addons", "order.quantity"]
    card = await desk.card(scripted.person.email)
    assert card["user_name"] == "4455668@aruba.it"
    order = only(card["orders"])
    assert order["items"] == [
        {"id": "base", "quantity": 1, "term": "P1Y", "years": 1},
        {"id": "users", "quantity": 2, "term": "P1Y", "years": 1},
        {"id": "space", "quantity": 2, "term": "P1Y", "years": 1},
    ]
    assert (order["net"], order["vat"], order["gross"], order["currency"]) == (30000, 6600, 36600, "EUR")
    assert (order["status"], order["method"]) == ("paid", "card")
    company = only(card["companies"])
    assert (company["name"], company["source"]) == ("Officine Lucani S.r.l.", "vies")
    assert (company["sdi_code"], company["pec"]) == ("M5UXCR1", None)
    assert {s["product"]: s["auto_renewal"] for s in card["subscriptions"]}["base"] is True
    await until(lambda: mailed(desk, OFFICE, "il servizio è attivo"))
    assert set(await letters(desk, OFFICE)) == {
        f"Conferma dell’ordine {order['number']} – Certified Platform",
        f"Il servizio è attivo – ordine {order['number']}",
    }
    own = await desk.outbox(scripted.person.email)
    told = only([letter for letter in own if letter["subject"] == "Conferma iscrizione – Certified Platform"])
    assert "4455668@aruba.it" in told["text"]


@on_each_database
@pytest.mark.parametrize("method", ["transfer", "postal_slip"])
async def test_money_that_is_carried_to_a_bank(desk: Running, method: str) -> None:
    scripted = buying(desk, method=method, sdi_code="officine@pec.lucani.example")
    await scripted.run()
    here = scripted.customer
    assert (here.at, here.expects) == ("zone.zone", "nothing")
    card = await desk.card(scripted.person.email)
    order = only(card["orders"])
    assert (order["status"], order["method"]) == ("placed", method)
    assert only(card["companies"])["sdi_code"] == "0000000"
    assert only(card["companies"])["pec"] == "officine@pec.lucani.example"
    assert only(card["payments"])["status"] == "pending"
    coordinates = "IT60" if method == "transfer" else "12345678"
    assert coordinates in here.said[-1]
    assert order["number"] in here.said[-1]
    await until(lambda: mailed(desk, OFFICE, coordinates, order["number"]))

    assert await book(desk, order["number"], order["gross"] - 1, "line-1") == (409, "wrong_amount")
    assert only((await desk.card(scripted.person.email))["orders"])["status"] == "placed"
    await here.settled()
    assert "292,79" in here.said[-1], "who paid another sum is told what becomes of it"

    said = len(here.said)
    assert (await book(desk, order["number"], order["gross"], "line-2"))[0] == 201
    await here.settled()
    assert len(here.said) == said + 1
    assert order["number"] in here.said[-1]
    card = await desk.card(scripted.person.email)
    assert (only(card["orders"])["status"], only(card["payments"])["status"]) == ("paid", "paid")
    assert card["methods"] == []
    await until(lambda: mailed(desk, OFFICE, "il servizio è attivo", order["number"]))

    assert await book(desk, order["number"], order["gross"], "line-2") == (409, "booked_before")
    assert await book(desk, order["number"], order["gross"], "line-3") == (409, "already_paid")


async def test_an_account_of_a_natural_person_cant_go_on(desk: Running) -> None:
    ways = ("start:buy", "addons:none", "account:existing")
    scripted = buying(desk, ways=ways, email="4455667@aruba.it", password="Privata2026!x")
    await scripted.run("company.legal_form")
    assert {"start:sign_up", "/agent"} <= set(scripted.customer.buttons)
    assert "legal_form:company" not in scripted.customer.buttons
    await scripted.customer.say("legal_form:company")
    assert scripted.customer.at == "company.legal_form"
    await scripted.customer.say("start:sign_up")
    assert scripted.customer.at == "account.email"
    fresh = Buyer()
    scripted.person = fresh
    await scripted.run()
    assert only((await desk.card(fresh.email))["orders"])["status"] == "paid"
    assert (await desk.card("privato@example.com"))["orders"] == []


async def test_forgotten_user_name_and_password(desk: Running) -> None:
    known = buying(desk)
    await known.run()
    for email in (known.person.email, "niemand@example.com"):
        other = await says(desk.customer("it"), "/start", "start:forgot_username")
        assert other.expects == "email"
        await other.say(email)
        assert other.expects == "secure_page"
    assert "4455668@aruba.it" in (await desk.outbox(known.person.email))[-1]["text"]
    assert "aruba.it" not in (await desk.outbox("niemand@example.com"))[-1]["text"]
    for name in ("4455668@aruba.it", "9999999@aruba.it"):
        other = await says(desk.customer("it"), "/start", "start:forgot_password", name)
        assert other.expects == "email_link"
        assert await desk.outbox(name) == []
    assert "Nuova password – Certified Platform" in await letters(desk, known.person.email)


async def test_the_free_version_is_switched_on_once(desk: Running) -> None:
    scripted = buying(desk)
    await scripted.run()
    for _ in range(2):
        await scripted.customer.say("zone:free_version")
    card = await desk.card(scripted.person.email)
    free = [s for s in card["subscriptions"] if s["product"] == "free"]
    assert [s["status"] for s in free] == ["active"]
    assert sorted(o["gross"] for o in card["orders"]) == [0, 29280]


async def test_a_transfer_that_comes_after_its_time_counts(desk: Running) -> None:
    scripted = buying(desk, method="transfer")
    await scripted.run()
    number = only((await desk.card(scripted.person.email))["orders"])["number"]
    await desk.advance(15 * 86400)
    await scripted.customer.look()
    assert scripted.customer.expects == "payment"
    assert (await book(desk, number, 29280, "line-9"))[0] == 201
    await scripted.customer.settled()
    assert scripted.customer.at == "zone.zone"
    assert only((await desk.card(scripted.person.email))["orders"])["status"] == "paid"


async def to_pay(desk: Running) -> list[str]:
    """The letters that say until when to pay: three days before, by day, never after."""
    return [letter["text"] for letter in await desk.outbox(OFFICE) if "Da pagare entro" in letter["subject"]]


@pytest.mark.usefixtures("asked_seldom")
async def test_a_slip_is_told_of_before_its_deadline_and_ordered_again_after_it(desk: Running) -> None:
    scripted = buying(desk, method="transfer")
    await scripted.run()
    here = scripted.customer
    await says(here, "zone:payment", "method:postal_slip")
    number = only((await desk.card(scripted.person.email))["orders"])["number"]
    await here.say("fino a quando posso pagare?")
    assert f"L’ordine {number} da 292,80\xa0€ si può pagare fino al" in here.said[-1]

    await desk.advance(11 * 86400 - 3600)
    assert not await to_pay(desk)
    await desk.advance(86400)
    await until(lambda: to_pay(desk))
    [letter] = await to_pay(desk)
    assert "12345678" in letter, "with all that the slip is made out with, by its own method alone"
    assert "IT60" not in letter
    await here.look()
    assert [said for said in here.said if "poi scade" in said], here.said[-3:]

    await desk.advance(4 * 86400)
    await here.look()
    assert len(await to_pay(desk)) == 1
    assert not [m for m in await desk.outbox(OFFICE) if "attende il pagamento" in m["text"]], (
        "nothing after the deadline"
    )
    await here.say("fino a quando posso pagare?")
    assert "è scaduto e non c’è nulla da pagare" in "\n".join(here.said[-2:])
    await here.say("voglio ordinare di nuovo")
    assert "Ordini di nuovo per 292,80\xa0€?" in here.said[-1]
