"""Customers of whom the seller's site tells: known in a chat of their own, until the site says otherwise.

It is no log-in. What is secret or binds asks for the password there (`dialogs/account/proof.py`), nobody is written to,
and news go on to the chat where they went (docs/decisions/signed-identity.md).
"""

import secrets
from importlib import import_module
from itertools import count
from typing import Any

from msgspec import Struct

from bot.conversation.identity import conversation_id
from bot.conversation.port import Desk, UnitOfWork
from bot.usecases.accounts.passwords import end_log_in
from bot.usecases.renewals.quotes import Quotes
from dialogs.messages.account import LoggedIn
from dialogs.messages.own_data import SessionEnded
from services.accounts import accounts, identity_keys, visits
from services.accounts.identity_keys import IdentityKey, SiteChat
from services.clock import Clock
from services.errors import Forged
from services.keyed_hash import sha256_hex
from services.store import conversations
from services.store.database import Store
from values.channel import Channel

CLOSED = "closed"


class SiteCustomers(Struct, frozen=True):
    """Takes the site's word for a desk of these `audiences`, brought by pages of `origins`.

    `clock` is the real one: the site's tokens know no other. `quotes` reads an account for the dialogs.
    """

    desk: Desk
    store: Store
    clock: Clock
    server_key: bytes
    quotes: Quotes
    audiences: tuple[str, ...]
    origins: tuple[str, ...]

    async def tell(self, token: str, *, browser: str, origin: str, locale: str) -> str:
        """Return the session of the customer's chat in this browser; those of other customers there end.

        Errors: Forged for a token that proves nothing here, whatever it is.
        """
        if origin not in self.origins:
            raise Forged("identity", origin="origin")
        site: Any = import_module("services.accounts.site_identity")  # by name: joserfc, for whom a site tells of
        keys = await self.store.read(identity_keys.find_usable)
        about = site.read_token(token, keys, site.ExpectedIdentity(self.audiences, origin), self.clock.now())

        def work(tx: UnitOfWork) -> str | Forged:
            if all(key.kid != about.kid for key in identity_keys.find_usable(tx.connection)):
                return Forged("identity", origin="kid")  # retired meanwhile
            used = {"kid": about.kid, "jti": about.jti, "expires_at": about.expires_at}
            if not identity_keys.use_once(tx.connection, **used):
                return Forged("identity", origin="replayed")
            mine = accounts.get(tx.connection, about.customer_id)
            if mine is None or mine.taken or mine.status == CLOSED:
                return Forged("identity", origin="customer")  # its token is used all the same
            return self._known(tx, mine.id, about.kid, browser, locale)

        done = await self.desk.happen(work)
        if isinstance(done, Forged):
            raise done
        return done

    def _known(self, tx: UnitOfWork, account_id: str, kid: str, browser: str, locale: str) -> str:
        address, here = self._own_chat(tx, browser, account_id)
        others = identity_keys.chats_in(tx.connection, browser)
        end_site_chats(tx, tuple(one for one in others if one.conversation_id != here))
        before = conversations.open_talk(tx.connection, Channel.WEB, address, locale, tx.now, here)
        fresh = SiteChat(here, account_id, browser, secrets.token_hex(16))
        chat = identity_keys.open_chat(tx.connection, fresh)
        session = identity_keys.page_token(self.server_key, address, chat.nonce)
        conversations.turn(tx.connection, here, sha256_hex(session))
        view = self.quotes.view(tx.connection, account_id, tx.now)
        if before.account_id is None and view is not None:
            told = {"account_id": account_id, "conversation_id": here, "told_by": kid}
            accounts.bind_told_conversation(tx.connection, **told, now=tx.now)
            tx.tell(here, LoggedIn(view, told_by=kid))
        return session

    def _own_chat(self, tx: UnitOfWork, browser: str, account_id: str) -> tuple[str, str]:
        """Return the address and the id of the customer's chat here: the first in which no other account has been."""
        for n in count():
            address = identity_keys.address_of(self.server_key, browser, account_id, n)
            here = conversation_id(Channel.WEB, address)
            if all(one.account_id == account_id for one in visits.in_conversation(tx.connection, here)):
                return address, here
        raise AssertionError("a count has no end")

    async def tells_in(self, browser: str) -> bool:
        """Return whether the site has told of somebody in this browser. Errors: StoreUnavailable."""
        return bool(await self.store.read(lambda c: identity_keys.chats_in(c, browser)))

    async def leave(self, browser: str) -> None:
        """End what the site has told in this browser: it tells of nobody there any more."""
        await self.desk.happen(lambda tx: end_site_chats(tx, identity_keys.chats_in(tx.connection, browser)))


def end_site_chats(tx: UnitOfWork, chats: tuple[SiteChat, ...]) -> None:
    """End these chats: their pages see nothing more of them, and nobody is known there."""
    for chat in sorted(chats, key=lambda one: one.conversation_id):
        if end_log_in(tx.connection, chat.conversation_id):  # whoever has logged in there
            tx.tell(chat.conversation_id, SessionEnded())
        conversations.turn(tx.connection, chat.conversation_id, sha256_hex(secrets.token_hex()))
        identity_keys.close_chat(tx.connection, chat.conversation_id)


def retire(tx: UnitOfWork, kid: str) -> IdentityKey | None:
    """End a key, and with it the chats whose customer it has told; None for an unknown one."""
    found = identity_keys.retire(tx.connection, kid, tx.now)
    end_site_chats(tx, identity_keys.chats_by(tx.connection, kid) if found is not None else ())
    return found
