"""A customer of R2płatnik: owns two programs, one of which ends in a month; what is kept, charged and told of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.dates import format_date

from services.seller import events_out
from services.store.statements import Window
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import Scripted, until
from tests.kit.talks import plain, says

PROFILE = Path("profiles/r2platnik")
EMAIL, PASSWORD = "kadry@bursztyn.example.com", "Platnik2026!x"
DAY = 86400.0
ORDERER = {
    "renewal.invoice_email": "faktury@bursztyn.example.com",
    "renewal.person_name": "Anna Nowak",
    "renewal.phone": "512 000 111",
    "renewal.orderer_email": "anna.nowak@bursztyn.example.com",
}


async def logged_in(desk: Running, locale: str = "pl") -> Customer:
    """A conversation of the customer, standing in the zone."""
    customer = await says(desk.customer(locale), "/start", "start:log_in")
    await enters(desk, customer)
    return customer


async def enters(desk: Running, customer: Customer) -> None:
    """The log-in page is filled in."""
    page = Scripted(desk)
    page.customer = customer
    done = await page.submit(customer.link("secure_page")["href"], login=EMAIL, password=PASSWORD)
    assert done.status_code in (200, 303), done.text
    await customer.settled()


async def fills_in(customer: Customer, *, to: str = "order.auto_renewal") -> None:
    """From the cart on: what is in it for another year, for the company on file; the second time nothing is asked."""
    await says(customer, "cart:confirm", "service:subscription")
    await customer.settled()
    if customer.at == to:
        return
    assert customer.at == "company.confirm", customer.at
    await customer.say("confirm:yes")
    for at, answer in ORDERER.items():
        if customer.at == to:
            return
        assert customer.at == at, (customer.at, at)
        await customer.say(answer)
    assert customer.at == to, customer.at


async def orders(customer: Customer, method: str = "blik") -> str:
    """From the consent on; gives the payment's id."""
    await says(customer, "auto_renewal:yes", f"method:{method}", "pay:now")
    assert customer.expects == "payment", customer.at
    return customer.link("payment")["id"]


async def comes_to(customer: Customer, expects: str) -> None:
    """Waits for the turns that something outside causes."""

    async def there() -> bool:
        await customer.look()
        return customer.expects == expects

    await until(there)


async def comes(desk: Running, end: datetime, *, days: float) -> None:
    """Moves the clock to so many days before the end."""
    for _ in range(60):
        left = (end - datetime.fromisoformat((await desk.advance(0))["now"])).total_seconds() - days * DAY
        if left <= 0:
            return
        await desk.advance(left)
    raise AssertionError("the clock doesn't come there")


async def subscription(desk: Running, product: str = "r2platnik") -> dict[str, Any]:
    """The customer's subscription of a product, as the card shows it."""
    [found] = [s for s in (await desk.card(EMAIL))["subscriptions"] if s["product"] == product]
    return found


def written(end: datetime, days: int, language: str) -> str:
    """The day that is so many days before an end, as it is written to a customer."""
    return format_date(end - timedelta(days=days), "long", language)


async def renewed(desk: Running) -> tuple[Customer, datetime]:
    """A customer who has renewed from the zone and paid, and the new end of the subscription."""
    customer = await logged_in(desk)
    await customer.say("zone:renewal")
    await fills_in(customer)
    await desk.pay(await orders(customer))
    await comes_to(customer, "nothing")
    return customer, datetime.fromisoformat((await subscription(desk))["ends_at"])


async def pays(desk: Running, customer: Customer, card: str = "works", method: str = "card") -> None:
    """The renewal is ordered, and paid with that card of the stand-in, or by BLIK, which is kept."""
    await customer.say("zone:renewal")
    await fills_in(customer)
    await goes_through(desk, await orders(customer, method), card)
    await comes_to(customer, "nothing")


async def goes_through(desk: Running, payment_id: str, card: str) -> None:
    body = {"outcome": "paid", "notify": "once", "card": card}
    done = await desk.http.post(f"/sandbox/api/payments/{payment_id}", json=body)
    assert done.status_code == 200, done.text


async def kept(desk: Running) -> Json:
    """The way to pay that the stand-in keeps, of several the last."""
    [*_, method] = (await desk.http.get("/sandbox/api/methods")).json()
    return method


async def lets(desk: Running, comes_to: str) -> None:
    """What charges of the stored card come to from now on."""
    known = await kept(desk)
    done = await desk.http.post(f"/sandbox/api/methods/{known['id']}", json={"next": comes_to})
    assert done.status_code == 200, done.text


async def taken(desk: Running) -> int:
    """How often money was taken at the provider."""
    attempts = (await desk.http.get("/sandbox/api/attempts")).json()
    return sum(attempt["status"] == "paid" for attempt in attempts)


async def subscribed(
    desk: Running, *, card: str = "works", days: float | None = None, method: str = "card"
) -> Scripted:
    """A customer whose subscription is paid by what is kept; so many days before it ends, if any are given."""
    who = Scripted(desk)
    who.customer = await logged_in(desk)
    await pays(desk, who.customer, card, method)
    if days is not None:
        await comes(desk, await end_of(desk), days=days)
    return who


async def end_of(desk: Running) -> datetime:
    return datetime.fromisoformat((await subscription(desk))["ends_at"])


a_month_before = pytest.mark.stage(subscribed, days=28)


async def looks(customer: Customer) -> str:
    """All that was said since the last look."""
    before = len(customer.said)
    await customer.look()
    return "\n\n".join(customer.said[before:])


async def payer(desk: Running, method: str) -> Scripted:
    """A customer who has paid for a year that renews itself."""
    who = Scripted(desk)
    who.customer = customer = await logged_in(desk)
    await customer.say("zone:renewal")
    await fills_in(customer)
    await desk.pay(await orders(customer, method))
    await comes_to(customer, "nothing")
    await customer.look()
    return who


async def events(desk: Running, type: str) -> list[Json]:
    found = await desk.installation.store.read(lambda c: events_out.list_events(c, Window(50), type=type))
    return [one.event.data for one in found]


async def tells(customer: Customer) -> str:
    return plain(await looks(customer))
