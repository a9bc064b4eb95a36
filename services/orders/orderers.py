"""Orderers: who placed an order for a company, and where its invoices go."""

import sqlalchemy as sa

from services.store.statements import PerDialect
from services.store.tables.orders import orderer as table
from values.order import OrdererDetails

_KEEP = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["order_id"]))
_GET = sa.select(table.c.name, table.c.phone, table.c.email, table.c.invoice_email).where(
    table.c.order_id == sa.bindparam("of")
)


def keep(connection: sa.Connection, *, order_id: str, orderer: OrdererDetails) -> None:
    """Note who ordered. A second call changes nothing: it is part of the order as it was placed."""
    values = {
        "order_id": order_id,
        "name": orderer.name,
        "phone": orderer.phone,
        "email": orderer.email,
        "invoice_email": orderer.invoice_email,
    }
    connection.execute(_KEEP.of(connection), values)


def of_order(connection: sa.Connection, order_id: str) -> OrdererDetails | None:
    """Return who placed this order, None where nobody was named."""
    row = connection.execute(_GET, {"of": order_id}).first()
    return None if row is None else OrdererDetails(*row)
