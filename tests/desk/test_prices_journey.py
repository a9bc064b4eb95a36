"""Prices that hang on who buys: reverse charge by VIES's word, and the last use of a discount code."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.desk.databases import desk_on, on_each_database
from tests.desk.renewing import comes, comes_to
from tests.desk.running import Running
from tests.desk.scripted import WAYS, Person, Scripted, logs_in_again, only, until
from tests.sellers.sellers import profile_abroad

pytestmark = pytest.mark.usefixtures("asked_seldom")

NUMBER = "FR44732829320"


@pytest.fixture
async def desk(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    """The desk of a seller who sells abroad; on PostgreSQL two."""
    async with desk_on(database, request, tmp_path / "data", profile=profile_abroad(tmp_path / "abroad")) as found:
        yield found


@on_each_database
async def test_a_company_abroad_buys_without_vat_and_the_order_keeps_why(desk: Running) -> None:
    buyer = await Scripted(desk, Person(nip=NUMBER)).run("order.pay")
    assert "odwrotne obciążenie" in buyer.customer.said[-1]
    await buyer.run()
    card = await desk.card(buyer.person.email)
    order, payment, company = only(card["orders"]), only(card["payments"]), only(card["companies"])
    assert (order["net"], order["vat"], order["gross"], payment["amount"]) == (29900, 0, 29900, 29900)
    tax = order["tax"]
    assert (tax["percent"], tax["reason"], tax["country"]) == (0, "reverse_charge", "FR")
    assert (tax["vat_number"], tax["check_id"][:4]) == (NUMBER, "WAPI")
    assert tax["checked_at"] == company["vat_checked_at"]


async def test_while_vies_is_away_the_customer_waits_and_is_told(desk: Running) -> None:
    buyer = await Scripted(desk, Person(nip=NUMBER)).run("company.tax_number")
    await desk.fault("vies", "down", 50)
    await buyer.run("order.vat_check")
    await buyer.customer.say("vat_check:wait")
    assert (buyer.customer.at, buyer.customer.buttons) == ("order.vat_check", ["vat_check:charge"])

    await desk.fault("vies", "down", 0)
    await desk.advance(6 * 3600)

    async def told() -> bool:
        await buyer.customer.look()
        return buyer.customer.at != "order.vat_check"

    await until(told)
    assert any("VIES potwierdził" in said for said in buyer.customer.said)


@on_each_database
async def test_who_is_too_late_for_the_last_use_confirms_the_new_sum(desk: Running) -> None:
    buyers = [Scripted(desk, Person()) for _ in range(2)]
    for buyer in buyers:
        await buyer.run("order.pay")
        await buyer.say("ostatni")
        assert "Kod OSTATNI przyjęty" in buyer.customer.said[-1]
    for buyer in buyers:
        await buyer.say("pay:now")
    first, second = buyers
    assert (first.customer.at, second.customer.at) == ("payment.payment", "order.pay")
    told = second.customer.said[-1]
    assert "Pula kodu OSTATNI" in told
    assert "367,77" in told
    assert "Kod OSTATNI" not in told
    await second.run()

    orders = [only((await desk.card(buyer.person.email))["orders"]) for buyer in buyers]
    assert [(order["discount_code"], order["gross"]) for order in orders] == [("OSTATNI", 33099), (None, 36777)]

    await first.customer.say("/cancel")
    third = await Scripted(desk, Person()).run("order.pay")
    await third.say("OSTATNI")
    assert "330,99" in third.customer.said[-1], "the cancelled order has given its use back"


@on_each_database
@pytest.mark.parametrize("vies", ["answers", "down"])
async def test_vies_is_asked_anew_before_a_renewal_and_file_holds_while_it_is_silent(desk: Running, vies: str) -> None:
    buyer = await Scripted(desk, Person(nip=NUMBER)).run()
    before = only((await desk.card(buyer.person.email))["orders"])["tax"]
    end = datetime.fromisoformat(only((await desk.card(buyer.person.email))["subscriptions"])["ends_at"])
    await comes(desk, end, days=9)
    await desk.fault("vies", "down", 1000 if vies == "down" else 0)
    await comes(desk, end, days=6.5)
    await comes_to(buyer.customer, "payment")
    first, renewed = (await desk.card(buyer.person.email))["orders"]
    assert (first["vat"], renewed["vat"], renewed["tax"]["reason"]) == (0, 0, "reverse_charge")
    assert (renewed["tax"]["checked_at"] > before["checked_at"]) is (vies == "answers")


async def test_a_number_struck_off_before_the_renewal_is_noted_and_the_renewal_is_taxed(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = await Scripted(desk, Person(nip=NUMBER)).run()
    card = await desk.card(buyer.person.email)
    assert (only(card["companies"])["check"], only(card["orders"])["vat"]) == ("verified", 0)
    end = datetime.fromisoformat(only(card["subscriptions"])["ends_at"])
    await comes(desk, end, days=9)

    def struck_off(_known: object) -> None:
        """VIES has never heard of it."""

    monkeypatch.setattr("sandbox.vies._known", struck_off)
    await comes(desk, end, days=6.5)
    await comes_to(buyer.customer, "payment")
    assert any("367,77" in said for said in buyer.customer.said[-3:]), "the customer reads the sum with VAT"
    card = await desk.card(buyer.person.email)
    assert only(card["companies"])["check"] == "not_found"
    first, renewed = card["orders"]
    assert (first["vat"], first["tax"]["reason"]) == (0, "reverse_charge"), "what was sold stays as it was"
    assert (renewed["net"], renewed["vat"], renewed["gross"]) == (29900, 6877, 36777)
    assert (renewed["tax"]["reason"], renewed["tax"]["percent"]) == ("unconfirmed", 23)
    assert [payment["amount"] for payment in card["payments"]] == [29900, 36777]


async def test_number_that_vies_knows_by_now_renews_without_vat(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as unknown:
        unknown.setattr("sandbox.vies._known", lambda _known: None)
        buyer = await Scripted(desk, Person(nip=NUMBER, ways=("vat_check:charge", *WAYS))).run()
    card = await desk.card(buyer.person.email)
    assert (only(card["orders"])["gross"], only(card["orders"])["tax"]["reason"]) == (36777, "unconfirmed")
    await comes(desk, datetime.fromisoformat(only(card["subscriptions"])["ends_at"]), days=6)
    await comes_to(buyer.customer, "payment")
    told = "\n".join(buyer.customer.said[-3:]).replace("\xa0", " ")
    assert "na 299,00 zł bez VAT (odwrotne obciążenie)" in told
    assert "Poprzednio: 367,77 zł" in told
    assert [o["gross"] for o in (await desk.card(buyer.person.email))["orders"]] == [36777, 29900]


async def test_vies_is_asked_anew_for_another_order_too(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = await Scripted(desk, Person(nip=NUMBER)).run()
    here = buyer.customer
    await desk.advance(100 * 86400)
    monkeypatch.setattr("sandbox.vies._known", lambda _known: None)
    await here.say("start:buy")
    await logs_in_again(here, buyer.person.email)
    for said in ("confirm:yes", "auto_renewal:no", "method:blik"):
        await here.say(said)
        await here.settled()
    for said in ("terms:accept", "clauses:accept"):
        await here.say(said)
    assert "VIES nie potwierdził numeru FR44732829320" in here.said[-1]
    await here.say("pay:now")
    first, again = (await desk.card(buyer.person.email))["orders"]
    assert (first["vat"], again["net"], again["vat"], again["gross"]) == (0, 29900, 6877, 36777)
