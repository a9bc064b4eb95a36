"""A card as Telegram shows it: its words in the Bot API's HTML, its rows as buttons.

Only messages with a card have a parse mode; all that stands in one is escaped.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape

from msgspec.structs import replace

from bot.conversation import outbound
from bot.handlers.telegram import buttons
from bot.handlers.telegram.boxes import strip_question
from bot.handlers.telegram.command_menu import Looks

#: A value longer than that is a text to be read: a quotation that opens when it is pressed.
LONGEST_VALUE = 160
#: The Bot API's own limit of what a button copies.
LONGEST_COPY = 256
#: What is done with a card's number besides keeping it: a transfer's are typed into a bank's form, one by one.
_COPIED = "transfer"
#: The colour of the one key that leads on: to order, to pay.
PRIMARY = "primary"
_RENEWAL, _ORDER, _EDIT, _METHOD = "auto_renewal", "pay:now", "confirm:edit", "method:"
_LASTING = ("number", "method", "reference", "amount")
"""The rows of a payment's card that stay true once it is paid."""
_SPACES = str.maketrans("\u00a0\u202f", "  ")
#: A bank's form has a field for the sum alone.
_CURRENCY = re.compile(r"^(?:€|PLN|EUR) ?(?=\d)|(?<=\d) (?:zł|€|PLN|EUR)$")


def html_of(message: outbound.Reply, card: outbound.Card, looks: Looks) -> str:
    """Return the card above the words of its message, as HTML.

    What the buttons ask by themselves isn't asked in words; of several answers the row's name says what they are to.
    """
    documents = {link.id: link for link in message.links if link.rel == "document" and looks.opens(link)}
    covered = {name for row in card.rows if row.choices for name in row.covers}
    lines = [f"<b>{_html(card.title)}</b>"]
    lines += [line for row in card.rows if row.name not in covered and (line := _line(row, card, documents))]
    lines += _total(card)
    # The way to pay says by itself that the money is awaited.
    lines += [_html(card.state)] if card.state and not (message.quiet and card.kind == "payment") else []
    asked = [row.label for row in _asked_rows(message, card) if len(row.choices) > 1 and not row.value]
    if message.quiet:
        told = (*filter(None, [strip_question(message)]), *(f"{label}?" for label in asked))
        message = replace(message, words="\n\n".join(told))
    words = _html(text_with_links(message, looks, every=False))
    return "\n\n".join(part for part in ("\n".join(lines), words) if part)


def text_with_links(message: outbound.Reply, looks: Looks, *, every: bool) -> str:
    """Return the words, with those links below them that can't be buttons (`every`: with all links).

    A link whose address is in the text already is left out. Those that a card's rows lead to stand in its order,
    whatever the question is. An agent's name stands above their words, as the chat shows all that we send as the bot's.
    """
    name = f"{message.by}:" if message.author == "agent" and message.by else ""
    rows = message.card.rows if message.card is not None else ()
    places = {row.document: at for at, row in enumerate(rows) if row.document is not None}
    in_order = sorted(message.links, key=lambda link: places.get(link.id or "", -1))
    links = (link for link in in_order if every or not looks.opens(link))
    fresh = [f"{link.title}: {link.href}" for link in links if link.href not in message.words]
    said = outbound.with_consents(message.buttons, message.words).strip()
    words = "\n".join(part for part in (name, said) if part)
    return "\n\n".join(part for part in (words, "\n".join(fresh)) if part)


def paid_html(card: outbound.Card, paid: str) -> str:
    """Return what is left of a payment's card once it is paid: which order, how, and the sum."""
    rows = (row for row in card.rows if row.name in _LASTING)
    lines = [f"<b>{_html(paid)}</b>", *(line for row in rows if (line := _line(row, card, {})))]
    return "\n".join([*lines, *_total(card)])


def _total(card: outbound.Card) -> list[str]:
    label = f"{_html(card.total_label)}: " if card.total_label else ""
    return [f"{label}<b>{_html(card.total)}</b>"] if card.total else []


def _line(row: outbound.CardRow, card: outbound.Card, documents: Mapping[str | None, outbound.ReplyLink]) -> str:
    """Return a row; its label leads to its words, where it has some. What is agreed to stands beside its box."""
    document = documents.get(row.document)
    if len(row.choices) == 1:
        [choice] = row.choices
        named = [one for one in card.rows if one is row or one.name in row.covers]
        ways = {one.label: way for one in named if (way := documents.get(one.document))}
        words = row.value or (choice.title if row.covers else row.label if ways else "")
        return f"{outbound.TICKED if choice.chosen else outbound.UNTICKED} {_naming(words, ways)}" if words else ""
    label = _leading(row.label or (document.title if document is not None else ""), document)
    if not row.value:
        return label if document is not None else ""
    value = _html(row.value)
    if row.copy:
        value = f"<code>{value}</code>"
    elif len(row.value) > LONGEST_VALUE:
        value = f"<blockquote expandable>{value}</blockquote>"
        return f"{label}:\n{value}" if label else value
    if row.was:
        value = f"<s>{_html(row.was)}</s> {value}"
    return f"{label}: {value}" if label else value


def _naming(words: str, ways: Mapping[str, outbound.ReplyLink]) -> str:
    """Return what is agreed to; the names of its texts lead there, or all of it. Names that it doesn't say follow."""
    said = {name.casefold(): way for name, way in ways.items() if name and name.casefold() in words.casefold()}
    if not said and len(ways) == 1:
        return _leading(words, next(iter(ways.values())))
    parts = re.split(f"({'|'.join(map(re.escape, said)) or '(?!)'})", words, flags=re.IGNORECASE)
    unsaid = (f" {_leading(name, way)}" for name, way in ways.items() if name.casefold() not in said)
    return "".join((*(_leading(part, said.get(part.casefold())) for part in parts), *unsaid))


def _leading(words: str, document: outbound.ReplyLink | None) -> str:
    return _html(words) if document is None else f'<a href="{escape(document.href)}">{_html(words)}</a>'


def _html(words: str) -> str:
    return escape(words, quote=False)


def keyboard(message: outbound.Reply, looks: Looks, screen: int = 0, *, plainer: bool = False) -> buttons.Markup | None:
    """Return one screen of what a message offers; `plainer`: without links and buttons that copy."""
    if message.card is None:
        return buttons.keyboard_of(buttons.offer_of(message, looks, links=not plainer), message, looks, screen)
    return buttons.keyboard_of(_card_offer(message, message.card, looks, plainer=plainer), message, looks, screen)


def _card_offer(message: outbound.Reply, card: outbound.Card, looks: Looks, *, plainer: bool) -> buttons.Fold:
    """Return links and what answers the open question, the card's rows that can be changed behind one button.

    What binds stands above that one, where nothing was before.
    """
    locale = message.locale
    pay, copy = looks.words.said("pay", locale), looks.words.said("copy", locale)
    ways = [] if plainer else [_link(link, card, pay) for link in _links_beside(message, card, looks)]
    copies = [] if plainer else _copies(card, copy)
    asked = _asked_rows(message, card)
    asked_keys = [k for r in asked for k in (_boxes(message, r) if len(r.choices) == 1 else _choices(message, r))]
    ticks, choices = _revision_keys(message, card, asked)
    changes: tuple[buttons.Key | buttons.Fold, ...] = (
        *choices,
        *_switch(message, card, looks),
        *_edits(message, card),
        *ticks,
    )
    others: dict[str, list[buttons.Key]] = {"": [], _METHOD: [], buttons.COMMAND: []}
    for button, key in _others(message, card):
        starts = (buttons.COMMAND, _METHOD) if card.kind == "payment" else (buttons.COMMAND,)
        others[next((start for start in starts if button.payload.startswith(start)), "")].append(key)
    answers, changes = (*copies, *asked_keys, *others[""]), (*others[_METHOD], *changes)
    return buttons.make_offer(ways, answers, changes, others[buttons.COMMAND], looks.words.said("change", locale))


def _others(message: outbound.Reply, card: outbound.Card) -> Iterator[tuple[outbound.Button, buttons.Key]]:
    """Yield the answers that stand in no row; what a row's own button changes needs no second one."""
    shown = {choice.payload for row in card.rows for choice in row.choices} | {row.edit for row in card.rows}
    shown |= {_EDIT} if any(row.edit for row in card.rows) else set()
    for index, button in enumerate(message.buttons):
        if button.payload not in shown and button.title.strip() and (data := buttons.data_of(message, index)):
            yield button, _act(button, card, data)


def _act(button: outbound.Button, card: outbound.Card, data: str) -> buttons.Key:
    """Return the button of an answer; the order's names the sum."""
    if button.payload != _ORDER or card.kind != "order":
        return buttons.Key(text=button.title, callback_data=data)
    text = f"{button.title} · {card.total}" if card.total else button.title
    return buttons.Key(text=text, callback_data=data, style=PRIMARY)


def _link(link: outbound.ReplyLink, card: outbound.Card, pay: str) -> buttons.Key:
    """Return the button of a link; a payment's names the sum."""
    if not card.total or link.rel != "payment":
        return buttons.link_key(link)
    return buttons.Key(text=f"{pay} {card.total}", url=link.href, style=PRIMARY)


def _asked_rows(message: outbound.Reply, card: outbound.Card) -> tuple[outbound.CardRow, ...]:
    """Return the rows that the open question asks for: its answers come first. The order's own act asks for none.

    Where one press answers several, it alone is offered.
    """
    open_ = {choice.payload: row for row in card.rows for choice in row.choices if not _is_answered(row)}
    first = next((b.payload for b in message.buttons if b.payload in open_ or b.payload == _ORDER), "")
    if first not in open_:
        return ()
    asked = open_[first]
    return (next((row for row in card.rows if asked.name in row.covers and not _is_answered(row)), asked),)


def _is_answered(row: outbound.CardRow) -> bool:
    return any(choice.chosen for choice in row.choices) or _switches(row)


def _revision_keys(
    message: outbound.Reply, card: outbound.Card, asked: Collection[outbound.CardRow]
) -> tuple[list[buttons.Key], list[buttons.Fold]]:
    """Return the boxes of what was given, to take it back, and rows with an answer, their other choices behind each."""
    given = [
        row for row in card.rows if row not in asked and not row.covers and _is_answered(row) and not _switches(row)
    ]
    ticks = [key for row in given if len(row.choices) == 1 for key in _boxes(message, row)]
    choices = ((row, tuple(_choices(message, row))) for row in given if len(row.choices) > 1)
    return ticks, [buttons.Fold(f"{buttons.CHANGE} {row.label}", keys) for row, keys in choices if keys]


def _links_beside(message: outbound.Reply, card: outbound.Card, looks: Looks) -> Iterator[outbound.ReplyLink]:
    """Yield the links that no row leads to."""
    in_rows = {row.document for row in card.rows}
    return (link for link in message.links if looks.opens(link) and not (link.rel == "document" and link.id in in_rows))


def _copies(card: outbound.Card, copy: str) -> list[buttons.Key]:
    """Return a transfer's values as buttons; others are copied by a press on them."""
    if card.kind != _COPIED:
        return []
    values = ((row.label, _CURRENCY.sub("", row.value.translate(_SPACES))) for row in card.rows if row.copy)
    return [
        buttons.Key(text=f"{copy}: {label}", copy_text={"text": value})
        for label, value in values
        if 0 < len(value) <= LONGEST_COPY
    ]


def _choices(message: outbound.Reply, row: outbound.CardRow) -> Iterator[buttons.Key]:
    """Yield what can be chosen in a row; what was chosen stands in the card."""
    for choice in row.choices:
        if not choice.chosen and (data := buttons.data_of_payload(message, choice.payload)):
            yield buttons.Key(text=choice.title, callback_data=data)


def _boxes(message: outbound.Reply, row: outbound.CardRow) -> Iterator[buttons.Key]:
    """Yield a row's box; what was ticked stays where it can't be taken back."""
    [choice] = row.choices
    if choice.payload and (data := buttons.data_of_payload(message, choice.payload)):
        title = _box(row, choice, message)
        yield buttons.Key(text=f"{outbound.TICKED if choice.chosen else outbound.UNTICKED} {title}", callback_data=data)


def _switches(row: outbound.CardRow) -> bool:
    """Return whether the row is the renewal's, with an answer to turn round; until it has one, both are offered."""
    ways = tuple(choice.payload for choice in row.choices)
    return row.name == _RENEWAL and bool(row.value) and ways == (f"{_RENEWAL}:yes", f"{_RENEWAL}:no")


def _switch(message: outbound.Reply, card: outbound.Card, looks: Looks) -> Iterator[buttons.Key]:
    """Yield the switch of the renewal: it says how that stands, and turns it round."""
    for row in card.rows:
        if _switches(row):
            yes, no = row.choices
            title = looks.words.said("renewal_on" if yes.chosen else "renewal_off", message.locale)
            if data := buttons.data_of_payload(message, (no if yes.chosen else yes).payload):
                yield buttons.Key(text=title, callback_data=data)


def _box(row: outbound.CardRow, choice: outbound.CardChoice, message: outbound.Reply) -> str:
    """Return what a box is for: where the words are told above its row's name, or the act that covers several rows."""
    title = choice.title.lstrip("".join(buttons.TICKS)).strip()
    if not message.again and row.value and row.label:
        return row.label
    covered = (one for one in message.card.rows if one.name in row.covers) if message.card and not message.again else ()
    if act := next((one.choices[0].title for one in covered if one.choices), ""):
        return act
    return title if row.label.casefold() in title.casefold() else f"{title}: {row.label}"


def _edits(message: outbound.Reply, card: outbound.Card) -> Iterator[buttons.Key]:
    """Yield what changes a row, but for what the row's own choices change."""
    chosen = {choice.payload for row in card.rows for choice in row.choices}
    for row in card.rows:
        if row.edit and row.edit not in chosen and (data := buttons.data_of_payload(message, row.edit)):
            yield buttons.Key(text=f"{buttons.CHANGE} {row.label}", callback_data=data)
