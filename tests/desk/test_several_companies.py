"""One account that buys for two companies: each term, renewal and end is that company's own."""

from datetime import datetime, timedelta

import pytest

from tests.desk.databases import on_each_database
from tests.desk.renewing import comes, comes_to, tells
from tests.desk.running import Customer, Running
from tests.desk.scripted import Scripted, bought, logs_in_again
from tests.desk.test_ordering_again import orders

pytestmark = pytest.mark.usefixtures("asked_seldom")
FIRST, SECOND = "Pracownia Bursztyn sp. z o.o.", '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>'
AGREED = ("method:blik", "terms:accept", "clauses:accept", "pay:now")
EMAIL = "ala@example.com"


async def orders_for_another(desk: Running, here: Customer, *renewal: str) -> str:
    """From the zone: the same service for the second company; gives the payment's id."""
    await here.say("start:buy")
    await logs_in_again(here, EMAIL)
    await here.say("zmień NIP na 9876543210")
    await here.settled()
    return await orders(here, "confirm:yes", *(renewal or ("auto_renewal:yes",)), *AGREED)


async def pays(desk: Running, here: Customer) -> None:
    await desk.pay(here.link("payment")["id"])
    await comes_to(here, "nothing")


async def ends(desk: Running) -> list[datetime]:
    card = await desk.card(EMAIL)
    return sorted(datetime.fromisoformat(s["ends_at"]) for s in card["subscriptions"])


async def both(desk: Running) -> Scripted:
    """A customer with a year for the first company, and a hundred days later one for the second."""
    buyer = await bought(desk, email=EMAIL)
    await desk.advance(timedelta(days=100).total_seconds())
    await desk.pay(await orders_for_another(desk, buyer.customer))
    await buyer.customer.settled()
    return buyer


@on_each_database
@pytest.mark.replicated
async def test_the_second_company_is_served_at_once_and_each_renews_at_its_own_end(desk: Running) -> None:
    here = (await both(desk)).customer
    about_it = [said for said in here.said if SECOND in said]
    assert about_it
    assert not any("gdy skończy się obecny okres" in said for said in about_it)
    first, second = await ends(desk)
    assert 99 <= (second - first).days <= 101, "a year from its own payment"
    await here.say("zone:my_account")
    said = here.said[-1].replace("\xa0", " ")
    assert f"({FIRST})" in said
    assert f"({SECOND})" in said

    await tells(here)
    await comes(desk, first, days=6)
    told = await tells(here)
    assert f"FakturaSmart Standard dla firmy {FIRST}" in told
    assert SECOND not in told
    await pays(desk, here)
    assert await ends(desk) == [second, first.replace(year=first.year + 1)], "the other one stays as it was"
    await comes(desk, second, days=6)
    assert f"FakturaSmart Standard dla firmy {SECOND}" in await tells(here)
    await pays(desk, here)
    assert await ends(desk) == [each.replace(year=each.year + 1) for each in (first, second)]

    card = await desk.card(EMAIL)
    assert [(o["net"], o["vat"], o["gross"]) for o in card["orders"]] == [(29900, 6877, 36777)] * 4
    ids = {company["name"]: company["id"] for company in card["companies"]}
    assert [o["company_id"] for o in card["orders"]] == [ids[FIRST], ids[SECOND]] * 2
    sent, numbers = await desk.outbox(EMAIL), [o["number"] for o in card["orders"][:2]]
    bills = [next(letter["text"] for letter in sent if number in letter["subject"]) for number in numbers]
    assert [FIRST in bills[0], SECOND in bills[1]] == [True, True]


async def test_an_unpaid_order_of_one_company_doesnt_stop_the_renewal_of_the_other(desk: Running) -> None:
    buyer = await bought(desk, email=EMAIL)
    [end] = await ends(desk)
    await comes(desk, end, days=8)
    await orders_for_another(desk, buyer.customer)
    await comes(desk, end, days=6)
    assert f"FakturaSmart Standard dla firmy {FIRST}" in await tells(buyer.customer)
    assert [o["status"] for o in (await desk.card(EMAIL))["orders"]] == ["paid", "placed", "placed"]
