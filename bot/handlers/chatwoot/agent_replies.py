"""Replies, assignments and ends in the help desk, taken to the agents' commands.

Chatwoot sends a webhook once. So a webhook only says where to look, and what happened is read from Chatwoot itself:
after a webhook, and now and then without one. A reply is known by its number, and is done once whatever befalls this
process.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.conversation.desk import BY_AGENT
from bot.handlers.chatwoot.posting import ChatwootOutbound
from bot.handlers.chatwoot.thread_lines import AGENTS, VIA, strip_markup
from bot.usecases.agents import acts as agents_acts
from bot.web.guard import RequestTurnedAway, capped_body
from bot.web.page_texts import PageWords
from services.agents import agent_accounts
from services.clock import Clock
from services.errors import Forged
from services.store import inbox
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.support import handoffs
from services.support.chatwoot import webhooks
from services.support.chatwoot.client import Chatwoot
from services.support.chatwoot.models import (
    ENDED,
    RESOLVED,
    ChatwootConversation,
    ChatwootMessage,
    ChatwootPerson,
    Kind,
)
from services.support.chatwoot.threads import THREADS, Thread
from values.incoming_text import one_line, visible

_log = structlog.get_logger(__name__)

LONGEST_NAME = 60
"""As of the desk's own agents."""
SETTLED = timedelta(minutes=2)
"""Messages get their numbers before they can be read, by several at once: one may appear behind a later one."""
LIMIT = 512 * 1024
"""A long message, three times over: as content, as processed content and within its conversation."""
PATH = "/webhooks/helpdesk/chatwoot"


class ChatwootInbound(Struct):
    """`t` are the words of the help desk's people; `seller` speaks where nobody's name is known."""

    store: Store
    clock: Clock
    chatwoot: Chatwoot
    acts: agents_acts.AgentActs
    outbound: ChatwootOutbound
    t: PageWords
    seller: str
    _me: int | None = None

    async def read(self, row: Thread) -> int:
        """Take all that has happened there; return the last message's number. Raises what `Chatwoot` does.

        Also raises StoreUnavailable.
        """
        assert row.outside_id is not None
        if self._me is None:
            self._me = await self.chatwoot.me()
        me = self._me
        there = await self.chatwoot.conversation(row.outside_id)
        messages = await self.chatwoot.messages(row.outside_id, row.seen_id)
        await self.outbound.found(row, messages)
        for message in messages:
            if message.sender is not None and _is_reply(message, me):
                await self._reply(row, message, message.sender)
        assignee = in_charge(there, me)
        await self._state(row, there, assignee)
        changed = {"told_status": there.status, "assignee_id": assignee.id if assignee is not None else None}
        seen = self._settled(row, messages)
        await self.store.write(lambda c: THREADS.note(c, row, seen_id=seen, heard=row.knocked, **changed))
        return max((message.id for message in messages), default=row.seen_id)

    async def _reply(self, row: Thread, message: ChatwootMessage, sender: ChatwootPerson) -> None:
        key, by, words = f"chatwoot:{message.id}", _by(sender), strip_markup(message.content or "")
        if await self.store.read(lambda c: inbox.find_seen(c, BY_AGENT, _named(row, by, key))) is not None:
            return
        if not words.strip() or len(words) > agents_acts.LONGEST:
            await self._refuse(row, by, key, self.t("refused.too_long" if words.strip() else "refused.no_words"))
            return
        try:
            await self._hand_to(row.conversation_id, by, there=True)
            await self.acts.say(row.conversation_id, by, words, key, via=VIA)
        except agents_acts.HandoffNotTaken:
            await self._refuse(row, by, key, self.t("refused.others", name=await self._holder(row)))
        except agents_acts.NotSaid:
            await self._refuse(row, by, key, self.t("refused.no_words"))
        except agents_acts.NotFilled as unfilled:
            await self._refuse(row, by, key, self.t("refused.unfilled", places=" ".join(unfilled.places)))
        except agents_acts.LoneCommand as lone:
            await self._refuse(row, by, key, self.t("refused.lone_command", word=lone.word))

    async def _hand_to(self, conversation_id: str, to: agents_acts.By, *, there: bool) -> None:
        """Give them the conversation unless an agent of the console has it.

        `there`: they have shown by a reply that they are there. Raises agents_acts.HandoffNotTaken.
        """
        hand = self.acts.take if there else self.acts.assign
        try:
            await hand(conversation_id, to, _once())
        except agents_acts.HandoffNotTaken as taken:
            if not taken.agent_id.startswith(AGENTS):
                raise
            await self.acts.pass_on(conversation_id, agents_acts.By(taken.agent_id, ""), to, _once(), there=there)

    async def _state(self, row: Thread, there: ChatwootConversation, assignee: ChatwootPerson | None) -> None:
        """Act on a changed status or assignee."""
        request = await self.store.read(lambda c: handoffs.find_open_request(c, row.conversation_id))
        was = assignee.id if assignee is not None else None
        try:
            if there.status in ENDED:
                if row.told_status not in ENDED and request is not None:
                    await self._end(row, there, request, assignee)
            elif assignee is not None and (was != row.assignee_id or row.told_status in ENDED):
                await self._hand_to(row.conversation_id, _by(assignee), there=False)
            elif assignee is None and row.assignee_id is not None and request is not None:
                await self._leave(row, request)
        except agents_acts.HandoffNotTaken:
            whose = self.t("refused.others_state", name=await self._holder(row))
            await self.outbound.note(row, whose, f"whose-{_once()}")
        except agents_acts.NotYours:  # given back or taken by somebody at this very moment
            _log.info("helpdesk_late", conversation=row.conversation_id)

    async def _end(
        self, row: Thread, there: ChatwootConversation, request: handoffs.HandoffRecord, assignee: ChatwootPerson | None
    ) -> None:
        by = _by(assignee) if assignee is not None else agents_acts.By(f"{AGENTS}0", self.seller)
        holder = request.agent_id
        if holder is None:
            await self.acts.take(row.conversation_id, by, _once())
        elif holder.startswith(AGENTS):
            by = agents_acts.By(holder, by.name)
        else:
            raise agents_acts.HandoffNotTaken(holder)
        await self.acts.give_back(row.conversation_id, by, _once(), done=there.status == RESOLVED)

    async def _leave(self, row: Thread, request: handoffs.HandoffRecord) -> None:
        """Put the conversation back into the queue if the agent who had it there had it here."""
        had = f"{AGENTS}{row.assignee_id}"
        if request.agent_id == had:
            await self.acts.put_back(row.conversation_id, agents_acts.By(had, self.seller), _once())

    async def _refuse(self, row: Thread, by: agents_acts.By, key: str, why: str) -> None:
        """Note the message first, so that its writer is answered at most once and the customer never twice."""
        now = self.clock.now()
        named = _named(row, by, key)

        def mark(connection: sa.Connection) -> bool:
            return inbox.first_time(connection, BY_AGENT, named, row.conversation_id, "", now)

        if await self.store.write(mark):
            await self.outbound.note(row, why, f"refused-{key}")

    async def _holder(self, row: Thread) -> str:
        """Return the assigned agent's name."""

        def look(connection: sa.Connection) -> str | None:
            request = handoffs.find_open_request(connection, row.conversation_id)
            agent = agent_accounts.get(connection, request.agent_id or "") if request is not None else None
            return agent.name if agent is not None else None

        name = await self.store.read(look)
        return name or (await self.outbound.standing(row.conversation_id)).speaker or "Okienko"

    def _settled(self, row: Thread, messages: Sequence[ChatwootMessage]) -> int:
        until = self.clock.now() - SETTLED
        old = (m.id for m in messages if datetime.fromtimestamp(m.created_at, UTC) < until)
        return max(old, default=row.seen_id)


def webhook_route(
    store: Store, clock: Clock, *, account_id: int, inbox_id: int, secret: str, wake: Callable[[], None]
) -> Route:
    """Return the route of one inbox' webhooks; `wake` is called when there is something to read.

    It answers 200 once a webhook is noted, or concerns none of our conversations; 400 if it isn't proven; 503 while it
    can't be noted.
    """

    async def webhook(request: Request) -> Response:
        try:
            body = await capped_body(request, LIMIT)
            webhooks.prove(request.headers, body, secret=secret, now=clock.now())
            number = webhooks.read_conversation_id(body, account_id=account_id, inbox_id=inbox_id)
            if number is not None and await store.write(lambda c: THREADS.knock(c, account_id, number)):
                wake()
        except RequestTurnedAway as turned:
            return PlainTextResponse("refused", turned.status)
        except Forged:
            return PlainTextResponse("refused", 400)
        except StoreUnavailable:
            return PlainTextResponse("later", 503)
        return PlainTextResponse("OK")

    return Route(PATH, webhook, methods=["POST"])


def _is_reply(message: ChatwootMessage, me: int) -> bool:
    """Return whether a person there has said it to the customer, and hasn't deleted it since.

    Bots and rules that send by themselves are no persons.
    """
    sender = message.sender
    public = message.message_type == Kind.OUTGOING and not message.private and not message.is_deleted
    return public and sender is not None and sender.type == "user" and sender.id not in (None, me)


def in_charge(there: ChatwootConversation, me: int) -> ChatwootPerson | None:
    """Return the person it is assigned to there, if any.

    Neither a bot counts nor the token's own user (`me`), to whom opening one by the API may assign it.
    """
    found = there.meta.assignee
    is_bot = there.meta.assignee_type not in (None, "User") or (found is not None and found.type == "agent_bot")
    return found if found is not None and not is_bot and found.id not in (None, me) else None


def _by(person: ChatwootPerson) -> agents_acts.By:
    """Return the agent by their name there: customers read it, so nothing in it hides, turns or breaks the line."""
    name = visible(one_line(person.available_name or person.name or ""))[:LONGEST_NAME]
    return agents_acts.By(f"{AGENTS}{person.id}", name or "?")


def _named(row: Thread, by: agents_acts.By, key: str) -> str:
    """Return the key as `ConversationDesk.act` notes it."""
    return f"{row.conversation_id}:{agents_acts.key_of(by, key)}"


def _once() -> str:
    """Return a key for one try: taking and giving back may safely be done twice."""
    return f"chatwoot:{secrets.token_hex(8)}"
