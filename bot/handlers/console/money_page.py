"""`/desk/money`: money that waits for a person, payments that differ from their providers' books, and the takings."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.port import UnitOfWork
from bot.handlers.console.access import Handler, SignedIn
from bot.handlers.console.console import Console, ConsoleProblem
from bot.handlers.console.conversation_commands import act_problem
from bot.handlers.console.formatting import moment
from bot.handlers.console.page_requests import form_of, see_other
from bot.usecases.agents.act_forms import ActNotDone, ActWanted
from bot.usecases.agents.waiting_money import (
    MoneyMoved,
    book_transfer,
    decide_refund,
    note_sent_back,
    split_transfer,
    unbook_transfer,
)
from bot.usecases.billing.bookings import Bookings
from bot.web.guard import RequestTurnedAway
from services.accounts import accounts
from services.agents import audit
from services.orders.order_record import OrderRecord
from services.payments import kept, refunds, transfers
from services.payments.kept import KeptTransfer
from services.store.statements import KeysetPlace, Window
from services.support import tickets
from services.support.overview import Overview

MOST = 50
LATELY = timedelta(days=30)
_UNFIT = 422


class MoneyAct(Struct, frozen=True):
    """An act of the page. `what`: its name in the trail; `do` is given the form and the agent."""

    what: str
    do: Callable[[UnitOfWork, ActWanted, str], MoneyMoved]


def routes(console: Console, overview: Overview, bookings: Bookings) -> list[Route]:
    """Return the page and its forms."""
    page, guarded, outbox = _MoneyPage(console, overview), console.access.guarded, bookings.outbox
    acts = {
        "book": MoneyAct(what="transfer_booked", do=lambda tx, form, _by: book_transfer(tx, bookings, form)),
        "split": MoneyAct(what="transfer_split", do=lambda tx, form, _by: split_transfer(tx, bookings, form)),
        "unbook": MoneyAct(what="transfer_unbooked", do=lambda tx, form, _by: unbook_transfer(tx, bookings, form)),
        "send_back": MoneyAct(what="transfer_returned", do=lambda tx, form, _by: note_sent_back(tx, outbox, form)),
        "confirm_refund": MoneyAct(
            what="refund_confirmed", do=lambda tx, form, by: decide_refund(tx, outbox, form, by=by, confirmed=True)
        ),
        "drop_refund": MoneyAct(
            what="refund_dropped", do=lambda tx, form, by: decide_refund(tx, outbox, form, by=by, confirmed=False)
        ),
    }
    forms = {name.replace("_", "-"): guarded(page.form(name, act), "supervisor") for name, act in acts.items()}
    return [
        Route("/desk/money", guarded(page.show, role="supervisor")),
        *(Route(f"/desk/money/{name}", form, methods=["POST"]) for name, form in forms.items()),
    ]


class _MoneyPage(Struct, frozen=True):
    console: Console
    overview: Overview

    async def show(self, request: Request, me: SignedIn) -> Response:
        return await self._page(request, me)

    def form(self, name: str, act: MoneyAct) -> Handler:
        """Return the handler of an act's form: done, it is in the trail; refused, the page says why."""

        async def handle(request: Request, me: SignedIn) -> Response:
            fields = await form_of(request)
            wanted = ActWanted(*(fields.get(one, "") for one in ("of", "reason", "typed", "sure")))
            try:
                await self.console.desk.happen(partial(_do, act=act, wanted=wanted, me=me))
            except LookupError:
                raise RequestTurnedAway(404, "no_conversation") from None
            except ActNotDone as refused:
                problem = act_problem("money", name, refused, fields, self.console.words(me))
                return await self._page(request, me, problem)
            return see_other("/desk/money?done=money")

        return handle

    async def _page(self, request: Request, me: SignedIn, problem: ConsoleProblem | None = None) -> Response:
        access, asked = self.console.access, request.query_params.get("after", "")
        after = _place(asked)
        zone = self.console.sight.seller.zone
        waiting = await access.store.read(lambda c: _read_waiting(c, after, access.clock.now()))
        told, months = self.console.words(me), await self.overview.months(zone)
        return access.page(
            request,
            me,
            "desk/money.html",
            status=200 if problem is None else _UNFIT,
            told=told,
            names=await self.console.names(),
            problem=problem,
            astray=problem is not None and problem.field not in _forms(waiting, me),
            after=asked if after is not None else "",
            months=[(told.month(one.begin), one.by_currency) for one in months if one.by_currency],
            done="money" if request.query_params.get("done") == "money" else None,
            **waiting,
        )


def _do(tx: UnitOfWork, *, act: MoneyAct, wanted: ActWanted, me: SignedIn) -> None:
    """Do the act. What was done and why is in the trail beside the customer's talk, where an erasure finds it."""
    done = act.do(tx, wanted, me.agent_id)
    where, about = _talk_of(tx.connection, done.order), f"{done.number}, {done.sum.format(me.locale)}"
    said = f"{about}: {wanted.why}" if wanted.why else about
    audit.note(
        tx.connection,
        agent_id=me.agent_id,
        what=act.what,
        at=tx.now,
        conversation_id=where,
        account_id=done.order.account_id,
        details={"order": done.number} if where is None else None,
        after=said if where is not None else None,
    )


def _read_waiting(connection: sa.Connection, after: KeysetPlace | None, now: datetime) -> Mapping[str, Any]:
    waiting, opened = kept.page(connection, Window(MOST, after)), refunds.list_refunds_for_person(connection, MOST)
    booked = kept.join_orders(connection, transfers.booked_since(connection, now - LATELY, MOST))
    orders = [one.order for one in (*waiting, *booked, *opened)]
    return {
        "kept": waiting,
        "more": _written(waiting[-1]) if len(waiting) == MOST else None,
        "booked": booked,
        "refunds": opened,
        "talks": {order.id: _talk_of(connection, order) for order in orders},
        "differing": tickets.differences(connection, now - LATELY, MOST),
    }


def _forms(waiting: Mapping[str, Any], me: SignedIn) -> set[str]:
    """Return the forms on the page, which say themselves why nothing was done."""
    forms = {f"{act}-{one.id}" for one in waiting["kept"] for act in ("book", "split", "send_back")}
    forms |= {f"unbook-{one.id}" for one in waiting["booked"]}
    for one in waiting["refunds"]:
        confirms = () if one.asked_by == me.agent_id else ("confirm_refund",)
        acts = ("send_back",) if one.transfer else (*confirms, "drop_refund")
        forms |= {f"{act}-{one.transfer or one.of.id}" for act in acts}
    return forms


def _talk_of(connection: sa.Connection, order: OrderRecord) -> str | None:
    """Return the conversation in which the order's customer is found."""
    if order.conversation_id is not None:
        return order.conversation_id
    account = accounts.get(connection, order.account_id)
    return None if account is None else account.conversation_id


def _written(last: KeptTransfer) -> str:
    return f"{last.receipt.at.isoformat().replace('+00:00', 'Z')}~{last.id}"


def _place(written: str) -> KeysetPlace | None:
    """Return the place of our own link to the next page; None for anything else."""
    at, _, id = written.partition("~")
    found = moment(at)
    return None if found is None else KeysetPlace(found, id)
