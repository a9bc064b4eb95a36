"""`/desk/c/{id}/network`: a supervisor blocks the network of a conversation for a day at most, and ends its requests.

The page says first how many chats that concerns. The network itself is nowhere: its keyed hash stands for it.
"""

from datetime import timedelta

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.port import UnitOfWork
from bot.handlers.console.access import SignedIn, form_of, see_other
from bot.handlers.console.console import Console
from bot.web.guard import RequestTurnedAway
from dialogs.messages.handoff import NetworkClosed
from services.agents import audit
from services.store import conversations
from services.support import blocked_networks
from services.support.blocked_networks import MOST_REASON, BlockedNetwork, Concerned
from values.incoming_text import one_line

HOURS = (1, 4, 24)
_UNFIT = 422


def routes(console: Console) -> list[Route]:
    """Return the page and its forms."""
    page, guarded = _NetworkPage(console), console.access.guarded
    return [
        Route("/desk/c/{id}/network", guarded(page.show, role="supervisor")),
        Route("/desk/c/{id}/network", guarded(page.block, role="supervisor"), methods=["POST"]),
        Route("/desk/blocked/network/remove", guarded(page.unblock, role="supervisor"), methods=["POST"]),
    ]


class _NetworkPage:
    def __init__(self, console: Console) -> None:
        self._console = console

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
            found = blocked_networks.concerned(tx.connection, network)
            until = tx.now + timedelta(hours=int(hours))
            blocked = BlockedNetwork(network, me.agent_id, reason, tx.now, until, found.chats)
            blocked_networks.block(tx.connection, blocked)
            ended = blocked_networks.waiting(tx.connection, network) if end else ()
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

        await self._console.desk.happen(work)
        return see_other("/desk/blocked")

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        """Take messages from the network again."""
        network, access = (await form_of(request)).get("network", ""), self._console.access

        def work(connection: sa.Connection) -> None:
            if blocked_networks.unblock(connection, network):
                access.record(connection, me, "network_unblocked")

        await access.store.write(work)
        return see_other("/desk/blocked")

    async def _form(self, request: Request, me: SignedIn, *, reason: str = "", refused: bool = False) -> Response:
        access, where = self._console.access, str(request.path_params["id"])

        def read(connection: sa.Connection) -> Concerned:
            return blocked_networks.concerned(connection, self._network(connection, where))

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
