"""The control API `/sandbox/api/*`: what the phone, the mailbox, the bank and the clock show, and how to move them."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.attempts import NEXT, KeptMethod, ProviderAttempt
from sandbox.payer import BACK, NOTIFY, OUTCOMES, Back, Notify, Outcome
from sandbox.payments.stripe.cards import CARDS
from sandbox.people import People
from sandbox.requests import BadRequest, answer_mistakes, read_object
from sandbox.world import World

# Whatever somebody has sent here: it may be looked at and lead elsewhere, no more.
_SEALED: Final = {
    "content-security-policy": "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'"
}
LONGEST_STEP: Final = timedelta(days=3660)


class Instruments(Protocol):
    """The operations of the sandbox that the control API offers."""

    @property
    def world(self) -> World:
        """Dependencies shared by the stand-ins."""
        ...

    @property
    def moves_own_clock(self) -> bool:
        """True if the clock may be moved here; otherwise the desk moves it."""
        ...

    async def set_clock(self, moment: datetime) -> datetime:
        """Move the clock ahead, from due time to due time; returns the time it then is."""
        ...

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer do something, with that card if the provider takes cards."""
        ...

    async def money_back(
        self, attempt: ProviderAttempt, outcome: Back, amount: int | None, notify: Notify
    ) -> ProviderAttempt:
        """Let money go back to its payer, or be claimed."""
        ...

    def reset(self) -> None:
        """Clear messages, payments, faults and the clock."""

    def endpoints(self) -> dict[str, Any]:
        """Addresses and keys of the stand-ins."""
        ...


class ControlApi:
    """The routes' handlers."""

    def __init__(self, sandbox: Instruments) -> None:
        self._sandbox = sandbox
        self._world = sandbox.world

    async def messages(self, request: Request) -> Response:
        """`GET messages[?to=]`, oldest first; 304 to whoever has just these: the instruments ask every second."""
        to = request.query_params.get("to")
        found = self._world.ledger.messages(None if to is None else recipient(to))
        answer = JSONResponse([to_builtins(message) for message in found])
        mark = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        told = {"etag": mark, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=told)
        answer.headers.update(told)
        return answer

    async def page(self, request: Request) -> Response:
        """`GET messages/{id}/pages/{n}`: a letter as its reader sees it (0), and what is attached to it."""
        found = self._world.ledger.page(request.path_params["id"], request.path_params["n"])
        return HTMLResponse(found or "", 404 if found is None else 200, headers=_SEALED)

    async def clock(self, request: Request) -> Response:
        """`POST clock {"advance_s"}` or `{"set_to"}`, never back; 0 reads it. Moves the sandbox's own clock only."""
        asked = await read_object(request)
        now = self._world.clock.now()
        target = _target(asked, now)
        if target > now:
            if not self._sandbox.moves_own_clock:
                raise BadRequest("this clock is the desk's", 409)
            now = await self._sandbox.set_clock(target)
        return JSONResponse({"now": now.isoformat(), "next_due": self._next_due()})

    async def read_clock(self, request: Request) -> Response:
        """`GET clock`: the time, and when a provider will next do something by itself."""
        return JSONResponse({"now": self._world.clock.now().isoformat(), "next_due": self._next_due()})

    async def payments(self, request: Request) -> Response:
        """`GET payments`: one entry a payment, its newest attempt."""
        return JSONResponse([payment_entry(attempt) for attempt in self._world.book.newest()])

    async def attempts(self, request: Request) -> Response:
        """`GET attempts`: every order opened at a provider, doubles too."""
        return JSONResponse([payment_entry(attempt) for attempt in self._world.book.all()])

    async def play(self, request: Request) -> Response:
        """`POST payments/{id} {"outcome","notify","card"?,"amount"?}`."""
        asked = await read_object(request)
        outcome: Any = asked.get("outcome")
        notify: Any = asked.get("notify", "once")
        if outcome not in (*OUTCOMES, *BACK):
            raise BadRequest(f"outcome is one of {', '.join((*OUTCOMES, *BACK))}")
        if notify not in NOTIFY:
            raise BadRequest(f"notify is one of {', '.join(NOTIFY)}")
        card = asked.get("card", "")
        if card and card not in CARDS and card not in {method.token for method in self._world.vault.all()}:
            raise BadRequest(f"card is one of {', '.join(CARDS)}, or the id of a kept one")
        attempt = self._world.book.newest_of(request.path_params["id"])
        if attempt is None:
            raise BadRequest("no such payment here", 404)
        if outcome in BACK:
            return await self._money_back(request.path_params["id"], outcome, asked.get("amount"), notify)
        return JSONResponse(payment_entry(await self._sandbox.play(attempt, outcome, notify, card)))

    async def _money_back(self, payment_id: str, outcome: Back, amount: Any, notify: Notify) -> Response:
        if amount is not None and (type(amount) is not int or amount <= 0):
            raise BadRequest("amount is a whole number of minor units, above 0")
        paid = self._world.book.paid_of(payment_id)
        if paid is None:
            raise BadRequest("no money has come for this payment", 409)
        return JSONResponse(payment_entry(await self._sandbox.money_back(paid, outcome, amount, notify)))

    async def methods(self, request: Request) -> Response:
        """`GET methods`: the ways to pay that providers keep, and what a charge of each comes to."""
        return JSONResponse([method_entry(method) for method in self._world.vault.all()])

    async def let_next(self, request: Request) -> Response:
        """`POST methods/{id} {"next"}`: what its charges come to from now on."""
        comes_to: Any = (await read_object(request)).get("next")
        if comes_to not in NEXT:
            raise BadRequest(f"next is one of {', '.join(NEXT)}")
        method = self._world.vault.let_next(request.path_params["id"], comes_to)
        if method is None:
            raise BadRequest("no such way to pay is kept here", 404)
        return JSONResponse(method_entry(method))

    async def set_fault(self, request: Request) -> Response:
        """`POST faults {"provider","mode","times"}`: see `sandbox/faults.py`."""
        asked = await read_object(request)
        provider, times = str(asked.get("provider")), asked.get("times")
        if provider not in (known := self._sandbox.endpoints()):
            raise BadRequest(f"provider is one of {', '.join(known)}")
        if times is not None and type(times) is not int:
            raise BadRequest("times is a whole number")
        try:
            self._world.faults.set(provider, str(asked.get("mode")), times)
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return await self.faults(request)

    async def faults(self, request: Request) -> Response:
        """`GET faults`: those in force."""
        return JSONResponse([to_builtins(fault) for fault in self._world.faults.all()])

    async def calls(self, request: Request) -> Response:
        """`GET calls[?provider=]`: what came in and what went out."""
        return JSONResponse(self._world.ledger.calls(request.query_params.get("provider")))

    async def events(self, request: Request) -> Response:
        """`GET events[?type=]`: what the seller's own system was told, oldest first."""
        found = self._world.ledger.events(request.query_params.get("type"))
        return JSONResponse([to_builtins(event) for event in found])

    async def reset(self, request: Request) -> Response:
        """`POST reset`: clears messages, payments, faults and the clock."""
        self._sandbox.reset()
        return JSONResponse({"now": self._world.clock.now().isoformat()})

    async def people(self, request: Request) -> Response:
        """`GET people`: whom one may try."""
        return JSONResponse(people_table(self._world.people))

    async def endpoints(self, request: Request) -> Response:
        """`GET endpoints`: by which a desk sets up its adapters."""
        return JSONResponse(self._sandbox.endpoints())

    def _next_due(self) -> str | None:
        due = self._world.timetable.next_due()
        return None if due is None else due.isoformat()


def control_routes(sandbox: Instruments) -> list[Route]:
    """Return the routes below `/sandbox/api`."""
    api = ControlApi(sandbox)
    table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("GET", "/messages", api.messages),
        ("GET", "/messages/{id}/pages/{n:int}", api.page),
        ("GET", "/clock", api.read_clock),
        ("POST", "/clock", api.clock),
        ("GET", "/payments", api.payments),
        ("POST", "/payments/{id}", api.play),
        ("GET", "/attempts", api.attempts),
        ("GET", "/methods", api.methods),
        ("POST", "/methods/{id}", api.let_next),
        ("GET", "/faults", api.faults),
        ("POST", "/faults", api.set_fault),
        ("GET", "/calls", api.calls),
        ("GET", "/events", api.events),
        ("POST", "/reset", api.reset),
        ("GET", "/people", api.people),
        ("GET", "/endpoints", api.endpoints),
    ]
    return [Route(path, answer_mistakes(handler), methods=[method]) for method, path, handler in table]


def recipient(asked: str) -> str:
    """Return a recipient as a query string carries it: `+` may have come as a space, letters in any case."""
    to = asked.lower().replace(" ", "+")
    return f"+{to}" if to.isdecimal() else to


def payment_entry(attempt: ProviderAttempt) -> dict[str, Any]:
    """Return a payment as the control API shows it.

    `status` is what the payer did, `settled` whether the seller took it.
    """
    shown = "provider method amount currency status settled refunded reference order_id at".split()
    return {"id": attempt.payment_id, **{name: getattr(attempt, name) for name in shown}}


def method_entry(method: KeptMethod) -> dict[str, Any]:
    """Return a kept way to pay as the control API shows it."""
    shown = ("provider", "label", "customer", "kept", "next", "at")
    return {"id": method.token, **{name: getattr(method, name) for name in shown}}


def people_table(people: People) -> dict[str, Any]:
    """Return the table of whom one may try, empty fields left out."""
    return {
        "companies": [{**_filled(c), "number": c.nip or c.partita_iva or c.vat_number} for c in people.companies],
        "customers": [_filled(customer) for customer in people.customers],
        "discounts": [_filled(discount) for discount in people.discounts],
        "refused": [_filled(refused) for refused in people.refused],
    }


def _filled(entry: Any) -> dict[str, Any]:
    return {name: value for name, value in to_builtins(entry).items() if value not in ("", None, ())}


def _target(asked: dict[str, Any], now: datetime) -> datetime:
    if "set_to" in asked:
        try:
            moment = datetime.fromisoformat(str(asked["set_to"]))
        except ValueError as error:
            raise BadRequest("set_to is RFC 3339 with offset") from error
        if moment.tzinfo is None:
            raise BadRequest("set_to is RFC 3339 with offset")
        return moment
    advance = asked.get("advance_s", 0)
    if type(advance) not in (int, float) or not 0 <= advance <= LONGEST_STEP.total_seconds():
        raise BadRequest("advance_s is seconds, 0 or more")
    return now + timedelta(seconds=advance)
