"""All answers to a seller's own questions, customer by customer, in pages."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from services.accounts import accounts
from services.companies import companies
from services.orders import order_record
from services.questions import own_answers
from services.store.statements import KeysetPlace, Window, page_after
from services.store.tables.accounts import account
from values.private import PrivateStruct
from values.question import Keep

_SEEN = sa.select(*accounts.COLUMNS).where(account.c.taken.is_(False), account.c.closed_at.is_(None))


class AnswerListed(PrivateStruct):
    """An answer with its customer. `holder`: the id of the account or company, or the order's number."""

    customer: accounts.AccountRecord
    kept_with: Keep
    holder: str
    question: str
    answer: own_answers.OwnAnswer


def page(
    connection: sa.Connection, questions: Collection[str], asked: Window
) -> tuple[list[AnswerListed], KeysetPlace | None]:
    """Return the answers of the next customers to these questions, and where the page ends; None behind the last."""
    query = page_after(_SEEN, account.c.created_at, account.c.id, asked)
    found = [accounts.AccountRecord(**row) for row in connection.execute(query).mappings()]
    given = [one for mine in found for one in _of(connection, mine) if one.question in questions]
    return given, KeysetPlace(found[-1].created_at, found[-1].id) if found else None


def _of(connection: sa.Connection, mine: accounts.AccountRecord) -> Iterator[AnswerListed]:
    for keep, holder, stored in _held(connection, mine):
        for question, answer in own_answers.read_answers(stored).items():
            yield AnswerListed(mine, keep, holder, question, answer)


def _held(connection: sa.Connection, mine: accounts.AccountRecord) -> Iterator[tuple[Keep, str, own_answers.Stored]]:
    yield "account", mine.id, mine.own_answers
    for company in companies.of_account(connection, mine.id):
        yield "company", company.id, company.own_answers
    for order in order_record.of_account(connection, mine.id):
        yield "order", order.number, order.own_answers
