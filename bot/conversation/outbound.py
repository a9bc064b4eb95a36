"""Replies and status snapshots that no channel owns; handlers turn them into their own form."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from values.channel import Channel
from values.private import Private, PrivateStruct

TICKED, UNTICKED = "☑", "☐"


class Button(Struct, frozen=True):
    """A quick reply: what it says and what pressing it sends. `words`: all that is agreed to by ticking it."""

    title: str
    payload: str
    words: str | None = None


class ReplyLink(Struct, frozen=True):
    """A place to go, and the `id` of what it opens.

    `rel` is secure_page, payment, pay_page, login, invoice or document.
    """

    rel: str
    href: str
    title: str
    id: str | None = None


class CardChoice(Struct, frozen=True):
    """An answer that stands in a card's row: also one of the message's buttons, but for one that is `chosen`.

    `chosen`: it is the row's answer now; pressing it again takes it back where `payload` isn't empty.
    """

    title: str
    payload: str
    chosen: bool = False
    binds: bool = False  # it gives a consent or the like, and is never pressed by accident


class CardRow(Struct, frozen=True):
    """One row of a card. `edit` is the payload that changes it; `document` the id of the link to its full words.

    `covers`: the rows whose answers its choice gives at one press. A channel that shows it leaves those away. `was`:
    what held before the value, which the customer is asked about.
    """

    name: str  # as a profile names it: "method"
    label: str
    value: str
    edit: str | None = None
    choices: tuple[CardChoice, ...] = ()
    document: str | None = None
    copy: bool = False  # customers take the value elsewhere: an order's number, an account
    covers: tuple[str, ...] = ()
    was: str | None = None

    @property
    def line(self) -> str:
        """The row as plain text; a single choice is a box to be ticked."""
        if len(self.choices) == 1:
            return f"{TICKED if self.choices[0].chosen else UNTICKED} {self.value}"
        value = f"{self.was} → {self.value}" if self.was else self.value
        return f"{self.label}: {value}" if self.label else value


class Card(Struct, frozen=True):
    """A slip with rows, shown above the words of its message.

    `kind` is offer, company, order, payment, transfer, receipt, activation or zone. A card takes the place of an
    earlier one of the same `key`, where a channel can do that.
    """

    kind: str
    key: str
    title: str
    rows: tuple[CardRow, ...]
    total: str | None = None
    total_label: str = ""
    state: str | None = None
    missing: str | None = None  # of an order: what it still lacks, in words; its button waits for that
    act: str | None = None  # of an order: the words of its button, which is offered once nothing is missing

    @property
    def gist(self) -> str:
        """The order in one line: its contents, the sum, its renewal."""
        told = [row.value for row in self.rows if row.name == "bought"]
        told += [f"{self.total_label}: {self.total}"] if self.total else []
        told += [row.line for row in self.rows if row.name == "auto_renewal" and row.value]
        return "; ".join(" ".join(one.split()) for one in told)

    @property
    def lines(self) -> Iterator[str]:
        """Yield the card as lines of plain text."""
        yield self.title
        yield from (row.line for row in self.rows if row.value)
        if self.total:
            yield f"{self.total_label}: {self.total}" if self.total_label else self.total
        if self.state:
            yield self.state


def receipt_on(card: Card | None) -> str | None:
    """Return the key of a receipt; None where the card is no such."""
    return card.key if card is not None and card.kind == "receipt" else None


class MessageFacts(PrivateStruct, kw_only=True):
    """Facts of a message beside its words, stored and shown alike."""

    locale: str | None = None  # its language; unknown in lines of earlier releases
    asks_contact: bool = False  # offer the messenger's contact button with this message, where there is one
    by: str | None = None  # the agent's name, where one wrote it or is introduced by it
    card: Card | None = None
    place: str | None = None  # the channel's own name of the message in whose place it stands, if it changed that one
    paid: tuple[str, ...] = ()  # orders that are paid now: messages shown earlier about their payment tell it, too
    ticked: tuple[str, ...] | None = None  # the consents' boxes as the question before this message was left
    heard: Private[str] = ""  # the words of the recording that it answers
    again: bool = False  # its card was shown before, just as it is
    second_hand: bool = False  # it answers somebody else's words, by which nothing was done
    topic: str | None = None  # the channel's name of the part of the chat in which it stands


class Reply(MessageFacts):
    """One line of the transcript. `seq` numbers the bot's (and agents') messages 1, 2, 3 …; a customer's have none.

    A channel sends `text`; one that draws the card itself sends `words` below it. Their first `confirms`
    characters (of UTF-16) only confirm an answer; their last `quiet` ones say what the controls beside them say.
    """

    id: int
    seq: int | None
    author: str  # "bot", "agent", "customer"
    words: str  # without the card, and without what is agreed to
    buttons: tuple[Button, ...]
    links: tuple[ReplyLink, ...]
    at: datetime
    payload: str | None = None  # a customer's: of the button that was pressed, None for words
    kind: str | None = None  # a customer's: of what is no text (voice, photo …)
    confirms: int = 0
    quiet: int = 0

    @property
    def text(self) -> str:
        """The whole message as plain text: the card unless it is repeated, the words and all that may be agreed to."""
        return with_card(None if self.again else self.card, with_consents(self.buttons, self.words))


def with_card(card: Card | None, text: str) -> str:
    """Return a card and the words below it as plain text."""
    return text if card is None else "\n\n".join(part for part in ("\n".join(card.lines), text) if part)


def with_consents(buttons: Iterable[Button], text: str) -> str:
    """Return the question, and below it all that is agreed to by ticking its boxes, as plain text."""
    boxes = "\n".join(f"{button.title}: {button.words}" for button in buttons if button.words is not None)
    return f"{text}\n\n{boxes}" if boxes else text


class SheetField(Struct, frozen=True):
    """A field of an input sheet: `name` is its step's, `kind` the `expects` name of its value.

    `value` is what it begins with: known of the customer's account.
    """

    name: str
    label: str
    kind: str
    value: str = ""


class Sheet(Struct, frozen=True):
    """Fields in which the next questions may be answered at once; the answer is one text, a line for each field.

    `instead` is the payload of the quick reply in whose place it stands, where it stands in one's place.
    """

    fields: tuple[SheetField, ...]
    instead: str = ""


class JudgedValue(Struct, frozen=True, omit_defaults=True):
    """A field's value as its step reads it: what is `wrong` with it, and the `better` one, `offered` in words."""

    wrong: str = ""
    better: str = ""
    offered: str = ""


class CodeField(Struct, frozen=True):
    """A code that may be typed now: of a text message, a letter or a bank's app (`by`: sms, letter, blik).

    `again` is the payload that has another one sent, not before `again_in` seconds are over; `proven`: no more awaited;
    `terms`: the provider whose terms its field has accepted.
    """

    by: str
    again: str
    again_in: int
    proven: bool
    terms: str = ""


class StatusSnapshot(Struct, frozen=True):
    """The status of a conversation: the `custom` of the REST channel (docs/reference/rest.md)."""

    conversation_id: str
    dialog: str
    step: str
    expects: str
    done: int
    of: int
    part: str  # the dialog's name in the customer's language, for "3 of 8 · Company data"
    links: tuple[ReplyLink, ...]
    locale: str
    mode: str  # bot, waiting, agent
    seq: int
    speaker: str | None = None  # the agent who has the talk, by name
    heading: str | None = None  # the company that the talk is about, where an account may have several
    card: Card | None = None  # the open step's
    holder: str | None = None  # what a visitor's token hashes to who may see it, where a token is what a visitor has
    sheet: Sheet | None = None  # where the open step's channel shows fields
    codes: tuple[CodeField, ...] = ()
    docked: tuple[CodeField, ...] = ()  # of two that were asked at once, where one is proven: typed at any step
    stage: tuple[int, int, float] = (0, 0, 0.0)  # which of how many, and how much of it is done; zeros off the way


class Delivered(Struct, frozen=True):
    """A message that the channel took.

    `reference` is the channel's own name of it, `at` when it was sent by the channel's own clock, where it has one.
    """

    reference: str
    at: datetime | None = None


class Later(Struct, frozen=True):
    """Not now: try again after that time."""

    after: timedelta


class Dead(Struct, frozen=True):
    """Never. `gone`: the chat is closed (blocked, deleted), write no more; else only this message is refused."""

    gone: bool


Outcome = Delivered | Later | Dead


_TELEGRAM, _WEB = str(Channel.TELEGRAM), str(Channel.WEB)


class ReachableChannels(Struct, frozen=True):
    """The channels on which a customer could go on, and the addresses that lead there.

    `bot_name` returns the Telegram bot's user name once Telegram has told it, None where there is no bot;
    `bots_at` is the address below which Telegram's chats open by that name.
    """

    public_url: str
    bot_name: Callable[[], str | None] = lambda: None
    bots_at: str = "https://t.me"

    def beyond(self, channel: str) -> tuple[str, ...]:
        """Return the channels besides this one, by name."""
        others = (_TELEGRAM, _WEB) if self.bot_name() is not None else (_WEB,)
        return tuple(other for other in others if other != channel)

    def address(self, channel: Channel, token: str) -> str:
        """Return the address of a start link's token on this channel; without a bot that of the web chat."""
        by_telegram = self.by_telegram(token) if channel is Channel.TELEGRAM else None
        return by_telegram or f"{self.public_url}/chat?start={token}"

    def by_telegram(self, token: str) -> str | None:
        """Return its address on Telegram; None without a bot."""
        chat = self.on_telegram()
        return f"{chat}?start={token}" if chat is not None else None

    def on_telegram(self) -> str | None:
        """Return the address that opens the chat with the bot; None without one."""
        name = self.bot_name()
        return f"{self.bots_at}/{name}" if name is not None else None
