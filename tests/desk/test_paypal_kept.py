"""A wallet that PayPal keeps, over a whole desk: kept with a payment, charged at renewals, refused, forgotten."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from services.store.tables.orders import payment
from tests.desk import renewing
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Scripted, until

pytestmark = pytest.mark.desk(profile=renewing.PROFILE)
seldom = pytest.mark.usefixtures("asked_seldom")
LABEL = "PayPal p…@example.com"


async def subscribed(desk: Running, *, notify: str = "once") -> Scripted:
    """A customer whose subscription is paid by PayPal."""
    who = Scripted(desk)
    who.customer = await renewing.logged_in(desk)
    await who.customer.say("zone:renewal")
    await renewing.fills_in(who.customer)
    await desk.pay(await renewing.orders(who.customer, "paypal"), notify=notify)
    if notify != "once":
        await desk.advance(3700)
    await renewing.comes_to(who.customer, "nothing")
    return who


by_paypal = pytest.mark.stage.with_args(subscribed)


async def methods(desk: Running) -> list[tuple[str, str, bool]]:
    return [(m["method"], m["label"], m["default"]) for m in (await desk.card(renewing.EMAIL))["methods"]]


@seldom
@on_each_database
@by_paypal
async def test_kept_with_the_payment_and_charged_seven_days_before_the_next_end(desk: Running, buyer: Scripted) -> None:
    customer, end = buyer.customer, await renewing.end_of(desk)
    assert await methods(desk) == [("paypal", LABEL, True)]
    assert (await renewing.kept(desk))["provider"] == "paypal"
    await renewing.comes(desk, end, days=10)
    told = (await renewing.looks(customer)).replace("\xa0", " ")
    charged, last = renewing.written(end, 7, "pl"), renewing.written(end, 8, "pl")
    assert f"tak, {charged} pobierzemy 466,17 zł za kolejny rok ({LABEL})" in told
    assert f"najpóźniej {last}" in told
    assert await renewing.taken(desk) == 1
    await renewing.comes(desk, end, days=6.5)
    assert f"Pobraliśmy 466,17 zł zapisaną metodą ({LABEL})" in (await renewing.looks(customer)).replace("\xa0", " ")
    assert datetime.fromisoformat((await renewing.subscription(desk))["ends_at"]) == end.replace(year=end.year + 1)
    assert [(p["provider"], p["status"]) for p in (await desk.card(renewing.EMAIL))["payments"]] == [
        ("paypal", "paid")
    ] * 2
    await renewing.comes(desk, end, days=-2)
    assert (await renewing.taken(desk), await renewing.looks(customer)) == (2, "")


async def test_a_wallet_that_is_kept_only_after_the_money_is_charged_all_the_same(
    desk: Running, request: pytest.FixtureRequest
) -> None:
    customer, end = (await subscribed(desk, notify="late")).customer, await renewing.end_of(desk)

    async def kept_by_name() -> bool:
        await desk.advance(3700)  # told an hour after the money was taken, which the books may know before
        return await methods(desk) == [("paypal", LABEL, True)]

    await until(kept_by_name)
    request.getfixturevalue("asked_seldom")  # the year that follows
    await renewing.comes(desk, end, days=6.5)
    assert "Pobraliśmy" in await renewing.looks(customer)
    assert await renewing.taken(desk) == 2


@seldom
@pytest.mark.parametrize(("method", "label"), [("paypal", LABEL), ("card", "Visa …4242")])
async def test_kept_by_a_payment_of_zero_and_charged_at_the_end(desk: Running, method: str, label: str) -> None:
    customer = await renewing.logged_in(desk)
    await customer.say("zone:renewal")
    await renewing.fills_in(customer)
    of, link = await renewing.orders(customer, method), customer.link("payment")["href"]
    await desk.installation.store.write(lambda c: c.execute(sa.update(payment).values(amount=0)))
    await desk.pay(of)
    await renewing.comes_to(customer, "nothing")
    assert await methods(desk) == [(method, label, True)]
    assert [(one["amount"], one["status"]) for one in (await desk.card(renewing.EMAIL))["payments"]] == [(0, "paid")]
    for page in (link, f"{link}/return"):
        assert "Dziś nic nie pobrano" in (await desk.http.get(page)).text
    await renewing.comes(desk, await renewing.end_of(desk), days=6.5)
    [free, charged] = (await desk.http.get("/sandbox/api/attempts")).json()
    assert (free["amount"], charged["amount"], charged["status"]) == (0, 46617, "paid")


@seldom
@by_paypal
async def test_forgotten_in_the_zone_it_is_deleted_at_paypal_and_charged_no_more(
    desk: Running, buyer: Scripted
) -> None:
    customer, end = buyer.customer, await renewing.end_of(desk)
    await customer.say("zone:methods")
    assert LABEL in customer.said[-1]
    [forget] = [b for b in customer.buttons if b.startswith("forget:")]
    await desk.fault("paypal", "lost", 1)
    await customer.say(forget)
    assert "usunięte" in customer.said[-1]

    async def forgotten() -> bool:
        await desk.advance(120)
        return not (await renewing.kept(desk))["kept"]

    await until(forgotten)
    assert await methods(desk) == []
    await renewing.comes(desk, end, days=2)
    await customer.look()
    assert (await renewing.taken(desk), customer.expects) == (1, "payment")
