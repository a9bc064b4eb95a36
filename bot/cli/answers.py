"""`okienko answers`: the answers to the seller's own questions as a table, for a spreadsheet."""

import sys
from collections.abc import Iterator
from io import TextIOWrapper

from bot.app.settings import Settings
from bot.cli.database import in_store, read_profile
from services.questions import answers_listed
from services.store.database import Store
from services.store.statements import Window
from values.csv_table import write_rows

HEADER = ("customer_id", "email", "kept_with", "id", "question", "label", "answer")
CUSTOMERS_A_PAGE = 200


def answers() -> None:
    """Print answers to your own questions as CSV: those of questions whose `show` has "csv"."""
    settings = Settings()
    asked = read_profile(settings.profile).seller.own_questions
    in_store(settings, lambda store: _print(store, {one.id for one in asked if one.shown_to("csv")}))


async def _print(store: Store, questions: set[str]) -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # whatever the terminal's; the table ends its lines itself
    write_rows(sys.stdout, [HEADER])
    after = None
    while True:
        asked = Window(CUSTOMERS_A_PAGE, after)
        found, after = await store.read(lambda c: answers_listed.page(c, questions, asked))  # noqa: B023
        write_rows(sys.stdout, map(_row, found))
        if after is None:
            return


def _row(one: answers_listed.AnswerListed) -> Iterator[str]:
    yield from (one.customer.id, one.customer.email, one.kept_with, one.holder, one.question)
    yield from (one.answer.label, one.answer.words if one.answer.value is not None else "")
