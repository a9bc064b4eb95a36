"""`/desk/customers/{id}`: all that is held about a customer, handed out or erased on their wish.

For supervisors, shortly after a log-in; noted in the trail. The files are those that customers get for themselves.
"""

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.port import UnitOfWork
from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.handlers.console.page_requests import form_of, see_other
from bot.usecases.privacy import own_file
from bot.usecases.privacy.erasing import Erasing
from bot.web.guard import RequestTurnedAway
from services.accounts import accounts
from services.accounts.accounts import AccountRecord
from services.agents import audit
from services.privacy import export as exporting
from services.privacy.erase import Erased
from services.seller import card
from services.seller.rows import Json
from values import masked

FRESH_MINUTES = 10


def routes(console: Console, erasing: Erasing) -> list[Route]:
    """Return the page with its buttons, the files, the erasure."""
    page, guarded = _OwnData(console, erasing), console.access.guarded
    return [
        Route("/desk/customers/{id}", guarded(page.page, role="supervisor")),
        Route(
            "/desk/customers/{id}/export",
            guarded(page.export, role="supervisor", fresh=FRESH_MINUTES),
            methods=["POST"],
        ),
        Route(
            "/desk/customers/{id}/erase", guarded(page.erase, role="supervisor", fresh=FRESH_MINUTES), methods=["POST"]
        ),
    ]


class _OwnData(Struct, frozen=True):
    console: Console
    erasing: Erasing

    async def page(self, request: Request, me: SignedIn) -> Response:
        account = await self._account(request)
        return await self._shown(request, me, account)

    async def export(self, request: Request, me: SignedIn) -> Response:
        """Return the file, as JSON or to be read."""
        fields, account, access = await form_of(request), await self._account(request), self.console.access
        kind = own_file.JSON if fields.get("kind") == own_file.JSON else own_file.HTML
        now, seller, key = access.clock.now(), self.console.sight.seller, self.console.sight.turn.server_key
        found = await access.store.read(
            lambda c: exporting.of_account(c, account.id, seller=seller.name, server_key=key, now=now)
        )
        if found is None:
            raise RequestTurnedAway(404, "no_customer")
        await access.note(me, "customer_exported", account_id=account.id, kind=kind)
        name = own_file.name_of(seller.id, now, kind)
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        content = own_file.content(found, kind, access.pages, account.locale)
        return Response(content, 200, headers, own_file.KINDS[kind])

    async def erase(self, request: Request, me: SignedIn) -> Response:
        """Once the box is ticked: nothing of it comes back."""
        fields, account = await form_of(request), await self._account(request)
        if fields.get("sure") != "yes":
            return await self._shown(request, me, account, status=422)

        def erase(tx: UnitOfWork) -> Erased | None:
            done = self.erasing.erase(tx, account.id)
            if done is not None:
                kept, who = {"orders_kept": done.kept_orders, "named_in": done.named_in}, me.agent_id
                audit.note(
                    tx.connection, agent_id=who, what="customer_erased", at=tx.now, account_id=account.id, details=kept
                )
            return done

        if await self.console.desk.happen(erase) is None:
            raise RequestTurnedAway(404, "no_customer")
        return see_other("/desk?done=erased")

    async def _account(self, request: Request) -> AccountRecord:
        """Return whose data it is. Errors: RequestTurnedAway 404."""
        account_id = str(request.path_params["id"])

        def read(connection: sa.Connection) -> AccountRecord | None:
            return accounts.get(connection, account_id)

        found = await self.console.access.store.read(read)
        if found is None:
            raise RequestTurnedAway(404, "no_customer")
        return found

    async def _shown(self, request: Request, me: SignedIn, account: AccountRecord, *, status: int = 200) -> Response:
        fresh = self.console.access.fresh(me, FRESH_MINUTES)
        known = await self.console.access.store.read(lambda c: card.show_card(c, account))
        return self.console.access.page(
            request,
            me,
            "desk/customer.html",
            status=status,
            account_id=account.id,
            named=masked.email(account.email or account.user_name),
            lost=_counted(known),
            unsure=status != 200,
            fresh=fresh,
        )


def _counted(known: Json) -> dict[str, int]:
    """Return how much there is of a customer."""
    return {
        "conversations": len(known["conversations"]),
        "orders": len(known["orders"]),
        "open": sum(order["status"] == "placed" for order in known["orders"]),
        "services": sum(one["status"] in ("active", "trial", "grace") for one in known["subscriptions"]),
    }
