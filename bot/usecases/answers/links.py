"""The link of a letter with an answer: where it leads, and how such letters are stopped. It logs nobody in."""

from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.outbound import ReachableChannels
from bot.usecases.answers import unread
from services.accounts import start_links
from services.clock import Clock
from services.store import conversations
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.support import answer_letters
from services.support.answer_letters import AnswerLetter
from values.channel import Channel
from values.private import Private, PrivateStruct

Leads = Literal["web", "telegram", "client", "over"]


class AnswerPlace(PrivateStruct):
    """The place of an answer. `chat`: the holder of its web conversation, which one browser has.

    `log_in`: how to go on elsewhere after a log-in, None where the address was only given; `telegram`: the bot's chat.
    """

    leads: Leads
    locale: str
    chat: Private[str | None] = None
    log_in: Private[str | None] = None
    telegram: str | None = None


class AnswerLinks(Struct, frozen=True):
    """For one desk. Raises StoreUnavailable."""

    store: Store
    clock: Clock
    server_key: bytes
    reach: ReachableChannels

    async def open(self, token: str) -> AnswerPlace | None:
        """Return where the link leads now, None for an unknown token; changes nothing, as often as asked."""
        return await self.store.read(lambda connection: self._open(connection, token))

    async def stop(self, token: str) -> bool:
        """No more such letters to the mailbox that got this one; False for an unknown token."""
        letter = await self.store.read(lambda connection: answer_letters.find(connection, token))
        if letter is None or (mailbox := letter.mailbox) is None:
            return False
        now = self.clock.now()
        await self.store.write(lambda connection: answer_letters.stop(connection, mailbox, now))
        return True

    def _open(self, connection: sa.Connection, token: str) -> AnswerPlace | None:
        letter = answer_letters.find(connection, token)
        here = conversations.load(connection, letter.conversation_id, lock=False) if letter is not None else None
        if letter is None or here is None or letter.mailbox is None:
            return None
        if letter.expires_at <= self.clock.now():
            return AnswerPlace("over", here.locale)
        if Channel(here.channel) is Channel.TELEGRAM:
            name = self.reach.bot_name()
            there = f"{self.reach.bots_at}/{name}" if name is not None else None
            return AnswerPlace("telegram", here.locale, telegram=there)
        if Channel(here.channel) is not Channel.WEB:
            return AnswerPlace("client", here.locale)
        log_in = self._log_in(connection, letter, here) if letter.proven else None
        return AnswerPlace("web", here.locale, chat=here.holder, log_in=log_in)

    def _log_in(self, connection: sa.Connection, letter: AnswerLetter, here: StoredConversation) -> str | None:
        """Return the way on for the account's holder, as long as the mailbox is still the one they have proven."""
        to = unread.addressee(connection, here)
        same = to is not None and answer_letters.is_mailbox(self.server_key, letter.mailbox or "", to.email)
        if to is None or not to.proven or not same:
            return None
        token = start_links.token_of(self.server_key, letter.id)
        way = start_links.get(connection, token=token)
        good = way is not None and way.expires_at > self.clock.now()
        return f"/chat?start={token}" if good else "/chat"  # gone on with before: an ordinary log-in
