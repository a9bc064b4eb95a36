"""Cards: what a question shows as rows. Steps that are declared with the same card stand on it together.

Each of them keeps its own place in the dialog's order, and its own answer; the first that isn't answered is the open
step. While the card is shown the others' answers are taken as well, in whatever order they are pressed.
"""

from collections.abc import Mapping, Sequence
from typing import Literal
from zlib import crc32

from msgspec import Struct, msgpack
from msgspec.structs import replace

from dialogs.kit.options import Option, Params
from values.seller import Seller

CardKind = Literal["offer", "company", "order", "payment", "transfer", "receipt", "activation", "zone", "change"]


class RowContent(Struct, frozen=True):
    """A row: its label is the text `label.NAME`, its value `card.KIND.NAME`; a row without either words isn't shown.

    `edit` is the payload that changes it. `steps` are those whose answers stand in it, `document` is what can be read
    in full there. `copied`: customers take the value elsewhere, so a channel may help them copy it. `covers`: the rows
    whose answers its own press gives; a channel may show it in their place. `words`: the text of its value, where that
    isn't the card's own: a consent's.
    """

    name: str
    edit: str | None = None
    steps: tuple[str, ...] = ()
    document: str | None = None
    copied: bool = False
    choices: tuple[Option, ...] = ()
    covers: tuple[str, ...] = ()
    words: str | None = None


class CardContent(Struct, frozen=True):
    """A card before it is put into words: its texts are `card.KIND.title`, `.total` and `.state`.

    A card takes the place of an earlier one of the same `key`. `missing` are the steps on it that wait for an answer,
    but for the last one, which binds; `act` is the option that the last one binds by. `before`: what held until now, of
    a card that asks whether its changes are right.
    """

    kind: CardKind
    key: str
    rows: tuple[RowContent, ...]
    params: Params
    missing: tuple[str, ...] = ()
    act: Option | None = None
    before: Params | None = None


def card_checksum(card: CardContent | None) -> int | None:
    """Return a mark that tells a card from one that shows something else; None for no card."""
    return None if card is None else crc32(msgpack.encode(card, enc_hook=repr))


def choose_rows(card: CardContent, seller: Seller) -> CardContent:
    """Return the card with the rows that the seller wants, in its order; with all where it says nothing.

    Those of the seller's own questions follow the ways to pay, wherever these stand; one that covers others precedes
    the first of them. A consent is never left out.
    """
    wanted = dict(seller.cards).get(card.kind)
    if wanted is None:
        return card
    known = {row.name: row for row in card.rows}
    own = tuple(question.id for question in seller.own_questions if question.id in known)
    behind = wanted.index("method") + 1 if "method" in wanted else len(wanted)
    named = (*wanted[:behind], *own, *wanted[behind:])
    before = {row.covers[0]: (row,) for row in card.rows if row.covers}
    ordered = (row for name in named if name in known for row in (*before.get(name, ()), known[name]))
    consents = (row for row in card.rows if row.words is not None and row.name not in named)
    return replace(card, rows=(*ordered, *consents))


def rows(*names: str) -> tuple[RowContent, ...]:
    """Return rows that only tell something."""
    return tuple(RowContent(name) for name in names)


def answered_with(option: Option, value: object) -> bool:
    """Return whether the option is the answer that a slot holds."""
    said = ("yes" if value else "no") if isinstance(value, bool) else value
    return said is not None and option.value == str(said)


def mark_chosen_option(options: Sequence[Option], value: object) -> tuple[Option, ...]:
    """Return the options, that which the slot holds as the chosen one."""
    return tuple(replace(o, chosen=o.chosen or answered_with(o, value)) for o in options if not o.hidden)


TRANSFER = ("payee", "iban", "slip_account", "amount", "reference", "bic", "bank")


ROWS: Mapping[CardKind, tuple[str, ...]] = {
    "offer": ("bought", "prices"),
    "company": ("tax_number", "company_name", "street", "postal_code", "city"),
    "order": (
        *("bought", "seats", "amounts", "discount", "years", "auto_renewal", "method", "company"),
        *("invoice_email", "orderer", "terms", "clauses"),
    ),
    "payment": ("number", "method", "pay_by"),
    "transfer": TRANSFER,
    "receipt": ("number", "paid", "bought", "amounts", "method", "einvoice"),
    "activation": ("company", "invoice_email"),
    "zone": ("email", "number", "bought", "paid_until", "auto_renewal", "extensions"),
    "change": ("change_old", "change_new", "change_from", "amounts", "method", "change_next"),
}


ALWAYS: Mapping[CardKind, tuple[str, ...]] = {
    "order": ("bought", "amounts", "years", "auto_renewal", "method", "terms", "clauses"),
    "company": ("tax_number", "company_name"),
    "payment": ("number",),
    "transfer": ("payee", "iban", "slip_account", "amount", "reference"),
    "receipt": ("number",),
    "change": ("change_old", "change_new", "change_from", "amounts", "method", "change_next"),
}
"""Rows that no profile may leave out: answers stand in them, or what the law wants shown."""


def shows(kind: CardKind, row: str, seller: Seller) -> bool:
    """Return whether the seller's card of this kind has the row."""
    return row in dict(seller.cards).get(kind, ROWS[kind])
