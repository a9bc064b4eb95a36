"""A card as Telegram shows it: its words in the Bot API's HTML, its rows as buttons.

Only messages with a card have a parse mode; all that stands in one is escaped.
"""

import re
from collections.abc import Iterator
from html import escape

from msgspec.structs import replace

from bot.conversation.outbound import TICKED, UNTICKED, Card, CardChoice, CardRow, Reply, ReplyLink
from bot.handlers.telegram.buttons import (
    CHANGE,
    CHOSEN,
    STILL,
    TICKS,
    Key,
    KeyboardRow,
    Markup,
    command_rows,
    data_of,
    data_of_payload,
    fitting_rows,
    is_command,
    link_key,
    public,
    text_with_links,
)
from bot.handlers.telegram.command_menu import ChannelWords

#: A value longer than that is a text to be read: a quotation that opens when it is pressed.
LONGEST_VALUE = 160
#: The Bot API's own limit of what a button copies.
LONGEST_COPY = 256
_LASTING = ("number", "method", "reference", "amount")
"""The rows of a payment's card that stay true once it is paid."""
_SPACES = str.maketrans("\u00a0\u202f", "  ")
#: A bank's form has a field for the sum alone.
_CURRENCY = re.compile(r"^(?:€|PLN|EUR) ?(?=\d)|(?<=\d) (?:zł|€|PLN|EUR)$")


def html_of(message: Reply, card: Card) -> str:
    """Return the card above the words of its message, as HTML."""
    documents = {link.id: link for link in message.links if link.rel == "document" and public(link)}
    lines = [f"<b>{_html(card.title)}</b>"]
    lines += [line for row in card.rows if (line := _line(row, documents.get(row.document)))]
    lines += [f"<b>{_html(card.total)}</b>"] if card.total else []
    lines += [_html(card.state)] if card.state else []
    words = _html(text_with_links(message, every=False))
    return "\n\n".join(part for part in ("\n".join(lines), words) if part)


def paid_html(card: Card, paid: str) -> str:
    """Return what is left of a payment's card once it is paid: which order, how, and the sum."""
    rows = tuple(replace(row, document=None) for row in card.rows if row.name in _LASTING)
    lines = [f"<b>{_html(paid)}</b>", *(line for row in rows if (line := _line(row, None)))]
    return "\n".join([*lines, *([f"<b>{_html(card.total)}</b>"] if card.total else [])])


def _line(row: CardRow, document: ReplyLink | None) -> str:
    """Return a row; its label leads to its words, where it has some."""
    if document is not None:
        label = f'<a href="{escape(document.href)}">{_html(row.label or document.title)}</a>'
    else:
        label = _html(row.label)
    if not row.value:
        return label if document is not None else ""
    value = _html(row.value)
    if row.copy:
        value = f"<code>{value}</code>"
    elif len(row.value) > LONGEST_VALUE:
        value = f"<blockquote expandable>{value}</blockquote>"
        return f"{label}:\n{value}" if label else value
    return f"{label}: {value}" if label else value


def _html(words: str) -> str:
    return escape(words, quote=False)


def card_keyboard(message: Reply, card: Card, words: ChannelWords, *, plainer: bool = False) -> Markup | None:
    """Return the buttons: links, the card's rows in its order, what changes a row, other answers, commands.

    The order is the card's, whatever the message says: an error moves no button. `plainer`: without links and without
    buttons that copy.
    """
    rows = [] if plainer else [[link_key(link)] for link in _links_beside(message, card)]
    for row in card.rows:
        rows += [] if plainer else _copies(row, words.copy(message.locale or ""))
        rows += _choices(message, row)
    rows += _edits(message, card)
    shown = {choice.payload for row in card.rows for choice in row.choices} | {row.edit for row in card.rows}
    others = [
        (Key(text=button.title, callback_data=data), button.title)
        for index, button in enumerate(message.buttons)
        if button.payload not in shown
        and not is_command(button)
        and button.title.strip()
        and (data := data_of(message, index))
    ]
    rows += fitting_rows(others)
    rows += command_rows(message)
    return {"inline_keyboard": rows} if rows else None


def _links_beside(message: Reply, card: Card) -> Iterator[ReplyLink]:
    """Yield the links that no row leads to."""
    in_rows = {row.document for row in card.rows}
    return (link for link in message.links if public(link) and not (link.rel == "document" and link.id in in_rows))


def _copies(row: CardRow, copy: str) -> list[KeyboardRow]:
    copied = _CURRENCY.sub("", row.value.translate(_SPACES))
    if not row.copy or not 0 < len(copied) <= LONGEST_COPY:
        return []
    return [[Key(text=f"{copy}: {row.label}", copy_text={"text": copied})]]


def _choices(message: Reply, row: CardRow) -> list[KeyboardRow]:
    """Return what can be chosen in a row: a box to tick, as wide as the chat, or equal choices beside each other.

    What two rows have been given by one press is taken back in each of them.
    """
    if row.covers and any(choice.chosen for choice in row.choices):
        return []
    alone = len(row.choices) == 1
    keys = [
        (Key(text=_tick(row, choice) if alone else _marked(choice), callback_data=data), choice.title)
        for choice in row.choices
        if (data := _choice_data(message, choice))
    ]
    return [[key] for key, _ in keys] if alone else fitting_rows(keys)


def _choice_data(message: Reply, choice: CardChoice) -> str | None:
    """Return what its button sends; what was chosen keeps its place, also where it can't be taken back."""
    if choice.payload:
        return data_of_payload(message, choice.payload)
    return STILL if choice.chosen else None


def _tick(row: CardRow, choice: CardChoice) -> str:
    """Return a box with what it is for: "I accept" alone could be anything's."""
    title = choice.title.lstrip("".join(TICKS)).strip()
    if row.label and row.label.casefold() not in title.casefold():
        title = f"{title}: {row.label}"
    return f"{TICKED if choice.chosen else UNTICKED} {title}"


def _marked(choice: CardChoice) -> str:
    return f"{CHOSEN} {choice.title}" if choice.chosen else choice.title


def _edits(message: Reply, card: Card) -> list[KeyboardRow]:
    """Return what changes a row, but for what the row's own choices change."""
    chosen = {choice.payload for row in card.rows for choice in row.choices}
    return fitting_rows(
        [
            (Key(text=f"{CHANGE} {row.label}", callback_data=data), row.label)
            for row in card.rows
            if row.edit and row.edit not in chosen and (data := data_of_payload(message, row.edit))
        ]
    )
