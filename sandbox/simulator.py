"""The base of the payment providers' simulators, their tokens, and the entry by which each is found."""

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from msgspec import Struct, field
from msgspec.structs import replace
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.attempts import Claim, ProviderAttempt
from sandbox.database import stamp
from sandbox.pages import PayerPage, note_page
from sandbox.payer import Back, Notify, Outcome, Payer, PaymentStandIn, Sending
from sandbox.requests import BadRequest, bearer_of, has_basic
from sandbox.world import World

NOTIFY: Final[dict[str, Notify]] = {"pay": "once", "refuse": "once", "twice": "twice", "late": "late", "none": "none"}
"""How the provider notifies the seller after each of a page's common actions."""


class PaymentSimulator(ABC):
    """One provider: its API, its notices and its payer's page. Made as `Simulator(world, payer)`.

    The page is shown by GET, which changes nothing, and its buttons post to the same address.
    """

    title: ClassVar[str]
    path: ClassVar[str]
    """The page's path, relative to `/sandbox/NAME`."""
    more: ClassVar[tuple[str, ...]]
    """The rarer actions, by their word's key."""
    language: ClassVar[str] = "locale"
    """The attempt's detail that holds the payer's language."""

    def __init__(self, world: World, payer: Payer, notices: PaymentStandIn) -> None:
        self._world = world
        self._payer = payer
        self._standin = notices

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes of the API and of the payer's page, relative to `/sandbox/NAME`."""
        return [Route(self.path, self._show, methods=["GET"]), Route(self.path, self._press, methods=["POST"])]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands."""
        return await self._payer.act(self._standin, attempt, outcome, notify)

    async def money_back(
        self, attempt: ProviderAttempt, outcome: Back, amount: int | None, notify: Notify
    ) -> ProviderAttempt:
        """Let money go back, or be claimed, and tell the seller; return the attempt as it then stands.

        `amount` in minor units; None: all that is left. The same said again moves nothing, and is told again.
        """
        if notify == "forged":
            await self._standin.tell_forged(attempt)
            return attempt
        with self._world.book.write():
            now = self._world.book.by_id(attempt.id) or attempt
            changed = self._come_back(now, outcome, amount, Sending.of(notify))
        await self._world.timetable.tick(self._world.clock.now())
        return self._world.book.by_id(attempt.id) or changed

    def _come_back(
        self, attempt: ProviderAttempt, outcome: Back, amount: int | None, sending: Sending
    ) -> ProviderAttempt:
        if outcome != "refunded":
            return self._disputed(attempt, outcome, amount, sending)
        left = attempt.amount - attempt.refunded
        said = attempt.details.get("given_back")
        if left and not (amount is not None and said == amount):
            sum_ = left if amount is None else min(amount, left)
            attempt = self.give_back(attempt.with_details(given_back=amount), sum_)
        self.tell_back(attempt, sending)
        return attempt

    def _disputed(
        self, attempt: ProviderAttempt, outcome: Back, amount: int | None, sending: Sending
    ) -> ProviderAttempt:
        claims = attempt.claims
        if outcome == "disputed" and (not claims or claims[-1].status != "open"):
            id, at = self._world.ledger.fresh_id(f"{attempt.provider}_claim", 24), stamp(self._world.clock.now())
            claims = [Claim(id, min(amount or attempt.amount, attempt.amount), "open", at)]
            attempt = self._world.book.save(attempt.with_claim(claims[-1]))
        if not claims:
            raise BadRequest("nobody disputes this payment", 409)
        status = {"dispute_won": "won", "dispute_lost": "lost"}.get(outcome, "open")
        if claims[-1].status == "open" and status != "open":
            attempt = self.decide(self._world.book.save(attempt.with_claim(replace(claims[-1], status=status))))
        self.tell_claim(attempt, attempt.claims[-1], sending)
        return attempt

    def give_back(self, attempt: ProviderAttempt, amount: int) -> ProviderAttempt:
        """Give money back as the seller does in the provider's panel."""
        raise BadRequest(f"{self.title} gives nothing back here")

    def tell_back(self, attempt: ProviderAttempt, sending: Sending) -> None:
        """Tell the seller of the last money that went back."""
        raise BadRequest(f"{self.title} tells of no refunds")

    def decide(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Let the last dispute, decided just now, have its consequences."""
        return attempt

    def tell_claim(self, attempt: ProviderAttempt, claim: Claim, sending: Sending) -> None:
        """Tell the seller how a dispute stands."""
        raise BadRequest(f"{self.title} tells of no disputes")

    @abstractmethod
    def attempt_of(self, request: Request) -> ProviderAttempt | None:
        """Return the attempt that a page's address names."""

    @abstractmethod
    def closed(self, attempt: ProviderAttempt) -> str | None:
        """Return the key of what a page that is over says; None while it can be paid on."""

    @abstractmethod
    async def pressed(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        """Do what a button of the page says."""

    def page(self, attempt: ProviderAttempt, **parts: Any) -> PayerPage:
        """Return the page with its form; `parts` are `PayerPage`'s."""
        return PayerPage(
            provider=self.title,
            language=self._language(attempt),
            amount=attempt.amount,
            currency=attempt.currency,
            description=str(attempt.details.get("description") or ""),
            more=self.more,
            **parts,
        )

    def note(self, attempt: ProviderAttempt | None, key: str, status: int = 200) -> Response:
        """Return a page that says one thing."""
        return note_page(self.title, self._language(attempt), key, status)

    async def _show(self, request: Request) -> Response:
        attempt = self.attempt_of(request)
        if attempt is None:
            return self.note(None, "unknown", 404)
        closed = self.closed(attempt)
        return self.page(attempt).response() if closed is None else self.note(attempt, closed, 410)

    async def _press(self, request: Request) -> Response:
        attempt = self.attempt_of(request)
        if attempt is None:
            return self.note(None, "unknown", 404)
        form = await request.form()
        return await self.pressed(attempt, str(form.get("action", "")), form)

    def _language(self, attempt: ProviderAttempt | None) -> str:
        return str(attempt.details.get(self.language) or "en") if attempt else "en"


class TokenEndpoint(Struct, frozen=True):
    """A provider's tokens for one client; they last `lasts`.

    The credentials come by Basic authentication, with `in_form` as fields of the form. `more` is what the provider
    adds to its answer.
    """

    world: World
    provider: str
    client_id: str
    client_secret: str
    lasts: timedelta
    prefix: str = ""
    in_form: bool = False
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    async def issue(self, request: Request) -> Response:
        """Serve `POST` of a form with `grant_type=client_credentials`."""
        form = await request.form()
        given = (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)
        if not (given if self.in_form else has_basic(request, self.client_id, self.client_secret)):
            return JSONResponse({"error": "invalid_client", "error_description": "Client Authentication failed"}, 401)
        if form.get("grant_type") != "client_credentials":
            body = {"error": "unsupported_grant_type", "error_description": "Grant Type is NULL or not supported"}
            return JSONResponse(body, 400)
        token = self.prefix + self.world.ledger.fresh_id(f"{self.provider}_token", 40)
        self.world.ledger.open_session(self.provider, token, self.world.clock.now() + self.lasts)
        lasts = int(self.lasts.total_seconds())
        return JSONResponse({**self.more, "access_token": token, "token_type": "Bearer", "expires_in": lasts})

    def refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that bears none of these tokens, or one that has run out."""
        if self.world.ledger.session_is_open(self.provider, bearer_of(request), self.world.clock.now()):
            return None
        return JSONResponse({"error": "invalid_token", "error_description": "Token signature is invalid"}, 401)


class SimulatorEntry(Struct, frozen=True):
    """A provider's simulator. `keys` are fixed test values, named as the adapter's arguments; `url` is added.

    `path` is `module:class`, imported when a sandbox is made: the supervisor process reads the keys alone.
    """

    path: str
    keys: Mapping[str, str | int]

    def make(self, world: World, payer: Payer) -> PaymentSimulator:
        return pkgutil.resolve_name(self.path)(world, payer)
