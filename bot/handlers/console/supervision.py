"""Supervisors' pages: the overview with the sentences to be labelled, blocked addresses and networks, the trail."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.port import UnitOfWork
from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.handlers.console.formatting import moment
from bot.handlers.console.page_requests import form_of, row_id, see_other
from bot.usecases.handoff.training import TrainingLabels
from bot.web.guard import RequestTurnedAway
from dialogs.messages.handoff import NetworkClosed
from nlu.evaluation import INTENTS
from services.agents import audit, sessions
from services.store import conversations
from services.support import blocked_networks, blocklist
from services.support.blocked_networks import MOST_REASON, BlockedNetwork, Concerned
from services.support.funnel import FunnelStep
from services.support.overview import Overview
from values.incoming_text import one_line

DAYS = (1, 7, 30)
_MOST_SENTENCES = 30


def routes(console: Console, overview: Overview, labelling: TrainingLabels) -> list[Route]:
    """Return the pages and their forms."""
    page, lists, guarded = _Overview(console, overview, labelling), _Lists(console), console.access.guarded
    network = _NetworkPage(console)
    return [
        Route("/desk/c/{id}/network", guarded(network.show, role="supervisor")),
        Route("/desk/c/{id}/network", guarded(network.block, role="supervisor"), methods=["POST"]),
        Route("/desk/blocked/network/remove", guarded(network.unblock, role="supervisor"), methods=["POST"]),
        Route("/desk/blocked", guarded(lists.blocked, role="supervisor")),
        Route("/desk/blocked/remove", guarded(lists.unblock, role="supervisor"), methods=["POST"]),
        Route("/desk/trail", guarded(lists.trail, role="admin")),
        Route("/desk/overview", guarded(page.page, role="supervisor")),
    ]


class _Overview(Struct, frozen=True):
    console: Console
    overview: Overview
    labelling: TrainingLabels

    async def page(self, request: Request, me: SignedIn) -> Response:
        console = self.console
        asked = request.query_params.get("days", "")
        days = next((days for days in DAYS if str(days) == asked), DAYS[1])
        now, told = console.access.clock.now(), console.words(me)
        # To the minute: requests within it share one reading.
        end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        begin = end - timedelta(days=days)
        store = console.access.store
        funnel = await self.overview.funnel(begin, end)
        return console.access.page(
            request,
            me,
            "desk/overview.html",
            told=told,
            days=days,
            choices=DAYS,
            load=await self.overview.load(),
            waits=await self.overview.waits(begin, end),
            takings=await self.overview.takings(begin, end),
            funnel=funnel,
            steps=[one for one in funnel.steps if _anybody(one)],
            agents=[agent for agent in await console.agents() if agent.disabled_at is None],
            seen=await store.read(lambda c: sessions.last_seen(c, now)),
            sentences=await store.read(lambda c: self.labelling.listed(c, most=_MOST_SENTENCES)),
            intents=INTENTS,
            step_name=lambda path: self._step(path, me.locale),
        )

    def _step(self, path: str, locale: str) -> str:
        step = self.console.sight.journey.known(path)
        if step is None:
            return path
        part, name = self.console.sight.part(step, locale), self.console.sight.step(step, locale)
        return f"{part}: {name}" if part and part != name else name


def _anybody(step: FunnelStep) -> bool:
    """Return whether anything happened at the step: most of a profile's are passed by nobody in a week."""
    return bool(step.entered or step.corrected or step.left or step.missed or step.misread)


_ON_A_PAGE = 100


class _Lists(Struct, frozen=True):
    console: Console

    async def blocked(self, request: Request, me: SignedIn) -> Response:
        """Show each blocked address by its conversation, never the address itself."""
        access, before = self.console.access, moment(request.query_params.get("before", ""))

        def read(connection: sa.Connection) -> tuple[list[tuple[blocklist.BlockedAddress, str]], datetime | None]:
            held = blocklist.list_address_blocks(connection, access.clock.now(), before=before, most=_ON_A_PAGE)
            found = [(one, conversations.find(connection, one.channel, one.address)) for one in held]
            older = held[-1].at if len(held) == _ON_A_PAGE else None
            return [(one, talk.id) for one, talk in found if talk is not None], older

        blocks, older = await access.store.read(read)
        networks = await access.store.read(lambda c: blocked_networks.list_blocks(c, access.clock.now()))
        names, told = await self.console.names(), self.console.words(me)
        next_page = None if older is None else older.isoformat().replace("+00:00", "Z")
        shown: dict[str, Any] = {"blocks": blocks, "networks": networks, "older": next_page}
        return access.page(request, me, "desk/blocked.html", **shown, told=told, names=names)

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        conversation_id = (await form_of(request)).get("conversation", "")

        def work(connection: sa.Connection) -> None:
            talk = conversations.load(connection, conversation_id, lock=False)
            if talk is not None and blocklist.unblock(connection, channel=talk.channel, address=talk.address):
                self.console.access.record(connection, me, "unblocked", conversation_id=talk.id)

        await self.console.access.store.write(work)
        return see_other("/desk/blocked")

    async def trail(self, request: Request, me: SignedIn) -> Response:
        before = row_id(request.query_params.get("before", ""))
        lines = await self.console.access.store.read(lambda c: audit.page(c, before=before, most=_ON_A_PAGE))
        older = lines[-1].id if len(lines) == _ON_A_PAGE else None
        names, told, access = await self.console.names(), self.console.words(me), self.console.access
        return access.page(request, me, "desk/trail.html", lines=lines, names=names, told=told, older=older)


HOURS = (1, 4, 24)
_UNFIT = 422


class _NetworkPage(Struct, frozen=True):
    """Blocks the network of a conversation for a day at most, and ends its requests.

    The page says first how many chats that concerns. The network itself is nowhere: its keyed hash stands for it.
    """

    console: Console

    async def show(self, request: Request, me: SignedIn) -> Response:
        """Show what a block concerns, and the form."""
        return await self._form(request, me)

    async def block(self, request: Request, me: SignedIn) -> Response:
        """Block the network; with `end` its waiting requests end in the same transaction."""
        fields = await form_of(request)
        reason, hours = one_line(fields.get("reason", "")), fields.get("hours", "")
        if not 0 < len(reason) <= MOST_REASON or hours not in map(str, HOURS):
            return await self._form(request, me, reason=reason[:MOST_REASON], refused=True)
        where, end = str(request.path_params["id"]), fields.get("end") == "yes"

        def work(tx: UnitOfWork) -> None:
            network = self._network(tx.connection, where)
            found = blocked_networks.count_concerned_chats(tx.connection, network)
            until = tx.now + timedelta(hours=int(hours))
            blocked = BlockedNetwork(network, me.agent_id, reason, tx.now, until, found.chats)
            blocked_networks.block(tx.connection, blocked)
            ended = blocked_networks.list_waiting_chats(tx.connection, network) if end else ()
            for waits in ended:
                tx.tell(waits, NetworkClosed(until))
            audit.note(
                tx.connection,
                agent_id=me.agent_id,
                what="network_blocked",
                at=tx.now,
                conversation_id=where,
                details={"hours": int(hours), "chats": found.chats, "ended": len(ended)},
            )

        await self.console.desk.happen(work)
        return see_other("/desk/blocked")

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        """Take messages from the network again."""
        network, access = (await form_of(request)).get("network", ""), self.console.access

        def work(connection: sa.Connection) -> None:
            if blocked_networks.unblock(connection, network):
                access.record(connection, me, "network_unblocked")

        await access.store.write(work)
        return see_other("/desk/blocked")

    async def _form(self, request: Request, me: SignedIn, *, reason: str = "", refused: bool = False) -> Response:
        access, where = self.console.access, str(request.path_params["id"])

        def read(connection: sa.Connection) -> Concerned:
            return blocked_networks.count_concerned_chats(connection, self._network(connection, where))

        found = await access.store.read(read)
        return access.page(
            request,
            me,
            "desk/network.html",
            status=_UNFIT if refused else 200,
            at=f"/desk/c/{where}",
            found=found,
            hours=HOURS,
            reason=reason,
            refused=refused,
            most=MOST_REASON,
        )

    def _network(self, connection: sa.Connection, conversation_id: str) -> str:
        """Return the conversation's network. Errors: RequestTurnedAway 404 where its channel knows none."""
        found = conversations.load(connection, conversation_id, lock=False)
        if found is None or found.network is None:
            raise RequestTurnedAway(404, "no_conversation")
        return found.network
