"""Two orders of one account that wait for their money: each has its link and says what it is for."""

from datetime import datetime, timedelta

import pytest

from services.subscriptions import subscriptions
from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, PROFILE, comes, comes_to, enters, fills_in, logged_in, orders, subscription
from tests.desk.running import Customer, Running
from tests.desk.scripted import only
from tests.kit.talks import says

pytestmark = pytest.mark.usefixtures("asked_seldom")


async def renewed(desk: Running, customer: Customer, product: str) -> datetime:
    """The program that ends first, which the cart suggests, is renewed and paid; gives its new end."""
    await customer.say("zone:renewal")
    await fills_in(customer)
    await desk.pay(await orders(customer))
    await comes_to(customer, "nothing")
    return datetime.fromisoformat((await subscription(desk, product))["ends_at"])


async def ends_beside(desk: Running, later: datetime) -> None:
    """The seller's books put the end of R2płatnik off: two days after that of R2faktury."""
    account, owned = (await desk.card(EMAIL))["id"], await subscription(desk)
    now = desk.installation.clock.now()
    await desk.installation.store.write(
        lambda c: subscriptions.adopt(
            c,
            account_id=account,
            product="r2platnik",
            serial="R2P-0001-7788",
            ends_at=later + timedelta(days=2),
            now=now,
        )
    )
    assert (await subscription(desk))["id"] == owned["id"]


def to_pay(customer: Customer) -> dict[str, str]:
    """The payment links of the chat, by the payment."""
    return {link["id"]: link["href"] for link in customer.custom["links"] if link["rel"] == "payment"}


@on_each_database
@pytest.mark.desk(profile=PROFILE)
async def test_each_renewal_that_waits_has_its_link_and_one_paid_leaves_the_other(desk: Running) -> None:
    customer = await logged_in(desk)
    await renewed(desk, customer, "r2platnik")
    end = await renewed(desk, customer, "r2faktury")
    await ends_beside(desk, end)

    await comes(desk, end, days=4)
    await customer.settled()
    waits = {o["items"][0]["id"]: o["number"] for o in (await desk.card(EMAIL))["orders"] if o["status"] == "placed"}
    assert set(waits) == {"r2platnik", "r2faktury"}
    payments = {p["order_number"]: p["id"] for p in (await desk.card(EMAIL))["payments"] if p["status"] == "pending"}
    assert set(to_pay(customer)) == set(payments.values())
    first, second = to_pay(customer)
    other = only([number for number, payment in payments.items() if payment == second])
    assert f"Do opłacenia jest jeszcze zamówienie {other} na" in customer.said[-1]
    assert ("R2płatnika" if waits["r2platnik"] == other else "R2faktury") in customer.said[-1].rpartition(other)[2]

    # In a new conversation, too, both are there.
    elsewhere = await says(desk.customer("pl"), "/start", "start:log_in")
    await enters(desk, elsewhere)
    assert set(to_pay(elsewhere)) == {first, second}

    await desk.pay(second)
    await customer.settled()
    assert list(to_pay(customer)) == [first]
    assert customer.expects == "payment"
    await desk.pay(first)
    await customer.settled()
    assert to_pay(customer) == {}
    assert customer.expects == "nothing"
    assert {o["status"] for o in (await desk.card(EMAIL))["orders"]} == {"paid"}
