"""`/desk/overview`: load, waits, who is on, takings, the way through the journey, and the sentences to be labelled."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import SignedIn, form_of, row_id, see_other
from bot.handlers.console.console import Console
from bot.handlers.console.formatting import moment
from bot.usecases.handoff.training import TrainingLabels
from nlu.evaluation import INTENTS
from services.agents import audit, sessions
from services.store import conversations
from services.support import blocked_networks, blocklist
from services.support.funnel import FunnelStep
from services.support.overview import Overview

DAYS = (1, 7, 30)
_MOST_SENTENCES = 30


def routes(console: Console, overview: Overview, labelling: TrainingLabels) -> list[Route]:
    """Return the pages and their forms."""
    page, lists, guarded = _Overview(console, overview, labelling), _Lists(console), console.access.guarded
    return [
        Route("/desk/blocked", guarded(lists.blocked, role="supervisor")),
        Route("/desk/blocked/remove", guarded(lists.unblock, role="supervisor"), methods=["POST"]),
        Route("/desk/trail", guarded(lists.trail, role="admin")),
        Route("/desk/overview", guarded(page.page, role="supervisor")),
    ]


class _Overview:
    def __init__(self, console: Console, overview: Overview, labelling: TrainingLabels) -> None:
        self._console, self._overview, self._labelling = console, overview, labelling

    async def page(self, request: Request, me: SignedIn) -> Response:
        console = self._console
        asked = request.query_params.get("days", "")
        days = next((days for days in DAYS if str(days) == asked), DAYS[1])
        now, told = console.access.clock.now(), console.words(me)
        # To the minute: requests within it share one reading.
        end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        begin = end - timedelta(days=days)
        store = console.access.store
        funnel = await self._overview.funnel(begin, end)
        return console.access.page(
            request,
            me,
            "desk/overview.html",
            told=told,
            days=days,
            choices=DAYS,
            load=await self._overview.load(),
            waits=await self._overview.waits(begin, end),
            takings=await self._overview.takings(begin, end),
            funnel=funnel,
            steps=[one for one in funnel.steps if _anybody(one)],
            agents=[agent for agent in await console.agents() if agent.disabled_at is None],
            seen=await store.read(lambda c: sessions.last_seen(c, now)),
            sentences=await store.read(lambda c: self._labelling.listed(c, most=_MOST_SENTENCES)),
            intents=INTENTS,
            step_name=lambda path: self._step(path, me.locale),
        )

    def _step(self, path: str, locale: str) -> str:
        step = self._console.sight.journey.known(path)
        if step is None:
            return path
        part, name = self._console.sight.part(step, locale), self._console.sight.step(step, locale)
        return f"{part}: {name}" if part and part != name else name


def _anybody(step: FunnelStep) -> bool:
    """Return whether anything happened at the step: most of a profile's are passed by nobody in a week."""
    return bool(step.entered or step.corrected or step.left or step.missed or step.misread)


_ON_A_PAGE = 100


class _Lists:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def blocked(self, request: Request, me: SignedIn) -> Response:
        """Show each blocked address by its conversation, never the address itself."""
        access, before = self._console.access, moment(request.query_params.get("before", ""))

        def read(connection: sa.Connection) -> tuple[list[tuple[blocklist.BlockedAddress, str]], datetime | None]:
            held = blocklist.listed(connection, access.clock.now(), before=before, most=_ON_A_PAGE)
            found = [(one, conversations.find(connection, one.channel, one.address)) for one in held]
            older = held[-1].at if len(held) == _ON_A_PAGE else None
            return [(one, talk.id) for one, talk in found if talk is not None], older

        blocks, older = await access.store.read(read)
        networks = await access.store.read(lambda c: blocked_networks.listed(c, access.clock.now()))
        names, told = await self._console.names(), self._console.words(me)
        next_page = None if older is None else older.isoformat().replace("+00:00", "Z")
        shown: dict[str, Any] = {"blocks": blocks, "networks": networks, "older": next_page}
        return access.page(request, me, "desk/blocked.html", **shown, told=told, names=names)

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        conversation_id = (await form_of(request)).get("conversation", "")

        def work(connection: sa.Connection) -> None:
            talk = conversations.load(connection, conversation_id, lock=False)
            if talk is not None and blocklist.unblock(connection, channel=talk.channel, address=talk.address):
                self._console.access.record(connection, me, "unblocked", conversation_id=talk.id)

        await self._console.access.store.write(work)
        return see_other("/desk/blocked")

    async def trail(self, request: Request, me: SignedIn) -> Response:
        before = row_id(request.query_params.get("before", ""))
        lines = await self._console.access.store.read(lambda c: audit.page(c, before=before, most=_ON_A_PAGE))
        older = lines[-1].id if len(lines) == _ON_A_PAGE else None
        names, told, access = await self._console.names(), self._console.words(me), self._console.access
        return access.page(request, me, "desk/trail.html", lines=lines, names=names, told=told, older=older)
