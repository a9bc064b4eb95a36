"""`/desk/overview`: load, waits, who is on, the way through the journey, and the sentences that weren't understood."""

from datetime import timedelta

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console.console import Console
from bot.handlers.console.door import SignedIn
from bot.handlers.console.forms import form_of
from bot.handlers.console.telling import ConsoleWords
from bot.usecases.handoff.training import TrainingLabels
from bot.web.guard import RequestTurnedAway
from bot.web.policy import DESK_PAGE
from nlu.measure import INTENTS
from services.agents import audit, sessions
from services.support.overview import Overview

DAYS = (1, 7, 30)
_NO_EXAMPLE = ""
_MOST_SENTENCES = 30


def routes(console: Console, overview: Overview, labelling: TrainingLabels) -> list[Route]:
    """Return the page, and the form that labels a sentence; for supervisors."""
    page, guarded = _OverviewPage(console, overview, labelling), console.door.guarded
    return [
        Route("/desk/overview", guarded(page.page, role="supervisor")),
        Route("/desk/overview/label", guarded(page.label, role="supervisor"), methods=["POST"]),
    ]


class _OverviewPage:
    def __init__(self, console: Console, overview: Overview, labelling: TrainingLabels) -> None:
        self._console, self._overview, self._labelling = console, overview, labelling

    async def page(self, request: Request, me: SignedIn) -> Response:
        console = self._console
        asked = request.query_params.get("days", "")
        days = next((days for days in DAYS if str(days) == asked), DAYS[1])
        now, told = console.door.clock.now(), ConsoleWords(console.door.pages, me.locale, console.door.clock.now())
        # To the minute: whoever looks within it reads what was read before.
        end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        begin = end - timedelta(days=days)
        store = console.door.store
        return console.door.page(
            request,
            me,
            "desk/overview.html",
            told=told,
            days=days,
            choices=DAYS,
            load=await self._overview.load(),
            waits=await self._overview.waits(begin, end),
            funnel=await self._overview.funnel(begin, end),
            agents=[agent for agent in await console.agents() if agent.disabled_at is None],
            seen=await store.read(lambda c: sessions.last_seen(c, now)),
            sentences=await store.read(lambda c: self._labelling.listed(c, most=_MOST_SENTENCES)),
            intents=INTENTS,
            step_name=lambda path: self._step(path, me.locale),
        )

    async def label(self, request: Request, me: SignedIn) -> Response:
        """Return what a sentence means; none: it is no example of anything."""
        fields, now = await form_of(request), self._console.door.clock.now()
        line, intent = fields.get("line", ""), fields.get("intent", _NO_EXAMPLE)
        if not (line.isascii() and line.isdigit() and len(line) <= 18):
            raise RequestTurnedAway(422, "unreadable")

        def work(connection: sa.Connection) -> None:
            given = self._labelling.label(
                connection, line_id=int(line), intent=intent or None, agent_id=me.agent_id, now=now
            )
            if given:
                details = {"line": int(line)}
                audit.note(connection, agent_id=me.agent_id, what="labelled", at=now, details=details)

        try:
            await self._console.door.store.write(work)
        except ValueError:
            raise RequestTurnedAway(422, "unreadable") from None
        return RedirectResponse("/desk/overview#sentences", 303, headers=DESK_PAGE)

    def _step(self, path: str, locale: str) -> str:
        step = self._console.sight.journey.known(path)
        if step is None:
            return path
        part, name = self._console.sight.part(step, locale), self._console.sight.step(step, locale)
        return f"{part}: {name}" if part and part != name else name
