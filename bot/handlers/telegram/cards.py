"""A card as Telegram shows it: its words in the Bot API's HTML, its rows as buttons.

Only messages with a card have a parse mode; all that stands in one is escaped.
"""

from collections.abc import Iterator
from html import escape

from bot.conversation.outbound import Card, CardChoice, CardRow, Reply, ReplyLink
from bot.conversation.render import TICKED, UNTICKED
from bot.handlers.telegram.buttons import (
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
_SPACES = str.maketrans("\u00a0\u202f", "  ")


def html_of(message: Reply, card: Card) -> str:
    """Return the card above the words of its message, as HTML."""
    lines = [f"<b>{_html(card.title)}</b>"]
    lines += [_line(row) for row in card.rows if row.value]
    lines += [f"<b>{_html(card.total)}</b>"] if card.total else []
    lines += [_html(card.state)] if card.state else []
    words = _html(text_with_links(message, every=False))
    return "\n\n".join(part for part in ("\n".join(lines), words) if part)


def _line(row: CardRow) -> str:
    value = _html(row.value)
    if row.copy:
        value = f"<code>{value}</code>"
    elif len(row.value) > LONGEST_VALUE:
        value = f"<blockquote expandable>{value}</blockquote>"
        return f"{_html(row.label)}:\n{value}" if row.label else value
    return f"{_html(row.label)}: {value}" if row.label else value


def _html(words: str) -> str:
    return escape(words, quote=False)


def card_keyboard(message: Reply, card: Card, words: ChannelWords, *, plainer: bool = False) -> Markup | None:
    """Return the buttons: links, the card's rows in its order, what changes a row, other answers, commands.

    The order is the card's, whatever the message says: an error moves no button. `plainer`: without links and without
    buttons that copy.
    """
    rows = [] if plainer else [[link_key(link)] for link in _links_beside(message, card)]
    for row in card.rows:
        rows += _rows_of(message, row, words, plainer=plainer)
    rows += _edits(message, card, words)
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
    """Yield the links that belong to no row."""
    in_rows = {row.document for row in card.rows}
    return (link for link in message.links if public(link) and not (link.rel == "document" and link.id in in_rows))


def _rows_of(message: Reply, row: CardRow, words: ChannelWords, *, plainer: bool) -> list[KeyboardRow]:
    """Return a row's buttons: the words to be read, then the ticks, each as wide as the chat, or equal choices."""
    ticks = [choice for choice in row.choices if choice.binds]
    equal = [choice for choice in row.choices if not choice.binds]
    rows: list[KeyboardRow] = []
    if not plainer:
        rows += [[link_key(link)] for link in message.links if _is_words_of(row, link) and public(link)]
        copied = row.value.translate(_SPACES)
        if row.copy and 0 < len(copied) <= LONGEST_COPY:
            title = f"{words.copy(message.locale or '')}: {row.label}"
            rows.append([Key(text=title, copy_text={"text": copied})])
    rows += [[key] for choice in ticks if (key := _choice(message, choice))]
    rows += fitting_rows([(key, choice.title) for choice in equal if (key := _choice(message, choice))])
    return rows


def _is_words_of(row: CardRow, link: ReplyLink) -> bool:
    return link.rel == "document" and row.document is not None and link.id == row.document


def _choice(message: Reply, choice: CardChoice) -> Key | None:
    """Return the button of a choice; what was chosen keeps its place, also where it can't be taken back."""
    data = data_of_payload(message, choice.payload) if choice.payload else STILL
    if data is None or (data == STILL and not choice.chosen):
        return None
    return Key(text=_marked(choice), callback_data=data)


def _marked(choice: CardChoice) -> str:
    if choice.title.startswith(TICKS):
        return choice.title
    if choice.binds:
        return f"{TICKED if choice.chosen else UNTICKED} {choice.title}"
    return f"{CHOSEN} {choice.title}" if choice.chosen else choice.title


def _edits(message: Reply, card: Card, words: ChannelWords) -> list[KeyboardRow]:
    """Return what changes a row, two beside each other; where the row has choices, those change it."""
    chosen = {choice.payload for row in card.rows for choice in row.choices}
    titles = {button.payload: button.title for button in message.buttons}
    change = words.change(message.locale or "")
    keys = [
        Key(text=titles.get(row.edit) or f"{change}: {row.label}", callback_data=data)
        for row in card.rows
        if row.edit and row.edit not in chosen and (data := data_of_payload(message, row.edit))
    ]
    return [keys[at : at + 2] for at in range(0, len(keys), 2)]
