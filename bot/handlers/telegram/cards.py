"""A card as Telegram shows it: its words in the Bot API's HTML, its rows as buttons.

Only messages with a card have a parse mode; all that stands in one is escaped.
"""

import re
from collections.abc import Iterator
from html import escape

from msgspec.structs import replace

from bot.conversation.outbound import TICKED, UNTICKED, Button, Card, CardChoice, CardRow, Reply, ReplyLink
from bot.handlers.telegram.buttons import (
    CHANGE,
    CHOSEN,
    STILL,
    TICKS,
    Key,
    KeyboardRow,
    Looks,
    Markup,
    command_rows,
    data_of,
    data_of_payload,
    fitting_rows,
    is_command,
    link_key,
    text_with_links,
)

#: A value longer than that is a text to be read: a quotation that opens when it is pressed.
LONGEST_VALUE = 160
#: The Bot API's own limit of what a button copies.
LONGEST_COPY = 256
#: What is done with a card's number besides keeping it: a transfer's are typed into a bank's form, one by one.
_COPIED = "transfer"
#: The colour of the one key that leads on: to order, to pay.
PRIMARY = "primary"
_RENEWAL, _ORDER = "auto_renewal", "pay:now"
_LASTING = ("number", "method", "reference", "amount")
"""The rows of a payment's card that stay true once it is paid."""
_SPACES = str.maketrans("\u00a0\u202f", "  ")
#: A bank's form has a field for the sum alone.
_CURRENCY = re.compile(r"^(?:€|PLN|EUR) ?(?=\d)|(?<=\d) (?:zł|€|PLN|EUR)$")


def html_of(message: Reply, card: Card, looks: Looks) -> str:
    """Return the card above the words of its message, as HTML."""
    documents = {link.id: link for link in message.links if link.rel == "document" and looks.opens(link)}
    lines = [f"<b>{_html(card.title)}</b>"]
    lines += [line for row in card.rows if (line := _line(row, documents.get(row.document)))]
    lines += [f"<b>{_html(card.total)}</b>"] if card.total else []
    lines += [_html(card.state)] if card.state else []
    words = _html(text_with_links(message, looks, every=False))
    return "\n\n".join(part for part in ("\n".join(lines), words) if part)


def paid_html(card: Card, paid: str) -> str:
    """Return what is left of a payment's card once it is paid: which order, how, and the sum."""
    rows = tuple(replace(row, document=None) for row in card.rows if row.name in _LASTING)
    lines = [f"<b>{_html(paid)}</b>", *(line for row in rows if (line := _line(row, None)))]
    return "\n".join([*lines, *([f"<b>{_html(card.total)}</b>"] if card.total else [])])


def _line(row: CardRow, document: ReplyLink | None) -> str:
    """Return a row; its label leads to its words, where it has some. What is agreed to stands beside its box."""
    if len(row.choices) == 1:
        mark = TICKED if row.choices[0].chosen else UNTICKED
        return f"{mark} {_leading(row.value or row.label, document)}" if row.value or document is not None else ""
    label = _leading(row.label or (document.title if document is not None else ""), document)
    if not row.value:
        return label if document is not None else ""
    value = _html(row.value)
    if row.copy:
        value = f"<code>{value}</code>"
    elif len(row.value) > LONGEST_VALUE:
        value = f"<blockquote expandable>{value}</blockquote>"
        return f"{label}:\n{value}" if label else value
    return f"{label}: {value}" if label else value


def _leading(words: str, document: ReplyLink | None) -> str:
    return _html(words) if document is None else f'<a href="{escape(document.href)}">{_html(words)}</a>'


def _html(words: str) -> str:
    return escape(words, quote=False)


def card_keyboard(message: Reply, card: Card, looks: Looks, *, plainer: bool = False) -> Markup | None:
    """Return the buttons: links, answers of the card's rows, its boxes, what changes a row, other answers, commands.

    The order is the card's, whatever the message says: an error moves no button, and what binds comes last, where
    nothing was before. `plainer`: without links and without buttons that copy.
    """
    locale = message.locale or ""
    rows: list[KeyboardRow] = []
    if not plainer:
        rows += [[_link(link, card, looks.words.pay(locale))] for link in _links_beside(message, card, looks)]
        rows += _copies(card, looks.words.copy(locale))
    for row in card.rows:
        rows += [] if len(row.choices) == 1 or _switches(row) else _choices(message, row)
    rows += _boxes(message, card)
    rows += fitting_rows([*_switch(message, card, looks), *_edits(message, card)])
    shown = {choice.payload for row in card.rows for choice in row.choices} | {row.edit for row in card.rows}
    others = [
        (_answer(button, card, data), _act(button, card))
        for index, button in enumerate(message.buttons)
        if button.payload not in shown
        and not is_command(button)
        and button.title.strip()
        and (data := data_of(message, index))
    ]
    rows += fitting_rows(others)
    rows += command_rows(message)
    return {"inline_keyboard": rows} if rows else None


def _act(button: Button, card: Card) -> str:
    """Return what a button says; the order's names the sum."""
    names_sum = card.total and card.kind == "order" and button.payload == _ORDER
    return f"{button.title} · {card.total}" if names_sum else button.title


def _answer(button: Button, card: Card, data: str) -> Key:
    key = Key(text=_act(button, card), callback_data=data)
    if button.payload == _ORDER and card.kind == "order":
        key["style"] = PRIMARY
    return key


def _link(link: ReplyLink, card: Card, pay: str) -> Key:
    """Return the button of a link; a payment's names the sum."""
    if not card.total or link.rel != "payment":
        return link_key(link)
    return Key(text=f"{pay} {card.total}", url=link.href, style=PRIMARY)


def _links_beside(message: Reply, card: Card, looks: Looks) -> Iterator[ReplyLink]:
    """Yield the links that no row leads to."""
    in_rows = {row.document for row in card.rows}
    return (link for link in message.links if looks.opens(link) and not (link.rel == "document" and link.id in in_rows))


def _copies(card: Card, copy: str) -> list[KeyboardRow]:
    """Return a transfer's values as buttons; others are copied by a press on them."""
    values = ((row.label, _CURRENCY.sub("", row.value.translate(_SPACES))) for row in card.rows if row.copy)
    keys = [
        (Key(text=f"{copy}: {label}", copy_text={"text": value}), f"{copy}: {label}")
        for label, value in values
        if 0 < len(value) <= LONGEST_COPY
    ]
    return fitting_rows(keys) if card.kind == _COPIED else []


def _choices(message: Reply, row: CardRow) -> list[KeyboardRow]:
    """Return what can be chosen in a row, equal choices beside each other."""
    return fitting_rows(
        [
            (Key(text=f"{CHOSEN} {choice.title}" if choice.chosen else choice.title, callback_data=data), choice.title)
            for choice in row.choices
            if (data := _choice_data(message, choice))
        ]
    )


def _boxes(message: Reply, card: Card) -> list[KeyboardRow]:
    """Return all boxes to tick, short ones beside each other.

    What two rows have been given by one press is taken back in each of them.
    """
    return fitting_rows(
        [
            (Key(text=f"{TICKED if choice.chosen else UNTICKED} {title}", callback_data=data), title)
            for row in card.rows
            for choice in (row.choices if len(row.choices) == 1 else ())
            if not (row.covers and choice.chosen)
            if (data := _choice_data(message, choice)) and (title := _box(row, choice, told=not message.again))
        ]
    )


def _switches(row: CardRow) -> bool:
    """Return whether the row is the renewal's, with an answer to turn round; until it has one, both are offered."""
    ways = tuple(choice.payload for choice in row.choices)
    return row.name == _RENEWAL and bool(row.value) and ways == (f"{_RENEWAL}:yes", f"{_RENEWAL}:no")


def _switch(message: Reply, card: Card, looks: Looks) -> Iterator[tuple[Key, str]]:
    """Yield the switch of the renewal: it says how that stands, and turns it round."""
    for row in card.rows:
        if _switches(row):
            yes, no = row.choices
            title = looks.words.renewal(message.locale or "", on=yes.chosen)
            if data := data_of_payload(message, (no if yes.chosen else yes).payload):
                yield Key(text=title, callback_data=data), title


def _choice_data(message: Reply, choice: CardChoice) -> str | None:
    """Return what its button sends; what was chosen keeps its place, also where it can't be taken back."""
    if choice.payload:
        return data_of_payload(message, choice.payload)
    return STILL if choice.chosen else None


def _box(row: CardRow, choice: CardChoice, *, told: bool) -> str:
    """Return what a box is for, as "I accept" could be anything's: its row's name where the words are told above."""
    title = choice.title.lstrip("".join(TICKS)).strip()
    if told and row.value and row.label:
        return row.label
    return title if row.label.casefold() in title.casefold() else f"{title}: {row.label}"


def _edits(message: Reply, card: Card) -> Iterator[tuple[Key, str]]:
    """Yield what changes a row, but for what the row's own choices change."""
    chosen = {choice.payload for row in card.rows for choice in row.choices}
    for row in card.rows:
        if row.edit and row.edit not in chosen and (data := data_of_payload(message, row.edit)):
            yield Key(text=f"{CHANGE} {row.label}", callback_data=data), row.label
