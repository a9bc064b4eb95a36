"""What the letters about subscriptions that end lead to: a chat that knows what the customer comes for, and a page on
which reminders are stopped."""

from datetime import datetime, timedelta

from bot.conversation.port import UnitOfWork
from services.accounts import links, start_links
from services.keyed_hash import all_of, derived_id, token

WISH = "renewal"
# The letter's link starts a conversation for as long as the order makes sense.
LINK_TTL = timedelta(days=60)


def start_token(server_key: bytes, about: str, ends_at: datetime) -> str:
    """The start link of letters about this end; the same for as long as it is the end. `about` names what ends."""
    # While the key is being replaced still by the former one: a letter that is sent again has the same link.
    return token(all_of(server_key)[-1], "renewal link", about, ends_at.isoformat())


def leave_token(server_key: bytes, about: str, ends_at: datetime) -> str:
    """The one-time page on which reminders are stopped."""
    return links.token_of(server_key, _leave_id(about, ends_at))


def make_start(
    tx: UnitOfWork,
    server_key: bytes,
    about: str,
    ends_at: datetime,
    *,
    account_id: str | None = None,
    customer_id: str | None = None,
) -> None:
    """The start link, for an account's holder or for a customer on file."""
    start_links.create(
        tx.connection,
        token=start_token(server_key, about, ends_at),
        expires_at=ends_at + LINK_TTL,
        now=tx.now,
        account_id=account_id,
        customer_id=customer_id,
        entry=WISH,
    )


def make_leave(
    tx: UnitOfWork,
    server_key: bytes,
    about: str,
    ends_at: datetime,
    *,
    account_id: str | None = None,
    customer_id: str | None = None,
) -> None:
    """The page, for the same."""
    link_id = _leave_id(about, ends_at)
    links.issue(
        tx.connection,
        link_id=link_id,
        purpose="stop_reminders",
        conversation_id=link_id,  # nobody's: the letter goes to whoever has none
        account_id=account_id,
        data={} if customer_id is None else {"customer": customer_id},
        server_key=server_key,
        now=tx.now,
        ttl=ends_at + LINK_TTL - tx.now,
    )


def _leave_id(about: str, ends_at: datetime) -> str:
    return derived_id("stop reminders", about, ends_at.isoformat())
