"""A message as the journal keeps it: the one place that knows its form in the store.

Lines of earlier releases lack what they didn't have; customers' lines have their words and the step that was open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.conversation.outbound import Button


@dataclass(frozen=True, slots=True)
class StoredLink:
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


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message with its quick replies and links. `step` is the step that it asks, `by` the agent who wrote it."""

    text: str = field(default="", repr=False)
    buttons: tuple[Button, ...] = ()
    links: tuple[StoredLink, ...] = ()
    locale: str | None = None
    step: str | None = None
    asks_contact: bool = False
    by: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "text": self.text,
            **({"by": self.by} if self.by is not None else {}),
            "buttons": [[button.title, button.payload] for button in self.buttons],
            "links": [link.to_json() for link in self.links],
            "locale": self.locale,
            "step": self.step,
            "asks_contact": self.asks_contact,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StoredMessage":
        """Read a line of the journal."""
        return cls(
            text=data.get("text", ""),
            buttons=tuple(Button(title, payload) for title, payload in data.get("buttons", ())),
            links=tuple(StoredLink(**link) for link in data.get("links", ())),
            locale=data.get("locale"),
            step=data.get("step"),
            asks_contact=data.get("asks_contact", False),
            by=data.get("by"),
        )
