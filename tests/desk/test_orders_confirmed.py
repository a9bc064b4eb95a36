"""An order of a program's owner is confirmed by e-mail: to the account, and to the address for invoices."""

import pytest

from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, ORDERER, PROFILE, comes_to, logged_in, orders, subscription
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import only, until

pytestmark = [pytest.mark.desk(profile=PROFILE), pytest.mark.usefixtures("asked_seldom")]
INVOICES = ORDERER["renewal.invoice_email"]


async def ordering(customer: Customer, service: str, *, invoices: str = INVOICES) -> None:
    """From the cart to the consent to renewal."""
    for payload in ("zone:renewal", "cart:confirm", f"service:{service}", "confirm:yes"):
        await customer.say(payload)
        await customer.settled()
    for answer in (invoices, *list(ORDERER.values())[1:]):
        await customer.say(answer)
    assert customer.at == "order.auto_renewal", customer.at


async def confirmations(desk: Running, address: str) -> list[Json]:
    return [letter for letter in await desk.outbox(address) if "Potwierdzenie zamówienia" in letter["subject"]]


async def confirmed(desk: Running, *addresses: str) -> Json:
    """The letter about the one order, the same to each address."""
    number = only((await desk.card(EMAIL))["orders"])["number"]

    async def sent() -> bool:
        return all([await confirmations(desk, address) for address in addresses])

    await until(sent)
    letters = [only(await confirmations(desk, address)) for address in addresses]
    assert {letter["subject"] for letter in letters} == {f"Potwierdzenie zamówienia {number} – R2płatnik"}
    assert len({letter["text"] for letter in letters}) == 1
    return letters[0]


@on_each_database
async def test_a_renewal_is_confirmed_to_the_account_and_to_the_address_for_invoices(desk: Running) -> None:
    customer = await logged_in(desk)
    await ordering(customer, "subscription")
    await orders(customer)
    letter = await confirmed(desk, EMAIL, INVOICES)
    assert "Abonament R2płatnika, 1\u00a0rok" in letter["text"]
    assert "Odnawianie: tak" in letter["text"]


async def test_one_address_for_both_gets_it_once(desk: Running) -> None:
    customer = await logged_in(desk)
    await ordering(customer, "subscription", invoices=EMAIL)
    await orders(customer)
    await confirmed(desk, EMAIL)


async def test_an_extension_is_confirmed_as_an_order_and_isnt_said_to_renew(desk: Running) -> None:
    customer = await logged_in(desk)
    await ordering(customer, "extension")
    said, before = len(customer.said), await subscription(desk)
    await desk.pay(await orders(customer))
    await comes_to(customer, "nothing")
    letter = await confirmed(desk, EMAIL, INVOICES)
    assert "Rozszerzenie" in letter["text"]
    assert "Odnawianie: tak" not in "\n".join([*customer.said[said:], letter["text"]])
    found = only((await desk.card(EMAIL))["orders"])["items"]
    assert found == [{"id": "r2platnik_extension", "quantity": 1, "term": "P1Y", "years": 1}]
    assert (await subscription(desk))["ends_at"] == before["ends_at"]
