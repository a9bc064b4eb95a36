"""The console's conversation page, made of parts, and the dependencies of its handlers.

A page has the parts `PARTS` and the conversation's lines. Each part carries a mark of its content; on news the page's
script puts the parts whose mark has changed, and the lines that it lacks (`LinesAsked`), in their places.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.conversation.port import Desk
from bot.handlers.console.access import DeskAccess, SignedIn
from bot.handlers.console.formatting import ConsoleWords, QueueRows
from bot.handlers.console.lines_asked import THE_END, LinesAsked, lines_asked
from bot.handlers.console.page_requests import by_script, no_content
from bot.usecases.agents import answer_marks, queue_view, steps_view, talk_view
from bot.usecases.agents.acts import AgentActs, By, HandoffNotTaken, NotYours
from bot.usecases.agents.canned_replies import ReadyAnswers
from bot.usecases.agents.queue_view import Glances
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.talk_view import ConversationView
from bot.usecases.agents.transcript import TranscriptPart, Transcripts
from bot.web.guard import RequestTurnedAway
from dialogs.account.log_ins import is_proven
from services.agents import agent_accounts, audit
from services.agents.agent_accounts import Agent
from services.orders import trials
from services.payments import refunds
from services.store import conversations
from services.support import blocklist, handoffs, notes
from services.support.canned_replies import PLACES
from values.private import Private, PrivateStruct

PARTS = ("head", "write", "steps", "card", "notes")
SEEN_AGAIN = timedelta(hours=1)
OPENED_FOR = timedelta(minutes=10)
"""Contacts that were opened stay so on that page, whatever comes in; later the next news hides them."""
_OPENED = "okienko-contacts"


class ConsoleProblem(Struct, frozen=True):
    """Why an act wasn't done, for the part in whose form it was. `typed` is what stays in that form."""

    part: str
    key: str
    values: Mapping[str, object]
    typed: str = ""
    field: str = ""


class Piece(PrivateStruct):
    """A part of the page, with the mark of what it shows."""

    name: str
    html: Private[str]
    mark: str


class Console(Struct, frozen=True):
    access: DeskAccess
    desk: Desk
    acts: AgentActs
    sight: Sight
    ready: ReadyAnswers
    glances: Glances
    rows: QueueRows = field(default_factory=QueueRows)

    def words(self, me: SignedIn) -> ConsoleWords:
        """Return moments, waits and amounts as this agent reads them now."""
        return ConsoleWords(self.access.pages, me.locale, self.access.clock.now())

    def by(self, me: SignedIn) -> By:
        """Return the agent as acts know them."""
        return By(me.agent_id, me.name, self.sight.tongue(me.locale))

    async def agents(self) -> list[Agent]:
        """Return all agents' accounts, by login."""
        return await self.access.store.read(agent_accounts.list_agents)

    async def names(self) -> dict[str, str]:
        """Return what all agents are called, by their ids."""
        return {agent.id: agent.name for agent in await self.agents()}

    async def queue(self, me: SignedIn, shown: str = "") -> Piece:
        """Return the queue as this agent sees it, beside the conversation `shown`."""
        names, everything, now = await self.names(), me.may("supervisor"), self.access.clock.now()
        asked = partial(queue_view.queue, agent_id=me.agent_id, names=names, everything=everything, now=now)
        queue = await self.access.store.read(lambda c: asked(c, self.glances))
        return self.piece(me, "queue", queue=queue, rows=self.rows, open=shown)

    async def come(self, me: SignedIn, conversation_id: str) -> None:
        """Take what was passed on to this agent, who has opened it."""
        request = await self.access.store.read(lambda c: handoffs.find_open_request(c, conversation_id))
        if request is not None and request.agent_id == me.agent_id and request.passed_by is not None:
            with suppress(HandoffNotTaken, NotYours):  # taken back at this very moment: the page shows who has it
                await self.acts.take(conversation_id, self.by(me), f"came:{request.id}:{request.taken_at}")

    async def talk(self, me: SignedIn, conversation_id: str, *, opening: bool = False) -> ConversationView:
        """Return the conversation as this agent sees it, noted in the trail.

        Each time it is opened, and now and then while it is looked at in other ways (a form that is refused,
        what a script asks for). Errors: RequestTurnedAway 404.
        """
        names = await self.names()
        since = self.access.clock.now() - SEEN_AGAIN

        def read(connection: sa.Connection) -> tuple[ConversationView, bool] | None:
            here = conversations.load(connection, conversation_id, lock=False)
            if here is None:
                return None
            noted = audit.noted_since(
                connection, audit.SEEN, agent_id=me.agent_id, conversation_id=conversation_id, since=since
            )
            return talk_view.view_talk(connection, self.sight, here, agent_id=me.agent_id, names=names), noted

        found = await self.access.store.read(read)
        if found is None:
            raise RequestTurnedAway(404, "no_conversation")
        shown, noted = found
        if opening or not noted:
            await self.access.note(me, audit.SEEN, conversation_id=conversation_id)
        return shown

    async def pieces(
        self,
        me: SignedIn,
        talk: ConversationView,
        problem: ConsoleProblem | None = None,
        *,
        opened: bool = False,
        reply: str = "",
        asked: LinesAsked = THE_END,
    ) -> list[Piece]:
        """Return all parts of a conversation's page; of its lines those `asked` for.

        `opened`: contacts in full, if the trail has it that this agent opened them lately; `reply`: the answer begun.
        """
        names, now = await self.names(), self.access.clock.now()

        def read(connection: sa.Connection) -> dict[str, Any]:
            in_full = opened and _opened_lately(connection, me, talk, now)
            here = talk.conversation
            answers = self.ready.of(connection, talk, now, agent_id=me.agent_id, agent=me.name) if talk.mine else []
            agents = agent_accounts.assignable(connection, now) if talk.mine else []
            block = blocklist.find_block(connection, channel=here.channel, address=here.address, now=now)
            return {
                "stands": steps_view.view_standing(self.sight, connection, here, talk.case, now, me.locale),
                "notes": notes.of_conversation(connection, here.id),
                "card": talk_view.view_card(connection, talk, now, self.sight.seller, opened=in_full),
                "proven": is_proven(talk.case, now),
                "granted": trials.is_granted(connection, here.account_id or ""),
                "refunds": refunds.by_payment(connection, here.account_id or ""),
                "tries": here.account_id is not None and self.sight.seller.tried_plan is not None,
                "answers": answers,
                "blocked": block is not None,
                "lines": asked.of(self._transcripts(connection, me, talk, names)),
                "out_of_reach": talk.mine and self._out_of_reach(connection, talk, now),
                "colleagues": [one for one in agents if one.id != me.agent_id],
            }

        read_values = await self.access.store.read(read)
        await self._note_read(me, talk, read_values["lines"])
        values = {
            **read_values,
            "talk": talk,
            "begun": next((one.text for one in read_values["answers"] if one.id == reply), ""),
            "places": PLACES,
            "names": names,
            "thing": lambda id: self.sight.thing(id, me.locale),
        }
        lines = self._lines(me, talk, read_values["lines"])
        return [*lines, *(self.piece(me, part, problem=_of(problem, part), **values) for part in PARTS)]

    def _out_of_reach(self, connection: sa.Connection, talk: ConversationView, now: datetime) -> bool:
        rules, key = self.sight.seller.desk, self.sight.turn.server_key
        return answer_marks.is_customer_out_of_reach(connection, talk.conversation, rules, key, now)

    async def lines(self, me: SignedIn, talk: ConversationView, asked: LinesAsked) -> list[Piece]:
        """Return the lines asked for, alone."""
        names = await self.names()
        found = await self.access.store.read(lambda c: asked.of(self._transcripts(c, me, talk, names)))
        await self._note_read(me, talk, found)
        return self._lines(me, talk, found)

    async def _note_read(self, me: SignedIn, talk: ConversationView, found: TranscriptPart | None) -> None:
        """Note, once while an agent has a conversation, that they read contacts in what the customer wrote to them."""
        if found is not None and found.revealed:
            await self.note_read(me, talk)

    async def note_read(self, me: SignedIn, talk: ConversationView) -> None:
        """Note, once while an agent has a conversation, that they read or hear what the customer tells them."""
        if talk.request is None:
            return
        where, since = talk.conversation.id, talk.request.taken_at or talk.request.asked_at

        def work(connection: sa.Connection) -> None:
            noted = audit.noted_since(
                connection, audit.CONTACTS_READ, agent_id=me.agent_id, conversation_id=where, since=since
            )
            if not noted:
                self.access.record(connection, me, audit.CONTACTS_READ, conversation_id=where)

        await self.access.store.write(work)

    def _lines(self, me: SignedIn, talk: ConversationView, found: TranscriptPart | None) -> list[Piece]:
        """As the part with all lines, or as one with lines to be added by the page's script."""
        return [] if found is None else [self.piece(me, "lines" if found.whole else "fresh", talk=talk, lines=found)]

    def _transcripts(
        self, connection: sa.Connection, me: SignedIn, talk: ConversationView, names: Mapping[str, str]
    ) -> Transcripts:
        today = self.words(me).today
        return Transcripts(connection, talk.conversation.id, self.sight, names, talk.reading, me.locale, today)

    def piece(self, me: SignedIn, name: str, **values: object) -> Piece:
        """Return a part. Its mark doesn't depend on the keys of its forms, which are new each time."""
        key = token_urlsafe(16)
        html = self.access.pages.text(
            f"desk/parts/{name}.html", me.locale, me=me, key=key, told=self.words(me), **values
        )
        mark = hashlib.sha256(html.replace(key, "").encode("utf-8", "replace")).hexdigest()[:16]
        return Piece(name, html, f"{name}.{mark}")

    async def changed(self, request: Request, me: SignedIn, talk: ConversationView) -> Response:
        """Return the parts that aren't as the page has them (it tells their marks)."""
        marks = set(request.query_params.getlist("mark"))
        pieces = await self.pieces(me, talk, opened=_opened(request), asked=lines_asked(request))
        fresh = [piece for piece in pieces if piece.mark not in marks]
        return self.bare(request, me, fresh) if fresh else no_content()

    def bare(self, request: Request, me: SignedIn, pieces: list[Piece], *, status: int = 200) -> HTMLResponse:
        """Parts without a page around them."""
        return self.access.page(request, me, "desk/pieces.html", status=status, pieces=pieces, aside=True)

    async def page(
        self,
        request: Request,
        me: SignedIn,
        conversation_id: str,
        problem: ConsoleProblem | None = None,
        status: int = 200,
        *,
        opened: bool = False,
        opening: bool = False,
    ) -> Response:
        """Return the conversation's page, or for a script its parts; `problem` with why something wasn't done."""
        talk, reply = await self.talk(me, conversation_id, opening=opening), request.query_params.get("reply", "")
        opened = opened or _opened(request)
        pieces = await self.pieces(me, talk, problem, opened=opened, reply=reply, asked=lines_asked(request))
        if by_script(request):
            return self.bare(request, me, pieces, status=status)
        return await self.whole(request, me, pieces, talk, status=status)

    async def whole(
        self, request: Request, me: SignedIn, pieces: list[Piece], talk: ConversationView | None, *, status: int = 200
    ) -> Response:
        """Return the page with its three columns; without a conversation it is the queue."""
        queue = await self.queue(me, talk.conversation.id if talk else "")
        return self.access.page(
            request,
            me,
            "desk/console.html",
            status=status,
            queue=queue,
            pieces={piece.name: piece for piece in pieces},
            talk=talk,
            told=self.words(me),
            now=self.access.clock.now().isoformat(),
            done="erased" if request.query_params.get("done") == "erased" else None,
            view="card" if request.query_params.get("view") == "card" else "talk",
            aside=False,
        )


def _opened(request: Request) -> bool:
    """Return whether the page that asks shows contacts in full."""
    return by_script(request) and request.headers.get(_OPENED) == "open"


def _opened_lately(connection: sa.Connection, me: SignedIn, talk: ConversationView, now: datetime) -> bool:
    where, since = talk.conversation.id, now - OPENED_FOR
    return audit.noted_since(
        connection, audit.CONTACTS_OPENED, agent_id=me.agent_id, conversation_id=where, since=since
    )


def _of(problem: ConsoleProblem | None, part: str) -> ConsoleProblem | None:
    return problem if problem is not None and problem.part == part else None
