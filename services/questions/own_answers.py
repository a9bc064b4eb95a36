"""Answers to a seller's own questions, in one column of the account, the company or the order that they are about.

With each stand its label and words as they were then: a question that is asked no more keeps them in the person's own
file.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from msgspec import convert, to_builtins

from services.store.tables.accounts import account, company
from services.store.tables.orders import sales_order
from values.private import Private, PrivateStruct
from values.question import Answers, AnswerValue, Keep

Stored = Mapping[str, Any] | None
"""The column: `{ID: {"value", "label", "words"}}`."""
TABLES: Mapping[Keep, tuple[sa.Table, sa.Column[Any]]] = {
    "account": (account, account.c.id),
    "company": (company, company.c.account_id),
    "order": (sales_order, sales_order.c.account_id),
}
"""Where answers are kept, and the column that says whose account it is."""


class OwnAnswer(PrivateStruct):
    """An answer, with its label and words in the person's language. A value of None was passed over."""

    value: Private[AnswerValue | None]
    label: str
    words: Private[str]


def keep(
    connection: sa.Connection, *, keep: Keep, holder: str, account_id: str, given: Mapping[str, OwnAnswer]
) -> None:
    """Keep answers with their holder; those to other questions stay.

    Errors: LookupError for a holder that isn't this account's.
    """
    table, owner = TABLES[keep]
    mine = sa.and_(table.c.id == holder, owner == account_id)
    row = connection.execute(sa.select(table.c.own_answers).where(mine).with_for_update()).first()
    if row is None:
        raise LookupError(f"no such {keep}")
    answers = {**(row[0] or {}), **{name: to_builtins(answer) for name, answer in given.items()}}
    connection.execute(sa.update(table).where(mine).values(own_answers=answers))


def read_answers(stored: Stored) -> Mapping[str, OwnAnswer]:
    """Return the answers of a column, by the questions' ids."""
    return convert(stored or {}, dict[str, OwnAnswer])


def values(stored: Stored) -> Answers:
    """Return the values alone."""
    return {name: answer.value for name, answer in read_answers(stored).items()}
