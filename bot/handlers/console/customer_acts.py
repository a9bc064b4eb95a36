"""What an agent does about the customer rather than the conversation: opens contacts, blocks an address, unblocks it.

All of it is noted in the trail, with ids only.
"""

from datetime import timedelta

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console.console import Console, ConsoleProblem
from bot.handlers.console.door import SignedIn, by_script
from bot.handlers.console.forms import act_key, form_of
from bot.usecases.agents.acts import NotYours
from bot.web.guard import RequestTurnedAway
from bot.web.policy import DESK_PAGE
from services.agents import audit
from services.store import conversations
from services.support import blocklist
from services.support.blocklist import MOST_REASON
from values.text import one_line

#: For how long an address may be blocked; None is for good.
SPANS: dict[str, timedelta | None] = {"day": timedelta(days=1), "week": timedelta(days=7), "good": None}
_UNFIT = 422


def routes(console: Console) -> list[Route]:
    """`POST /desk/c/{id}/show`, `…/block`, `…/unblock`."""
    acts, guarded = _CustomerActs(console), console.door.guarded
    return [
        Route("/desk/c/{id}/show", guarded(acts.show), methods=["POST"]),
        Route("/desk/c/{id}/block", guarded(acts.block), methods=["POST"]),
        Route("/desk/c/{id}/unblock", guarded(acts.unblock), methods=["POST"]),
    ]


class _CustomerActs:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request, me: SignedIn) -> Response:
        """Contacts in full on this page, for a while; noted before they are shown."""
        console, conversation_id = self._console, str(request.path_params["id"])
        talk = await console.talk(me, conversation_id)
        account_id = talk.conversation.account_id
        await console.door.note(me, audit.CONTACTS_OPENED, conversation_id=conversation_id, account_id=account_id)
        if not by_script(request):
            return await console.page(request, me, conversation_id, opened=True)
        shown = await console.pieces(me, talk, opened=True)
        return console.bare(request, me, [piece for piece in shown if piece.name == "card"])

    async def block(self, request: Request, me: SignedIn) -> Response:
        """Nothing is taken from there any more; a reason is asked."""
        fields, conversation_id = await form_of(request), str(request.path_params["id"])
        reason, span = one_line(fields.get("reason", "")), fields.get("span", "")
        if not 0 < len(reason) <= MOST_REASON or span not in SPANS:
            problem = ConsoleProblem("head", "no_reason", {"most": MOST_REASON}, reason[:MOST_REASON], "reason")
            return await self._console.page(request, me, conversation_id, problem, _UNFIT)
        console, key = self._console, act_key("block", fields, reason, span)
        try:
            await console.acts.block(conversation_id, console.by(me), key, reason, SPANS[span])
        except LookupError:
            raise RequestTurnedAway(404, "no_conversation") from None
        except NotYours:  # switched off meanwhile
            return console.door.to_log_in(request)
        return await self._shown(request, me, conversation_id)

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        """Messages from there are taken again."""
        conversation_id, now = str(request.path_params["id"]), self._console.door.clock.now()

        def work(connection: sa.Connection) -> None:
            found = conversations.load(connection, conversation_id, lock=False)
            if found is None:
                raise RequestTurnedAway(404, "no_conversation")
            if blocklist.unblock(connection, channel=found.channel, address=found.address):
                who = me.agent_id
                audit.note(connection, agent_id=who, what="unblocked", at=now, conversation_id=conversation_id)

        await self._console.door.store.write(work)
        return await self._shown(request, me, conversation_id)

    async def _shown(self, request: Request, me: SignedIn, conversation_id: str) -> Response:
        if by_script(request):
            return await self._console.page(request, me, conversation_id)
        return RedirectResponse(f"/desk/c/{conversation_id}", 303, headers=DESK_PAGE)
