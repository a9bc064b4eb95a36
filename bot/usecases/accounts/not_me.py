"""*That wasn't me*: the page of a letter about a log-in, which ends that log-in alone."""

from datetime import timedelta

from bot.conversation.identity import marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import Accepted
from bot.usecases.accounts.passwords import end_one
from dialogs.messages.own_data import LogInOver
from services.accounts import one_time_links, start_links
from services.accounts.one_time_links import OneTimeLink
from services.store import conversations
from values.seller import Seller

WAY = "forgot_password"
_OFFERED_FOR = timedelta(days=1)


def end(tx: UnitOfWork, link: OneTimeLink, seller: Seller, server_key: bytes) -> Accepted | None:
    """Log that chat out if it is still the account's, and offer a new password; None if the link has been used.

    The chat is locked first, as in turns. The way to a new password is the ordinary one, by a letter of its own: this
    link works for weeks, and letters are forwarded.
    """
    conversations.load(tx.connection, link.conversation_id, lock=True)
    if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
        return None
    ended = link.account_id is not None and end_one(tx.connection, link.conversation_id, link.account_id)
    if ended:
        tx.tell(link.conversation_id, LogInOver("not_me"))
    refused = link.data.get("end") == "refused"
    key = "not_me" if ended else "not_me_refused" if refused else "not_me_over"
    return Accepted(key, new_password=_way(tx, link, seller, server_key))


def _way(tx: UnitOfWork, link: OneTimeLink, seller: Seller, server_key: bytes) -> str:
    """Return the path of a chat that asks whose password is forgotten; of the chat alone where none can be."""
    if WAY not in seller.entries:
        return "/chat"
    token = start_links.token_of(server_key, marked_id(server_key, f"{link.id}:password"))
    expires_at = tx.now + _OFFERED_FOR
    start_links.create(tx.connection, token=token, expires_at=expires_at, now=tx.now, entry=WAY)
    return f"/chat?start={token}"
