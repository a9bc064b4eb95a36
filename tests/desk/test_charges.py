"""Renewals charged to a stored card: announced, taken seven days before the end, refused, tried again, stopped."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from sandbox.payments.stripe import STRIPE_SECRET_KEY
from services.crash import watch_crash_points
from services.payments import methods
from services.store.tables.accounts import account as account_table
from tests.desk import renewing
from tests.desk.running import Customer, Running
from tests.desk.scripted import Scripted, logs_in_again, until
from tests.desk.stages import Stage, desk_at
from tests.kit.talks import plain, plays

pytestmark = [pytest.mark.usefixtures("asked_seldom"), pytest.mark.desk(profile=renewing.PROFILE)]


async def told_by(desk: Running, customer: Customer, end: datetime, days: float) -> str:
    """What is said until so many days before the end."""
    await renewing.comes(desk, end, days=days)
    return plain(await renewing.looks(customer))


@renewing.a_month_before
async def test_what_the_bank_wants_confirmed_is_only_asked_for_by_link(desk: Running, buyer: Scripted) -> None:
    customer, end = buyer.customer, await renewing.end_of(desk)
    await renewing.lets(desk, "needs_payer")
    assert "potwierdziła osobiście" in await told_by(desk, customer, end, 6.5)
    tried = len((await desk.http.get("/sandbox/api/attempts")).json())
    told = await told_by(desk, customer, end, 2.5)
    assert ("wciąż czeka na wpłatę" in told, "Nie udało się" in told) == (True, False)
    assert len((await desk.http.get("/sandbox/api/attempts")).json()) == tried
    await desk.pay(customer.link("payment")["id"])
    await renewing.comes_to(customer, "nothing")
    assert (await renewing.end_of(desk)).year == end.year + 1


@renewing.a_month_before
async def test_a_card_stored_by_the_mailed_link_is_kept_though_nobody_is_in_a_chat(
    desk: Running, buyer: Scripted
) -> None:
    await renewing.lets(desk, "gone")
    await buyer.customer.say("zone:log_out")
    await renewing.comes(desk, await renewing.end_of(desk), days=5)
    card = await desk.card(renewing.EMAIL)
    account_id, [payment] = card["id"], [p for p in card["payments"] if p["status"] == "pending"]

    async def is_kept() -> bool:
        way = await desk.installation.store.read(lambda c: methods.default_of(c, account_id))
        return way is not None and way.gone_at is None

    assert not await is_kept()
    await renewing.goes_through(desk, payment["id"], "works")
    await until(is_kept)


@pytest.fixture
def by_blik(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The seller's renewals are charged to BLIK, too; a year of the program costs what the test says."""
    folder = tmp_path / renewing.PROFILE.name
    shutil.copytree(renewing.PROFILE, folder)
    said = (folder / "profile.toml").read_text("utf-8")
    said = said.replace("chargeable = [", 'chargeable = ["blik", ')
    said = said.replace('net = "379.00"', f'net = "{getattr(request, "param", "379.00")}"')
    (folder / "profile.toml").write_text(said, "utf-8")
    request.node.add_marker(pytest.mark.desk(profile=folder))


@pytest.mark.usefixtures("by_blik")
async def test_blik_is_charged_until_its_holder_ends_it_in_the_bank(desk: Running) -> None:
    customer, end = (await renewing.subscribed(desk, days=28, method="blik")).customer, await renewing.end_of(desk)
    assert "pobierzemy 466,17 zł za kolejny rok (BLIK)" in plain(await renewing.looks(customer))
    assert "Pobraliśmy 466,17 zł zapisaną metodą (BLIK)" in await told_by(desk, customer, end, 6.5)
    assert (await renewing.taken(desk), await renewing.end_of(desk)) == (2, end.replace(year=end.year + 1))
    await renewing.lets(desk, "gone")
    assert "BLIK: operator płatności już tego nie przechowuje" in await told_by(desk, customer, end, 6)
    await customer.say("zone:methods")
    await logs_in_again(customer, renewing.EMAIL, renewing.PASSWORD)
    [forget] = [b for b in customer.buttons if b.startswith("forget:")]
    await plays(customer, (forget, "", "usunięte"))
    await until(lambda: not_kept(desk))
    assert (await desk.card(renewing.EMAIL))["methods"] == []


@pytest.mark.parametrize("by_blik", ["1626.03"], indirect=True)
@pytest.mark.usefixtures("by_blik")
async def test_what_is_above_the_limit_of_blik_is_asked_for_by_link(desk: Running) -> None:
    customer, end = (await renewing.subscribed(desk, days=28, method="blik")).customer, await renewing.end_of(desk)
    told = plain(await renewing.looks(customer)) + await told_by(desk, customer, end, 6.5)
    assert ("pobierzemy" in told, "2 000,02 zł" in told, customer.expects) == (False, True, "payment")
    assert await renewing.taken(desk) == 1


class Falls:
    """Breaks off the work once at each of these points."""

    def __init__(self, *points: str) -> None:
        self.left = [*points]

    def __call__(self, point: str) -> None:
        hit = next((part for part in self.left if part in point), None)
        if hit is not None:
            self.left.remove(hit)
            raise RuntimeError(point)


async def test_broken_off_at_any_point_and_with_answers_lost_money_is_taken_once(tmp_path: Path, stages: Path) -> None:
    around = ("before call ChargeStored", "before POST payment_intents", "after POST payment_intents")
    falls, before = Falls(*around, "after call ChargeStored"), Stage.of(renewing.subscribed, days=28)
    with watch_crash_points(falls):
        async with desk_at(stages, tmp_path, before, profile=renewing.PROFILE) as (desk, buyer):
            customer, end = buyer.customer, await renewing.end_of(desk)
            await told_by(desk, customer, end, 8)
            await desk.fault("stripe", "lost", 1)
            await desk.fault("stripe", "down", 1)
            assert (await told_by(desk, customer, end, 6)).count("Pobraliśmy") == 1
            assert await renewing.taken(desk) == 2
            assert [p["status"] for p in (await desk.card(renewing.EMAIL))["payments"]] == ["paid", "paid"]
    assert not falls.left


@renewing.a_month_before
async def test_provider_that_stays_down_is_told_honestly_and_tried_another_day(desk: Running, buyer: Scripted) -> None:
    customer, end = buyer.customer, await renewing.end_of(desk)
    await told_by(desk, customer, end, 8)
    await desk.fault("stripe", "down", 1000)
    assert "nie odpowiedział, czy pobrał" in await told_by(desk, customer, end, 6)
    assert customer.expects == "payment"
    await desk.fault("stripe", "down", 0)
    assert "Pobraliśmy" in await told_by(desk, customer, end, 4.5)
    assert await renewing.taken(desk) == 2


@pytest.mark.parametrize("how", ["renewal", "card"])
@renewing.a_month_before
async def test_whoever_stops_it_after_the_announcement_is_not_charged(desk: Running, buyer: Scripted, how: str) -> None:
    customer, end = buyer.customer, await renewing.end_of(desk)
    await told_by(desk, customer, end, 10)
    if customer.at == "renewal.renew":
        await customer.say("renew:later")
    if how == "renewal":
        await customer.say("nie odnawiaj")
        await logs_in_again(customer, renewing.EMAIL, renewing.PASSWORD)
        assert "wycofana" in customer.said[-1]
    else:
        await customer.say("zone:methods")
        await logs_in_again(customer, renewing.EMAIL, renewing.PASSWORD)
        assert "Visa …4242" in customer.said[-1]
        [forget] = [b for b in customer.buttons if b.startswith("forget:")]
        await plays(customer, (forget, "", "usunięte"))
        await until(lambda: not_kept(desk))
        assert (await desk.card(renewing.EMAIL))["methods"] == []
    await told_by(desk, customer, end, 2)
    assert await renewing.taken(desk) == 1
    assert customer.expects == ("nothing" if how == "renewal" else "payment")


async def not_kept(desk: Running) -> bool:
    return not (await renewing.kept(desk))["kept"]


@pytest.mark.stage(renewing.subscribed, card="works")
async def test_a_stored_card_is_chosen_paid_with_and_forgotten(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await plays(customer, ("zone:renewal", ""), ("program:r2faktury", ""), ("program:r2platnik", ""))
    await renewing.fills_in(customer)
    assert "Karta (Visa …4242)" in customer.said[-1]
    await customer.say("auto_renewal:yes")
    await desk.advance(30 * 60)
    await customer.say("pay:now")
    await logs_in_again(customer, renewing.EMAIL, renewing.PASSWORD)
    assert (customer.at, customer.buttons) == ("order.card", ["card:saved", "card:another"]), "the way is chosen anew"
    assert len((await desk.card(renewing.EMAIL))["orders"]) == 1
    await plays(customer, ("card:saved", ""), ("pay:now", "payment"))
    await desk.pay(customer.link("payment")["id"])
    await renewing.comes_to(customer, "nothing")
    assert len((await desk.http.get("/sandbox/api/methods")).json()) == 1, "the same one, not kept anew"
    assert [m["label"] for m in (await desk.card(renewing.EMAIL))["methods"]] == ["Visa …4242"]


@pytest.mark.stage(renewing.subscribed, card="works")
async def test_the_same_card_typed_anew_is_kept_once_at_the_provider_too(desk: Running, buyer: Scripted) -> None:
    customer, first = buyer.customer, (await renewing.kept(desk))["id"]
    await customer.say("zone:renewal")
    await renewing.fills_in(customer)
    await plays(customer, ("auto_renewal:yes", ""), ("zapłacę inną kartą", "order.card"))
    assert customer.buttons == ["card:saved", "card:another"]
    await plays(customer, ("card:another", ""), ("pay:now", "payment"))
    await renewing.goes_through(desk, customer.link("payment")["id"], "works")
    await renewing.comes_to(customer, "nothing")

    async def one_is_left() -> bool:
        known = (await desk.http.get("/sandbox/api/methods")).json()
        return len(known) == 2 and [m["id"] for m in known if not m["kept"]] == [first]

    await until(one_is_left)
    assert [m["label"] for m in (await desk.card(renewing.EMAIL))["methods"]] == ["Visa …4242"]
    assert customer.expects == "nothing"


@pytest.mark.stage(renewing.subscribed, card="works")
async def test_whoever_is_erased_is_forgotten_at_the_provider_card_and_address(desk: Running, buyer: Scripted) -> None:
    assert renewing.EMAIL in await at_stripe(desk)
    await plays(buyer, ("zone:erase", ""), ("erase:yes", ""))
    page = buyer.customer.link("secure_page")["href"]
    await desk.fault("stripe", "lost", 2)
    assert (
        await desk.http.post(page, data={"login": renewing.EMAIL, "password": renewing.PASSWORD})
    ).status_code == 200

    async def forgotten() -> bool:
        await desk.advance(300)
        return await not_kept(desk) and renewing.EMAIL not in await at_stripe(desk)

    await until(forgotten)


async def at_stripe(desk: Running) -> str:
    """Whom Stripe's stand-in keeps anything for."""
    accounts = await desk.installation.store.read(lambda c: c.execute(sa.select(account_table.c.id)).scalars().all())
    found = ""
    for id in accounts:
        answer = await desk.http.get(
            "/sandbox/stripe/v1/customers/search",
            params={"query": f'metadata["account"]:"{id}"'},
            headers={"authorization": f"Bearer {STRIPE_SECRET_KEY}"},
        )
        assert answer.status_code == 200, answer.text
        found += answer.text
    return found
