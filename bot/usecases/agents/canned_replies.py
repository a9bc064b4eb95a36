"""Ready answers for the open conversation: what may be used, filled with what is known of the customer."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from bot.usecases.agents.sight import Sight
from bot.usecases.agents.talk_view import ConversationView
from bot.usecases.answers import unread
from services.orders import order_record
from services.support import canned_replies
from values import masked
from values.private import Private, PrivateStruct


class Ready(PrivateStruct):
    """An answer as it would be sent. `missing` are places that the agent has to fill."""

    id: str
    shortcut: str
    title: str
    text: Private[str]
    missing: tuple[str, ...]


class ReadyAnswers(Struct, frozen=True):
    """Of one seller; `first` are the profile's own, `desk` and `support` its names."""

    sight: Sight
    first: Sequence[canned_replies.CannedReply]
    desk: str
    support: str

    def of(
        self, connection: sa.Connection, talk: ConversationView, now: datetime, *, agent_id: str, agent: str
    ) -> list[Ready]:
        """All that this agent may use, in the customer's language."""
        values = self._values(connection, talk, now, agent)
        locale, known = talk.case.talk.locale, canned_replies.available(connection, agent_id=agent_id, first=self.first)
        made: list[Ready] = []
        for reply in known:
            filled = canned_replies.fill_reply(reply, locale=locale, fallback=self.sight.seller.locales, values=values)
            if canned_replies.MAILED not in filled.missing:
                made.append(Ready(reply.id, reply.shortcut, reply.title, filled.text, filled.missing))
        return made

    def _values(self, connection: sa.Connection, talk: ConversationView, now: datetime, agent: str) -> dict[str, str]:
        case, account_id = talk.case, talk.conversation.account_id
        with self.sight.context(connection, talk.conversation, case, now) as ctx:
            here, named = self.sight.journey.position(case, ctx), case.find_name(ctx.books)
        orders = order_record.of_account(connection, account_id) if account_id is not None else []
        return {
            "customer": named or case.orderer.name or "",
            "company": case.company.name or "",
            "order": orders[-1].number if orders else "",
            "step": self.sight.step(here, case.talk.locale),
            "agent": agent,
            "seller": self.sight.seller.name,
            "desk": self.desk,
            "support": self.support,
            "email": self._mailed_to(connection, talk, now),
        }

    def _mailed_to(self, connection: sa.Connection, talk: ConversationView, now: datetime) -> str:
        """Return where an unread answer of this agent is mailed, masked; empty where it isn't."""
        rules, key = self.sight.seller.desk, self.sight.turn.server_key
        to = unread.find_mailable_address(connection, talk.conversation, rules, key, now)
        return masked.email(to.email) if to is not None else ""
