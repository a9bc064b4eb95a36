"""`/desk/replies`: ready answers, an agent's own and (for supervisors) those that all share."""

from collections.abc import Mapping
from uuid import uuid4

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.handlers.console.page_requests import form_of, see_other
from bot.web.guard import RequestTurnedAway
from services.support import canned_replies
from services.support.canned_replies import PLACES, SHARED, CannedReply, ReplyRefused

_WORDS = "words-"


def routes(console: Console) -> list[Route]:
    """Return the list, the form for one, and the button that removes one."""
    page, guarded = _RepliesPage(console), console.access.guarded
    return [
        Route("/desk/replies", guarded(page.page), methods=["GET"]),
        Route("/desk/replies", guarded(page.save), methods=["POST"]),
        Route("/desk/replies/remove", guarded(page.remove), methods=["POST"]),
    ]


class _RepliesPage(Struct, frozen=True):
    console: Console

    async def page(self, request: Request, me: SignedIn) -> Response:
        wanted = request.query_params.get("edit", "")
        found = await self.console.access.store.read(lambda c: canned_replies.get(c, wanted)) if wanted else None
        if found is not None and not _may(me, found.owner):
            raise RequestTurnedAway(403, "role_too_low")
        return await self._shown(request, me, _fields(found) if found is not None else {})

    async def save(self, request: Request, me: SignedIn) -> Response:
        """Refused, it is shown again as it was typed."""
        fields, now = await form_of(request), self.console.access.clock.now()
        reply_id, shared = fields.get("id", ""), "shared" in fields
        words = {name.removeprefix(_WORDS): text for name, text in fields.items() if name.startswith(_WORDS)}
        words = {locale: text for locale, text in words.items() if locale in self.console.sight.seller.locales}

        def work(connection: sa.Connection) -> None:
            known = canned_replies.get(connection, reply_id) if reply_id else None
            owner = known.owner if known is not None else SHARED if shared else me.agent_id
            if not _may(me, owner):
                raise RequestTurnedAway(403, "role_too_low")
            kept = known.id if known is not None else uuid4().hex
            shortcut, title = fields.get("shortcut", "").strip().lower(), fields.get("title", "")
            canned_replies.save(connection, CannedReply(kept, owner, shortcut, title, words, me.agent_id, now))
            self.console.access.record(connection, me, "reply_saved", reply=kept)

        try:
            await self.console.access.store.write(work)
        except ReplyRefused as refused:
            return await self._shown(request, me, fields, refused, 422)
        return see_other("/desk/replies")

    async def remove(self, request: Request, me: SignedIn) -> Response:
        fields = await form_of(request)

        def work(connection: sa.Connection) -> None:
            known = canned_replies.get(connection, fields.get("id", ""))
            if known is None:
                return
            if not _may(me, known.owner):
                raise RequestTurnedAway(403, "role_too_low")
            canned_replies.remove(connection, known.id)
            self.console.access.record(connection, me, "reply_removed", reply=known.id)

        await self.console.access.store.write(work)
        return see_other("/desk/replies")

    async def _shown(
        self,
        request: Request,
        me: SignedIn,
        fields: Mapping[str, str],
        refused: ReplyRefused | None = None,
        status: int = 200,
    ) -> Response:
        first = self.console.ready.first
        known = await self.console.access.store.read(
            lambda c: canned_replies.available(c, agent_id=me.agent_id, first=first)
        )
        return self.console.access.page(
            request,
            me,
            "desk/replies.html",
            status=status,
            replies=known,
            may=lambda reply: not reply.of_profile and _may(me, reply.owner),
            fields=fields,
            refused=refused,
            places=PLACES,
            locales=self.console.sight.seller.locales,
        )


def _may(me: SignedIn, owner: str) -> bool:
    """Return whether the agent may change it: their own always, shared ones as a supervisor."""
    return owner == me.agent_id or (owner == SHARED and me.may("supervisor"))


def _fields(reply: CannedReply) -> dict[str, str]:
    words = {f"{_WORDS}{locale}": text for locale, text in reply.words.items()}
    return {"id": reply.id, "shortcut": reply.shortcut, "title": reply.title, **words}
