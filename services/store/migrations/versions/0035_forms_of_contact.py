"""The forms of contact of a company become an answer to the seller's own question."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import Json

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

LABEL = {"pl": "Forma kontaktu", "it": "Forma di contatto", "en": "Form of contact"}
WORDS = {
    "pl": {"email": "E-mail", "phone": "Telefon", "sms": "SMS", "none": "Bez kontaktu"},
    "it": {"email": "E-mail", "phone": "Telefono", "sms": "SMS", "none": "Nessun contatto"},
    "en": {"email": "E-mail", "phone": "Phone", "sms": "Text message", "none": "No contact"},
}
"""The shipped texts of 0.16.0; English stands in for a language that the seller brought."""
MOST = 1000
"""Companies at a time."""
_company = sa.table(
    "company",
    sa.column("id", sa.Text),
    sa.column("account_id", sa.Text),
    sa.column("contact_form", sa.Text),
    sa.column("own_answers", Json),
)
_account = sa.table("account", sa.column("id", sa.Text), sa.column("locale", sa.Text))


def upgrade() -> None:
    """Forwards. Each answer is kept with its label and words in the person's language."""
    said = _company.c.contact_form.is_not(None)
    for found in _pages(_company.c.contact_form, said):
        _keep([{"of": id, "answers": {**(kept or {}), **_answer(form, at)}} for id, at, kept, form in found])
    op.drop_column("company", "contact_form")


def downgrade() -> None:
    """Back to the step before."""
    op.add_column("company", sa.Column("contact_form", sa.Text, nullable=True))
    for found in _pages(sa.literal(None), _company.c.own_answers.is_not(None)):
        back = [(id, kept.pop("contact_forms", None), kept) for id, _at, kept, _form in found]
        mine = [(id, answer["value"], kept) for id, answer, kept in back if answer and answer["value"]]
        _keep([{"of": id, "answers": kept or None} for id, _value, kept in mine])
        for id, value, _kept in mine:
            form = sa.update(_company).where(_company.c.id == id).values(contact_form=",".join(value))
            op.get_bind().execute(form)


def _answer(form: str, locale: str) -> dict[str, Any]:
    value, known = form.split(","), locale if locale in WORDS else "en"
    words = ", ".join(WORDS[known].get(one, one) for one in value)
    return {"contact_forms": {"value": value, "label": LABEL[known], "words": words}}


def _pages(form: sa.ColumnElement[Any], wanted: sa.ColumnElement[bool]) -> Iterator[list[Any]]:
    """Yield the companies in pages, each with its account's language."""
    query = (
        sa.select(_company.c.id, _account.c.locale, _company.c.own_answers, form.label("form"))
        .join(_account, _account.c.id == _company.c.account_id)
        .where(wanted)
        .order_by(_company.c.id)
        .limit(MOST)
    )
    after = ""
    while found := op.get_bind().execute(query.where(_company.c.id > after)).all():
        yield [tuple(row) for row in found]
        after = found[-1].id


def _keep(rows: list[dict[str, Any]]) -> None:
    if rows:
        update = sa.update(_company).where(_company.c.id == sa.bindparam("of"))
        op.get_bind().execute(update.values(own_answers=sa.bindparam("answers", type_=Json)), rows)
