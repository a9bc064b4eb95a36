"""Subscriptions that an earlier release has left, as the upgrade makes them, on both databases."""

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.orders import orders
from services.orders.pricing import Item, price
from services.store import migrate
from services.store.database import open_store
from services.store.tables.subscriptions import subscription
from services.subscriptions import subscription_record, subscriptions
from tests.kit.narrow import a
from tests.services.domain import people
from tests.services.domain.people import NOW, buyer
from values.term import A_YEAR, TWO_YEARS


async def test_subscriptions_of_before_have_the_quantities_of_their_order(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    store = open_store(empty_url)
    items = [Item("base", 1, TWO_YEARS, 24000, 22), Item("space", 2, TWO_YEARS, 1800, 22)]
    await store.write(lambda c: activated(c, items))
    await store.close()

    migrate.downgrade(empty_url, "0003")
    migrate.upgrade(empty_url)

    store = open_store(empty_url)
    found = await store.read(lambda c: subscription_record.of_account(c, "a1"))
    assert {s.product: (s.quantity, s.years) for s in found} == {"base": (1, 2), "space": (2, 2)}
    await store.close()


def activated(connection: sa.Connection, items: list[Item]) -> None:
    """An order of these lines that has begun to run."""
    buyer(connection)
    wanted = replace(people.WANTED, items=tuple(items), price=price(items, None, "EUR"))
    subscriptions.activate(connection, a(orders.Placed, orders.place(connection, wanted, NOW)).order, NOW)


@pytest.mark.parametrize("of", ["base", None])
async def test_add_ons_whose_plan_has_ended_or_is_stopped_renew_no_more(empty_url: str, of: str | None) -> None:
    """Once, and without a change of what is paid; an order that doesn't name the plan says nothing."""
    migrate.upgrade(empty_url)
    store = open_store(empty_url)
    users = Item("users", 2, A_YEAR, 1800, 22, of=of)
    await store.write(lambda c: activated(c, [Item("base", 1, A_YEAR, 24000, 22), users]))

    async def renews(**plan: object) -> bool:
        left = sa.update(subscription).where(subscription.c.product == "base").values(**plan)
        again = sa.update(subscription).where(subscription.c.product == "users").values(auto_renewal=True)
        for change in (left, again):
            await store.write(lambda c, change=change: c.execute(change))
        for _twice in range(2):
            migrate.downgrade(empty_url, "0051")
            migrate.upgrade(empty_url, migrate.find_newest())
        found = await store.read(lambda c: subscription_record.of_account(c, "a1"))
        [kept] = [one for one in found if one.product == "users"]
        assert (kept.status, kept.end_reason) == ("active", None)
        return kept.auto_renewal

    assert await renews(auto_renewal=True)
    for plan in ({"auto_renewal": False}, {"status": "ended", "ends_at": NOW}):
        assert await renews(**plan) == (of is None)
    await store.close()
