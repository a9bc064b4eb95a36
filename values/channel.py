"""The channels: one declaration each, from which everything that names a channel follows.

The reply's first state, the seller's API, the export of a customer's data, the console and the agents' desks outside
read it. What a channel is called stands in the common texts as `elsewhere.channel.NAME`, unless it has a brand.
"""

from enum import StrEnum
from typing import Literal

RepliesBy = Literal["sender", "request", "journal"]
"""How replies reach the customer: a sender writes to them, their client asks, or their page reads the journal."""


class Channel(StrEnum):
    """The channels a customer can write on; the same names in the store, the API and the journal.

    `address_is_public`: the customer may be shown the address; elsewhere it is a capability. `brand`: the channel's
    name in every language.
    """

    _value_: str
    replies_by: RepliesBy
    address_is_public: bool
    brand: str | None

    TELEGRAM = "telegram", "sender", True, "Telegram"
    WEB = "web", "journal", False, None
    REST = "rest", "request", False, None
    TERMINAL = "terminal", "request", False, None

    def __new__(cls, name: str, replies_by: RepliesBy, address_is_public: bool, brand: str | None) -> "Channel":
        """Return the member; Python makes it of its declaration."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.replies_by, member.address_is_public, member.brand = replies_by, address_is_public, brand
        return member

    @property
    def title_key(self) -> str:
        """Return the key of the text that names the channel."""
        return f"elsewhere.channel.{self}"
