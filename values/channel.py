"""The channels: one declaration each, from which everything that names a channel follows.

Delivery, reminders, log-ins that time out, the seller's API, the export of a customer's data, the console and the
agents' desks outside read it. A channel's title stands in the common texts as `elsewhere.channel.NAME`, unless it has
a brand.
"""

from enum import StrEnum
from typing import Literal

RepliesBy = Literal["sender", "request", "journal"]
"""How replies reach the customer: a sender writes to them, their client asks, or their page reads the journal."""


class Channel(StrEnum):
    """The channels a customer can write on; the same names in the store, the API and the journal.

    `address_is_public`: the customer may be shown the address; elsewhere it is a capability. `is_personal`: a chat
    belongs to a device that its owner locks, so a log-in in it doesn't time out. `brand`: the channel's name in every
    language.
    """

    _value_: str
    replies_by: RepliesBy
    address_is_public: bool
    is_personal: bool
    brand: str | None

    TELEGRAM = "telegram", "sender", True, True, "Telegram"
    WEB = "web", "journal", False, False, None
    REST = "rest", "request", False, False, None
    TERMINAL = "terminal", "request", False, False, None

    def __new__(
        cls, name: str, replies_by: RepliesBy, address_is_public: bool, is_personal: bool, brand: str | None
    ) -> "Channel":
        """Return the member; Python makes it of its declaration."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.replies_by, member.brand = replies_by, brand
        member.address_is_public, member.is_personal = address_is_public, is_personal
        return member

    @property
    def matches_digits(self) -> bool:
        """Return whether a log-in page may be opened in another browser than the chat, so that the two are matched.

        Who calls by request is a client of the seller's, which opens the page for its customer.
        """
        return self.replies_by != "request"

    @property
    def keeps_card(self) -> bool:
        """Return whether a card stays in view and changes in its place, whatever is said beside it."""
        return self.replies_by == "journal"

    @property
    def title_key(self) -> str:
        return f"elsewhere.channel.{self}"


REACHES_AWAY = frozenset(channel for channel in Channel if channel.replies_by == "sender")
"""Channels that bring a reminder to a customer who isn't there; to the others the customer has to come."""

PERSONAL = frozenset(channel for channel in Channel if channel.is_personal)
"""Channels on which a log-in doesn't time out."""
