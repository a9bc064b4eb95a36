"""What the desk's tables say that no ledger can show: which messages were taken, and what was left undone."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.simulation.run import left
from services.store.tables.accounts import account, company
from services.store.tables.core import conversation, journal
from services.store.tables.orders import einvoice, payment, sales_order
from services.store.tables.subscriptions import subscription

CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Books:
    """Rows by address of the conversation (`lines`, `roots`) or by the account's e-mail; what is left, in all."""

    lines: dict[str, int]
    accounts: dict[str, int]
    companies: dict[str, int]
    orders: dict[str, int]
    payments: dict[str, int]
    einvoices: dict[str, int]
    subscriptions: dict[str, int]
    left: dict[str, int]


def noted_as_sent(store: sa.Engine) -> frozenset[int]:
    """The ids of messages that the desk knows as sent on Telegram."""
    query = (
        sa.select(journal.c.place)
        .join(conversation, journal.c.conversation_id == conversation.c.id)
        .where(conversation.c.channel == "telegram", journal.c.delivery == "sent", journal.c.place != "")
    )
    with store.connect() as connection:
        return frozenset(map(int, connection.execute(query).scalars()))


def deadlocks(store: sa.Engine) -> int:
    """How many transactions PostgreSQL has ended because they waited for each other; they were tried again."""
    if store.dialect.name != "postgresql":
        return 0
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    with store.connect() as connection:
        return connection.execute(sa.text(query)).scalar_one()


def read(store: sa.Engine) -> Books:
    """All of it."""
    with store.connect() as connection:
        return Books(
            lines=_counted(connection, _lines()),
            accounts=_counted(connection, _by_email(account.c.id, account)),
            companies=_counted(connection, _by_email(company.c.id, account.join(company))),
            orders=_counted(connection, _by_email(sales_order.c.id, account.join(sales_order))),
            payments=_counted(connection, _by_email(payment.c.id, account.join(sales_order).join(payment))),
            einvoices=_counted(connection, _by_email(einvoice.c.id, account.join(einvoice))),
            subscriptions=_counted(
                connection, _by_email(subscription.c.id, account.join(subscription).join(sales_order))
            ),
            left=left(connection),
        )


def _lines() -> sa.Select[Any, int]:
    return (
        sa.select(conversation.c.address, sa.func.count())
        .join(journal, journal.c.conversation_id == conversation.c.id)
        .where(journal.c.kind == CUSTOMER)
        .group_by(conversation.c.address)
    )


def _by_email(id: sa.Column[Any], rows: sa.FromClause) -> sa.Select[Any, int]:
    return sa.select(account.c.email, sa.func.count(sa.distinct(id))).select_from(rows).group_by(account.c.email)


def _counted(connection: sa.Connection, query: sa.Select[Any, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
