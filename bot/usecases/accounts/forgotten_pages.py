"""The way from a log-in page to a forgotten password or user name: the chat that showed the page goes on with it.

The page learns nothing of anybody's account: whose it is is asked in the chat, in the same words for everybody.
"""

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import Accepted
from dialogs.messages.account import WayBegun
from dialogs.versions import load
from services.accounts import links
from services.accounts.links import OneTimeLink
from services.store.conversations import StoredConversation
from values.seller import Seller

WAYS = ("forgot_password", "forgot_username")


def offered(link: OneTimeLink, conversation: StoredConversation | None, seller: Seller) -> tuple[str, ...]:
    """The ways that lead on from this page; none where it isn't the one that its chat shows just now."""
    if link.purpose != "log_in" or conversation is None:
        return ()
    account = load(conversation.state).account
    shown = account.page == link.id and account.id is None
    return tuple(way for way in WAYS if way in seller.entries) if shown else ()


def begin(tx: UnitOfWork, link: OneTimeLink, way: str) -> Accepted | None:
    """Lead the chat there; None if somebody else's POST won."""
    if not links.use(tx.connection, link_id=link.id, now=tx.now):
        return None
    event = WayBegun(link.id, way)
    tx.tell(link.conversation_id, codec.name_of(event), codec.to_json(event))
    return Accepted(way)
