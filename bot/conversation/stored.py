"""Messages and causes of turns as the journal keeps them: the one place that knows their form in the store.

Lines of earlier releases lack what they didn't have.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, convert, to_builtins

from bot.conversation.inbound import known_kind
from bot.conversation.outbound import Button, Card, MessageFacts, with_card, with_consents
from values.meaning import OtherKind
from values.private import Private


class StoredLink(Struct, frozen=True):
    """A place to go, by id: an address is made when it is shown, so that no token is stored.

    `title` names a method of payment, `number` the order that is paid; `name` and `words` are a document's.
    """

    rel: str
    id: str
    title: str | None = None
    number: str | None = None
    name: str | None = None
    words: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the stored form."""
        fields = (("number", self.number), ("title", self.title), ("name", self.name), ("words", self.words))
        return {"rel": self.rel, "id": self.id, **{key: value for key, value in fields if value is not None}}


class StoredMessage(MessageFacts):
    """One message with its quick replies, links and card.

    `step` is the step that it asks. `late`: what of it stays true, of a message that was kept back from the customer.
    """

    text: Private[str] = ""
    buttons: tuple[Button, ...] = ()
    links: tuple[StoredLink, ...] = ()
    step: str | None = None
    late: Private[str] = ""
    confirms: int = 0
    quiet: int = 0

    @property
    def plain(self) -> str:
        """The card, all that may be agreed to and the words as plain text."""
        return with_card(None if self.again else self.card, with_consents(self.buttons, self.text))

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "text": self.text,
            **({"by": self.by} if self.by is not None else {}),
            "buttons": [_button(button) for button in self.buttons],
            "links": [link.to_json() for link in self.links],
            "locale": self.locale,
            "step": self.step,
            "asks_contact": self.asks_contact,
            **({"card": to_builtins(self.card)} if self.card is not None else {}),
            **({"place": self.place} if self.place is not None else {}),
            **({"late": self.late} if self.late else {}),
            **({"paid": list(self.paid)} if self.paid else {}),
            **({"heard": self.heard} if self.heard else {}),
            **({"again": True} if self.again else {}),
            **{name: n for name in ("confirms", "quiet") if (n := getattr(self, name))},
            **({"second_hand": True} if self.second_hand else {}),
            **({"topic": self.topic} if self.topic is not None else {}),
            **({"ticked": list(self.ticked)} if self.ticked is not None else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StoredMessage":
        """Read a line of the journal."""
        made: dict[str, Any] = {name: data[name] for name in cls.__struct_fields__ if name in data}
        made["buttons"] = tuple(Button(*fields) for fields in data.get("buttons", ()))
        made["links"] = tuple(StoredLink(**link) for link in data.get("links", ()))
        made["paid"] = tuple(data.get("paid", ()))
        if "card" in data:
            made["card"] = convert(data["card"], Card)
        if "ticked" in data:
            made["ticked"] = tuple(data["ticked"])
        return cls(**made)


def _button(button: Button) -> list[str]:
    return [button.title, button.payload, *([button.words] if button.words is not None else [])]


class StoredCause(Struct, frozen=True, omit_defaults=True):
    """The line about what caused a turn and what it did; each kind of line has some of the fields, in this order.

    A customer's message has the `payload` of a button, the `kind` of what is no text, its redacted `text`, whether it
    was `spoken`, the kinds of `secret` in it, the `length` of what is too long, the `step` that was open and the
    channel's `ref`, with `mark`, a keyed hash, in place of words that aren't kept, that of a recording its `note` in
    the desk's store, and on a channel whose clients are told of it what it set and what was `not_taken`, each with why
    (`accounting.py`); a job's result has `call`, `key` and `status`;
    an agent's command `act`, `agent` and what it concerns, a correction also the answer `before` and `after`. Then come
    the funnel's marks (`funnel_marks.py`) and the names of commands and jobs that the turn caused.
    """

    payload: str | None = None
    kind: str | None = None
    text: str | None = None
    spoken: bool = False
    secret: tuple[str, ...] = ()
    length: int | None = None
    call: str | None = None
    key: str | None = None
    status: str | None = None
    timer: str | None = None
    event: str | None = None
    error: str | None = None
    act: str | None = None
    agent: str | None = None
    to: str | None = None
    by: str | None = None
    held_by: str | None = None
    locale: str | None = None
    via: str | None = None
    step: str | None = None
    before: str | None = None
    after: str | None = None
    ref: str | None = None
    moved: str | None = None
    closed: str | None = None
    reopened: str | None = None
    missed: str | None = None
    read_as: str | None = None
    corrected: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    dropped: bool = False
    note: str | None = None
    mark: str | None = None
    taken: Private[tuple[tuple[str, str], ...] | None] = None
    not_taken: Private[tuple[tuple[str, str], ...]] = ()

    @property
    def under(self) -> OtherKind | None:
        """Return the kind of what the words stand under, which nobody has read."""
        return known_kind(self.kind) if self.kind is not None and self.text else None

    @property
    def other(self) -> OtherKind | None:
        """Return the kind of a message that is no text."""
        return known_kind(self.kind) if self.kind is not None and not self.text else None

    def to_json(self) -> dict[str, Any]:
        """Return the stored form, without fields that are empty; a text without words is none of them."""
        return to_builtins(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StoredCause":
        """Read a line of the journal."""
        known: dict[str, Any] = {name: data[name] for name in cls.__struct_fields__ if name in data}
        known.update({name: tuple(known[name]) for name in _CAUSE_NAMES if name in known})
        return cls(**known)

    def __repr__(self) -> str:
        """Return the class's name: what a person typed would end in a log one day."""
        return "StoredCause(…)"


_CAUSE_NAMES = ("secret", "corrected", "acts", "calls", "taken", "not_taken")
