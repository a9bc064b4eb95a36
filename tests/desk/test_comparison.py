"""The books compared with the providers: what a lost notice left open is found, mended and then gone."""

import asyncio
import json

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli import build
from sandbox.payments.stripe import STRIPE_SECRET_KEY
from services.payments import comparison, methods, record
from services.store.tables.orders import payment, payment_attempt, payment_method, refund
from services.store.tables.subscriptions import subscription
from tests.desk.databases import on_each_database
from tests.desk.renewing import DAY, EMAIL, PROFILE, events, fills_in, lets, logged_in, orders, tells
from tests.desk.running import Json, Running
from tests.desk.scripted import Scripted
from tests.desk.test_money_back import GROSS, books, disputing, each_provider, paid_by, part_is_back
from tests.desk.test_money_back import payment_id as payment_id

pytestmark = pytest.mark.desk(profile=PROFILE)


@pytest.fixture(autouse=True)
def _at_this_desk(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = desk.installation.deps.settings
    told = {"DATA_DIR": settings.data_dir, "PROFILE": settings.profile, "SANDBOX_URL": desk.url}
    told |= {"DATABASE_URL": settings.database}
    if settings.secret_key is not None:
        told["SECRET_KEY"] = settings.secret_key.get_secret_value()
    for name, value in told.items():
        monkeypatch.setenv(f"OKIENKO_{name}", str(value))


async def compared(*options: str) -> tuple[int, str]:
    done = await asyncio.to_thread(CliRunner().invoke, build("reconcile"), ["reconcile", *options])
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, done.stdout


async def differences() -> list[Json]:
    code, said = await compared("--json")
    # The desk in this process logs to the same place.
    found = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    assert (code, found["unseen"]) == (1 if found["differences"] else 0, {}), said
    return [(one["kind"], one["ours"], one["theirs"]) for one in found["differences"]]


@each_provider
@on_each_database
async def test_a_refund_made_in_the_panel_without_a_notice_is_found_and_booked(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    assert await differences() == []
    await part_is_back(desk, payment_id)
    assert await differences() == [("refunds_differ", 0, 10000)]
    await desk.advance(60)
    assert await books(desk) == ("paid", 10000, None)
    assert await differences() == []


@pytest.mark.parametrize("method", ["card", "paypal", "blik"])
@on_each_database
async def test_money_whose_notice_was_lost_is_found_and_booked_once(desk: Running, method: str) -> None:
    customer = await logged_in(desk)
    await customer.say("zone:renewal")
    await fills_in(customer)
    payment_id = await orders(customer, method)
    told = {"outcome": "paid", "notify": "none"}
    assert (await desk.http.post(f"/sandbox/api/payments/{payment_id}", json=told)).status_code == 200
    found = await differences()
    # What a payer has only approved at PayPal is no money yet: the desk takes it when it asks for it.
    assert found == ([] if method == "paypal" else [("paid_there", 0, GROSS)])
    await desk.advance(1800)
    assert await books(desk) == ("paid", 0, None)
    assert await differences() == []


@disputing
async def test_a_dispute_nobody_told_of_is_booked(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    told = {"outcome": "disputed", "notify": "none"}
    assert (await desk.http.post(f"/sandbox/api/payments/{payment_id}", json=told)).status_code == 200
    assert ("dispute_differs", "none", "open") in await differences()
    await desk.advance(60)
    assert (await books(desk))[2] == "open"


@paid_by["stripe"]
async def test_what_the_provider_doesn_t_know_is_told_and_left_to_a_person(
    desk: Running, buyer: Scripted, payment_id: str
) -> None:
    await desk.fault("stripe", "down", 100)
    code, said = await compared()
    assert (code, "stripe: no answer about 1" in said) == (1, True), said
    assert (await desk.http.post("/sandbox/api/reset")).is_success
    code, said = await compared()
    assert code == 1
    assert "paid_here" in said
    assert "here 466.17 PLN, there 0.00 PLN; look for it in the provider's panel" in said
    assert await books(desk) == ("paid", 0, None), "nothing is unbooked by itself"


@paid_by["stripe"]
@on_each_database
async def test_each_night_compares_and_tells_support_and_the_seller_once(
    desk: Running, buyer: Scripted, payment_id: str
) -> None:
    await desk.fault("stripe", "down", 100)
    await desk.advance(DAY)
    assert await events(desk, "payment.differs") == [], "nothing is said of what wasn't seen"
    assert (await desk.http.post("/sandbox/api/reset")).is_success
    for _night in range(3):
        await desk.advance(DAY)
    [told] = await events(desk, "payment.differs")
    assert (told["kind"], told["ours"], told["theirs"], told["remedy"][:11]) == ("paid_here", GROSS, 0, "look for it")
    letters = [one["text"] for one in await desk.outbox() if told["order_number"] in one["text"]]
    assert [("466.17 PLN" in one, "0.00 PLN" in one) for one in letters if "paid_here" in one] == [(True, True)]


@disputing
@on_each_database
async def test_money_that_the_books_know_nothing_of_is_told_once(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    """As after a backup was put back that is older than the payment; what another desk took is nobody's business."""
    another = {"amount": 5000, "currency": "pln", "metadata[payment_ref]": f"{'0' * 32}-1"}
    key = {"authorization": f"Bearer {STRIPE_SECRET_KEY}"}
    assert (await desk.http.post("/sandbox/stripe/v1/payment_intents", data=another, headers=key)).is_success

    def forget(connection: sa.Connection) -> None:
        for table, column in ((payment_attempt, "payment_id"), (payment, "id")):
            connection.execute(sa.delete(table).where(table.c[column] == payment_id))

    await desk.installation.store.write(forget)
    assert await differences() == [("unknown_here", 0, GROSS)]
    for _night in range(3):
        await desk.advance(DAY)
    [told] = await events(desk, "payment.differs")
    assert (told["kind"], told["payment_id"], told["order_number"], told["theirs"]) == (
        *("unknown_here", payment_id, None, GROSS),
    )
    assert len([one for one in await desk.outbox() if "unknown_here" in one["text"]]) == 1


async def test_money_for_a_dead_attempt_is_found_by_night_though_its_notice_was_lost(desk: Running) -> None:
    customer = await logged_in(desk)
    await customer.say("zone:renewal")
    await fills_in(customer)
    payment_id = await orders(customer, "card")
    failed, paid = ({"outcome": one, "notify": "none"} for one in ("failed", "paid"))
    assert (await desk.http.post(f"/sandbox/api/payments/{payment_id}", json=failed)).status_code == 200
    await desk.advance(2 * 3600)  # past the end of the checkout session, which lasts one
    dead = await desk.installation.store.read(lambda c: record.get(c, payment_id))
    assert dead is not None
    assert dead.status == "failed"
    assert (await desk.http.post(f"/sandbox/api/payments/{payment_id}", json=paid)).status_code == 200
    await desk.advance(DAY)
    assert await books(desk) == ("paid", 0, None)


async def writes(desk: Running, *statements: sa.Update) -> None:
    """As a lost write, or a mistake of the desk's own, would leave the books."""

    def write(connection: sa.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    await desk.installation.store.write(write)


async def told_once(desk: Running, kind: str) -> Json:
    for _night in range(2):
        await desk.advance(DAY)
    [told] = await events(desk, "payment.differs")
    assert told["kind"] == kind
    assert len([one for one in await desk.outbox() if kind in one["text"]]) == 1
    return told


@disputing
@on_each_database
async def test_a_refund_of_an_old_payment_is_found_by_the_provider_s_list(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    old = desk.installation.clock.now() - 100 * comparison.LONG
    times = dict.fromkeys(("created_at", "paid_at", "asked_at"), old)
    attempts = sa.update(payment_attempt).values(created_at=old, changed_at=old)
    await writes(desk, sa.update(payment).values(**times), attempts)
    for sum_ in (5000, 5001):
        await part_is_back(desk, payment_id, outcome="refunded", notify="none", amount=sum_)
    before = len((await desk.http.get("/sandbox/api/calls", params={"provider": provider})).json())
    assert await differences() == [("refunds_differ", 0, 10001)]
    calls = (await desk.http.get("/sandbox/api/calls", params={"provider": provider})).json()[before:]
    assert not [one["what"] for one in calls if "checkout" in one["what"]], "the list tells it all"
    await desk.advance(60)
    assert await books(desk) == ("paid", 10001, None)
    assert await differences() == []


@each_provider
@on_each_database
async def test_a_refund_done_here_that_the_provider_doesn_t_know_waits_for_a_person(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    order = (await desk.card(EMAIL))["orders"][0]["id"]
    now = desk.installation.clock.now()
    done = {"id": "r1", "order_id": order, "payment_id": payment_id, "attempt": 1, "amount": 10000, "currency": "PLN"}
    done |= {"reason": "Zwrot", "status": "done", "requested_at": now, "settled_at": now}
    await desk.installation.store.write(lambda c: c.execute(sa.insert(refund).values(**done)))
    assert await differences() == [], "perhaps it isn't counted yet"
    told = await told_once(desk, "refund_undone")
    assert (told["ours"], told["theirs"], told["remedy"][:11]) == (10000, 0, "look for it")
    assert await differences() == [("refund_undone", 10000, 0)]
    assert await books(desk) == ("paid", 0, None), "nothing is booked by itself"
    await part_is_back(desk, payment_id)
    assert await differences() == [("refunds_differ", 0, 10000)]
    await desk.advance(60)
    assert await differences() == []


@disputing
@on_each_database
async def test_a_method_that_its_provider_keeps_no_more_is_noted_before_its_charge(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    [kept] = await desk.installation.store.read(lambda c: c.execute(sa.select(payment_method)).mappings().all())
    if provider == "paypal":
        await lets(desk, "gone")
    else:
        where = f"/sandbox/stripe/v1/customers/{kept['customer']}"
        gone = await desk.http.delete(where, headers={"authorization": f"Bearer {STRIPE_SECRET_KEY}"})
        assert gone.is_success
    assert await differences() == [], "no charge of it is near"
    soon = desk.installation.clock.now() + 10 * comparison.LONG / 3
    ends = sa.update(subscription).values(ends_at=soon)
    await writes(desk, ends)
    for _asked in range(2):
        assert await differences() == [("method_gone", "kept", "gone")]
    await desk.advance(DAY)
    noted = await desk.installation.store.read(lambda c: methods.get(c, kept["id"]))
    assert noted is not None
    assert noted.gone_at is not None
    assert await differences() == []
    assert (await tells(buyer.customer)).count(kept["label"]) == 1
    assert await events(desk, "payment.differs") == [], "what mends itself is nobody's work"


@paid_by["stripe"]
@on_each_database
async def test_what_renews_by_money_that_went_back_is_told_once(
    desk: Running, buyer: Scripted, payment_id: str
) -> None:
    assert (await desk.http.post(f"/sandbox/api/payments/{payment_id}", json={"outcome": "disputed"})).is_success
    await desk.advance(60)
    assert await differences() == [], "its renewal is off: that is how it should be"
    on = sa.update(subscription).where(subscription.c.order_id.is_not(None) | (subscription.c.end_reason == "disputed"))
    await writes(desk, on.values(auto_renewal=True, end_reason=None))
    told = await told_once(desk, "service_unpaid")
    assert (told["ours"], told["theirs"], told["payment_id"]) == ("renews", "disputed", payment_id)


@paid_by["stripe"]
@on_each_database
async def test_a_charge_for_what_had_ended_is_told_once(desk: Running, buyer: Scripted, payment_id: str) -> None:
    assert await differences() == []
    now = desk.installation.clock.now()
    [kept] = await desk.installation.store.read(lambda c: c.execute(sa.select(payment_method.c.id)).all())
    by_desk = sa.update(payment_attempt).values(stored_id=kept.id, created_at=now, changed_at=now)
    over = sa.update(subscription).values(status="ended", end_reason="cancelled", ends_at=now, auto_renewal=False)
    await writes(desk, by_desk, over)
    told = await told_once(desk, "charged_after_end")
    assert (told["ours"], told["theirs"], told["payment_id"]) == ("ended", GROSS, payment_id)
