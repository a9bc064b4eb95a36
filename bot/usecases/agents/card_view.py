"""The customer's card beside the conversation: that of `services/seller/card.py`, with contacts masked until opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.usecases.agents.talk_view import ConversationView
from bot.usecases.agents.who import contacts
from services.accounts import accounts
from services.contacts import code_states
from services.contacts.code_states import CodeState
from services.seller import card
from values import masked

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """An e-mail or a number. `proven`: it reaches the customer; None where nobody has asked that yet."""

    kind: str
    value: str = field(repr=False)
    proven: bool | None


@dataclass(frozen=True, slots=True)
class CardView:
    """What is known. `account` is the card's JSON, None without an account; `opened`: contacts stand there in full."""

    account: Row | None = field(repr=False)
    contacts: tuple[ContactSeen, ...]
    codes: tuple[CodeState, ...]
    opened: bool

    def rows(self, name: str) -> list[Row]:
        """A list of the card's: orders, payments, …"""
        return [] if self.account is None else list(self.account[name])

    def payments_of(self, order_number: str) -> list[Row]:
        """The payments of one order."""
        return [row for row in self.rows("payments") if row["order_number"] == order_number]


def of(connection: sa.Connection, talk: ConversationView, now: datetime, *, opened: bool = False) -> CardView:
    """The card of whoever is in this conversation."""
    account_id = talk.conversation.account_id
    account = accounts.get(connection, account_id) if account_id is not None else None
    known = card.of(connection, account) if account is not None else None
    return CardView(
        account=known,
        contacts=tuple(_contacts(known, contacts(talk.case), opened=opened)),
        codes=tuple(code_states.of_conversation(connection, talk.conversation.id, now)),
        opened=opened,
    )


def _contacts(known: Row | None, said: tuple[str, ...], *, opened: bool) -> list[ContactSeen]:
    """Those of the account first, then what was only said in the conversation."""
    proven = {str(one["value"]): one["verified_at"] is not None for one in (known or {}).get("contacts", ())}
    if known is not None and known["email"]:
        proven.setdefault(str(known["email"]), False)
    found = {**dict.fromkeys(said), **proven}
    return [_seen(value, found[value], opened=opened) for value in sorted(found, key=lambda one: found[one] is None)]


def _seen(value: str, proven: bool | None, *, opened: bool) -> ContactSeen:
    kind = "email" if "@" in value else "phone"
    hide = masked.email if kind == "email" else masked.phone
    return ContactSeen(kind, value if opened else hide(value), proven)
