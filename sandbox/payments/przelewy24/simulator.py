"""Przelewy24's simulator: API, notices, and the payer's page at `/trnRequest/{token}`.

Played: signatures, register, verify, read, refund, notices repeated until verified, BLIK codes typed at the seller's.
Not played: recurring payments.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount

from sandbox.attempts import ProviderAttempt
from sandbox.pages import PayerPage
from sandbox.payer import Payer, Sending, play_of
from sandbox.payments.przelewy24.api import Przelewy24Endpoints, token_has_run_out
from sandbox.payments.przelewy24.webhooks import METHOD_IDS, P24Notices
from sandbox.simulator import NOTIFY, PaymentSimulator
from sandbox.world import World

METHODS: Final = {"blik": "blik", "card": "card", "transfer": "przelewy24"}


class Przelewy24Simulator(PaymentSimulator):
    """Przelewy24: API, notices and payer's page."""

    title = "Przelewy24"
    path = "/trnRequest/{token}"
    more = ("late", "twice", "none", "forged", "other_amount", "swap_pos")
    language = "language"

    def __init__(self, world: World, payer: Payer) -> None:
        self._notices = P24Notices(world)
        super().__init__(world, payer, self._notices)

    def routes(self) -> Sequence[BaseRoute]:
        api = Przelewy24Endpoints(self._world, self._notices, self._confirm)
        return [Mount("/api/v1", app=api.parts()), *super().routes()]

    async def _confirm(self, attempt: ProviderAttempt, played: str) -> None:
        """Do at the bank's app what the code plays; one that waits is confirmed, or refused, at the bank instrument."""
        if played != "waits":
            await self._payer.act(self._notices, attempt, "paid" if played == "paid" else "failed", "once")

    def give_back(self, attempt: ProviderAttempt, amount: int) -> ProviderAttempt:
        """Give money back in the panel: no request of the seller's names it."""
        details = {"requestId": "", "refundsUuid": self._world.ledger.fresh_id("p24_refund")}
        refund_id = self._world.ledger.fresh_id("p24_refund")
        return self._world.book.add_refund(attempt, refund_id, amount, self._world.clock.now(), details)

    def tell_back(self, attempt: ProviderAttempt, sending: Sending) -> None:
        last = self._world.book.refunds_of(attempt)[-1]
        url = attempt.details.get("urlStatus")
        for _ in range(sending.times):
            self._notices.refund_later(attempt, last["amount"], url, last["details"], sending.after)

    def attempt_of(self, request: Request) -> ProviderAttempt | None:
        return self._world.book.by_token("przelewy24", request.path_params["token"])

    def closed(self, attempt: ProviderAttempt) -> str | None:
        if _is_paid(attempt):
            return "closed"
        age = (self._world.clock.now() - datetime.fromisoformat(attempt.at)).total_seconds()
        return "expired" if token_has_run_out(attempt, age) else None

    def page(self, attempt: ProviderAttempt, **parts: Any) -> PayerPage:
        chosen = next(name for name, method in METHODS.items() if method == attempt.method)
        methods = tuple(METHODS) if chosen == "transfer" else (chosen,)  # a named one isn't asked for again
        return super().page(attempt, methods=methods, chosen=chosen, **parts)

    async def pressed(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        if _is_paid(attempt):
            return _back(attempt)
        if closed := self.closed(attempt):
            return self.note(attempt, closed, 410)
        match action:
            case "leave":
                return self.note(attempt, "left")
            case "other_amount":
                await self._notices.tell_altered(attempt, amount=attempt.amount - 1)
            case "swap_pos":
                await self._notices.tell_altered(attempt, merchantId=111111, posId=111111)
            case "forged":
                await self._notices.tell_forged(attempt)
            case _ if action in NOTIFY:
                return await self._pay(attempt, action, form)
            case _:
                return self.page(attempt).response(422)
        return self.note(attempt, "done")

    async def _pay(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        method = str(form.get("method", ""))
        if action != "refuse" and method == "blik" and play_of(str(form.get("blik_code", ""))) != "paid":
            return self.page(attempt, wrong="blik_wrong").response(422)
        details = {"methodId": METHOD_IDS[METHODS[method]]} if method in METHODS else {}
        outcome = "failed" if action == "refuse" else "paid"
        await self._payer.act(self._notices, attempt, outcome, NOTIFY[action], by_browser=True, details=details)
        return self.note(attempt, "done") if action == "none" else _back(attempt)


def _is_paid(attempt: ProviderAttempt) -> bool:
    return attempt.status in ("paid", "refunded")


def _back(attempt: ProviderAttempt) -> Response:
    return RedirectResponse(str(attempt.details["urlReturn"]), 303)
