"""The base of the payment providers' simulators, and the entry by which each is found."""

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.attempts import Claim, ProviderAttempt
from sandbox.database import stamp
from sandbox.pages import PayerPage, note_page
from sandbox.payer import Back, Notify, Outcome, Payer, PaymentStandIn, Sending
from sandbox.requests import BadRequest
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
        if outcome not in ("refunded", "refund_failed"):
            return self._disputed(attempt, outcome, amount, sending)
        left = attempt.amount - attempt.refunded
        if outcome == "refund_failed":
            if (failed := self._world.book.fail_refund(attempt)) is None:
                raise BadRequest("nothing went back of this payment, or its last refund has failed", 409)
            attempt = failed
        elif left and not (amount is not None and attempt.details.get("given_back") == amount):
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
        """Tell the seller of the last money that went back, or of the refund that has failed just now."""
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


class RepeatedEvents(ABC):
    """A provider's events: kept as they were first written, signed each time, and repeated while they are not taken."""

    provider: ClassVar[str]
    most_tries: ClassVar[int]
    longest_gap: ClassVar[timedelta]

    def __init__(self, world: World) -> None:
        self._world = world
        world.timetable.register(self.provider, self._fire)

    @abstractmethod
    def headers(self, body: bytes) -> dict[str, str]:
        """Return the signature over these bytes."""

    @abstractmethod
    def write(self, event: str, resource: Mapping[str, Any]) -> str:
        """Return an event with a new id, as the provider writes its JSON."""

    @abstractmethod
    def subject(self, attempt: ProviderAttempt, event: str) -> Mapping[str, Any]:
        """Return what an event of this attempt is about, as it is now."""

    @abstractmethod
    def listener(self, attempt: ProviderAttempt) -> str:
        """Return where events about this attempt go."""

    @abstractmethod
    async def do(self, what: str, attempt: ProviderAttempt) -> None:
        """Do what the timetable has for an attempt beside its events."""

    async def send(self, attempt: ProviderAttempt, event: str, tries: int = 1) -> None:
        """Send an event, written once: a repeat bears the same id and the same bytes."""
        body = self._newest(attempt).details.get("events", {}).get(event) or self._keep(attempt, event)
        await self._deliver({"attempt": attempt.id, "event": event, "tries": tries}, self.listener(attempt), body)

    def soon(
        self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any] | None = None, times: int = 1
    ) -> None:
        """Let an event go as soon as the timetable is looked at, as it is now."""
        self._keep(attempt, event, resource)
        for _ in range(times):
            self._schedule({"attempt": attempt.id, "event": event, "tries": 1})

    def about_money(self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any], sending: Sending) -> None:
        """Let an event about money that has come go, each time the same bytes."""
        row = {"url": self.listener(attempt), "body": self.write(event, resource), "tries": 1}
        for _ in range(sending.times):
            self._schedule(row, sending.after)

    def about_method(self, url: str, event: str, resource: Mapping[str, Any]) -> None:
        """Let an event about a kept way to pay go as soon as the timetable is looked at."""
        self._schedule({"url": url, "body": self.write(event, resource), "tries": 1})

    def _schedule(self, row: dict[str, Any], after: timedelta = timedelta(0)) -> None:
        self._world.timetable.schedule(self.provider, "event", row, after)

    def _newest(self, attempt: ProviderAttempt) -> ProviderAttempt:
        return self._world.book.by_id(attempt.id) or attempt

    def _keep(self, attempt: ProviderAttempt, event: str, resource: Mapping[str, Any] | None = None) -> str:
        now = self._newest(attempt)
        body = self.write(event, self.subject(now, event) if resource is None else resource)
        self._world.book.save(now.with_details(events={**now.details.get("events", {}), event: body}))
        return body

    async def _deliver(self, row: dict[str, Any], url: str, body: str) -> None:
        raw, tries = body.encode(), row["tries"]
        taken = await self._world.courier.post(self.provider, url, raw, self.headers(raw))
        if not taken and tries < self.most_tries:
            gap = min(timedelta(minutes=2 ** (tries - 1)), self.longest_gap)
            self._schedule({**row, "tries": tries + 1}, gap)

    async def _fire(self, row: dict[str, Any]) -> None:
        if "url" in row:
            await self._deliver(row, row["url"], row["body"])
        elif (attempt := self._world.book.by_id(row["attempt"])) is None:
            return
        elif "event" in row:
            await self.send(attempt, row["event"], row["tries"])
        else:
            await self.do(row["do"], attempt)


def listener_at(provider: str, url: str) -> str:
    """Return where a desk that gave this return address publishes its webhook: several may share a sandbox."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}/webhooks/payments/{provider}"


class SimulatorEntry(Struct, frozen=True):
    """A provider's simulator. `keys` are fixed test values, named as the adapter's arguments; `url` is added.

    `path` is `module:class`, imported when a sandbox is made: the supervisor process reads the keys alone.
    """

    path: str
    keys: Mapping[str, str | int]

    def make(self, world: World, payer: Payer) -> PaymentSimulator:
        return pkgutil.resolve_name(self.path)(world, payer)
