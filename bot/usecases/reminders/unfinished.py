"""Reminders by e-mail of what a customer has left unfinished: whom they go to, what they say, and how they are stopped.

The link leads to the very conversation: at once in the browser that holds it, elsewhere after the log-in.
"""

from datetime import datetime

import sqlalchemy as sa

from bot.conversation.identity import derived_id
from dialogs.kit import Params
from dialogs.state import ConversationState
from services.accounts import accounts
from services.accounts.one_time_links import OneTimeLink
from services.contacts import contacts
from services.store import conversations
from services.subscriptions import reminders
from values.account_view import OrderView

LETTER, PRESS = "letter", "press"
"""What the link gives, each once: the e-mail itself, and the press that stops further ones."""


def link_of(server_key: bytes, account_id: str) -> str:
    """Return the id of the account's reminder: there is one until its link is forgotten."""
    return derived_id(server_key, f"unfinished:{account_id}")


def find_reminder_address(connection: sa.Connection, account_id: str) -> str | None:
    """Return the account's e-mail if its holder has proven it and wants these e-mails."""
    mine = accounts.get(connection, account_id)
    if mine is None or mine.status == "closed" or contacts.prover_of(connection, mine.email_key) != mine.id:
        return None
    return None if reminders.unfinished_stopped(connection, account_id) else mine.email


def find_left_conversation(connection: sa.Connection, link: OneTimeLink) -> conversations.StoredConversation | None:
    """Return the conversation, where it is still the account's; None once it is somebody else's or forgotten."""
    found = conversations.load(connection, link.conversation_id, lock=False)
    return found if found is not None and found.account_id == link.account_id else None


def is_still_unfinished(case: ConversationState, order: OrderView | None, now: datetime) -> bool:
    """Return whether nobody has come back since, nor said anything that makes the e-mail needless.

    Nor is anybody reminded of a deadline after it.
    """
    until = show_order(order)["until"]
    in_time = not isinstance(until, datetime) or now < until
    return in_time and case.talk.reminded and not case.talk.unreminded and case.handoff.mode == "bot"


def show_order(order: OrderView | None) -> Params:
    """Return the open order, or the answers that lead to one, for the e-mail."""
    until = order.payment_expires_at if order is not None and order.status != "paid" else None
    return {"ordered": until is not None, "number": order.number if order is not None else None, "until": until}
