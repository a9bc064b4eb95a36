"""Free versions of a seller's products: an order of no money, paid from the beginning, one for each account."""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.companies import companies
from services.orders import numbers, order_record
from services.orders.pricing import Item
from services.store.tables.accounts import account
from services.store.tables.orders import sales_order
from services.subscriptions import subscription_record, subscriptions
from values.term import A_YEAR

METHOD = "free"


class Running(Struct, frozen=True):
    """The free version runs; `new`: since now."""

    new: bool


class FreeVersionNotYet(Struct, frozen=True):
    """The account isn't active, or no company of it is confirmed."""

    reason: Literal["account", "company"]


_ACTIVE = (
    sa.select(account.c.id)
    .where(account.c.id == sa.bindparam("wanted"), account.c.status == "active", account.c.taken.is_(False))
    .with_for_update(key_share=True)
)


def switch_on(
    connection: sa.Connection,
    *,
    order_id: str,
    account_id: str,
    company_id: str,
    product: str,
    currency: str,
    series: str,
    conversation_id: str | None,
    time_zone: str,
    now: datetime,
) -> Running | FreeVersionNotYet:
    """Switch it on for a year at a time; a second time changes nothing while it runs."""
    if connection.execute(_ACTIVE, {"wanted": account_id}).first() is None:
        return FreeVersionNotYet("account")
    company = companies.get(connection, company_id)
    if company is None or company.account_id != account_id or company.confirmed_at is None:
        return FreeVersionNotYet("company")
    known = subscription_record.of_account(connection, account_id)
    if any(s.product == product and s.status != "ended" for s in known):
        return Running(new=False)
    connection.execute(
        sa.insert(sales_order).values(
            id=order_id,
            number=numbers.next_number(connection, series),
            account_id=account_id,
            company_id=company_id,
            conversation_id=conversation_id,
            billing=companies.snapshot(company.billing),
            items=[order_record.item_to_json(Item(product, 1, A_YEAR, 0, 0))],
            net=0,
            vat=0,
            gross=0,
            currency=currency,
            method=METHOD,
            auto_renewal=False,
            status="paid",
            placed_at=now,
            paid_at=now,
            time_zone=time_zone,
        )
    )
    subscriptions.activate(connection, order_record.lock(connection, order_id), now)
    return Running(new=True)
