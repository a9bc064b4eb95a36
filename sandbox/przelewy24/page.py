"""Przelewy24's page at `/trnRequest/{token}`, where the payer pays, refuses or leaves."""

import re
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.attempts import ProviderAttempt
from sandbox.pages import PayerPage, note_page
from sandbox.payer import Notify, Payer
from sandbox.przelewy24.api import token_has_run_out
from sandbox.przelewy24.webhooks import METHOD_IDS, P24Notices
from sandbox.world import World

NAME: Final = "Przelewy24"
METHODS: Final = {"blik": "blik", "card": "card", "transfer": "przelewy24"}
NOTIFY: Final[dict[str, Notify]] = {"pay": "once", "refuse": "once", "twice": "twice", "late": "late", "none": "none"}
MORE: Final = ("late", "twice", "none", "forged", "other_amount", "swap_pos")


class P24Page:
    """Shows the page and does what the payer presses."""

    def __init__(self, world: World, notices: P24Notices, payer: Payer) -> None:
        self._world = world
        self._notices = notices
        self._payer = payer

    def routes(self) -> list[Route]:
        """Return the page's routes."""
        return [
            Route("/trnRequest/{token}", self.show, methods=["GET"]),
            Route("/trnRequest/{token}", self.press, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Return the page; looking changes nothing."""
        attempt = self._attempt(request)
        return self._closed(attempt) or _form(attempt)

    async def press(self, request: Request) -> Response:
        """Return one of the page's buttons."""
        attempt = self._attempt(request)
        form = await request.form()
        action, method = str(form.get("action", "")), str(form.get("method", ""))
        if attempt is not None and attempt.status in ("paid", "refunded"):
            return _back(attempt)
        if closed := self._closed(attempt):
            return closed
        if attempt is None or action == "leave":
            return note_page(NAME, _language(attempt), "left")
        if action in ("forged", "other_amount", "swap_pos"):
            return await self._odd(attempt, action)
        if action not in NOTIFY:
            return _form(attempt, 422)
        details = {"methodId": METHOD_IDS[METHODS[method]]} if method in METHODS else {}
        if action != "refuse" and method == "blik" and not _blik_works(str(form.get("blik_code", ""))):
            return _form(attempt, 422, "blik_wrong")
        outcome = "failed" if action == "refuse" else "paid"
        await self._payer.act(self._notices, attempt, outcome, NOTIFY[action], by_browser=True, **details)
        return note_page(NAME, _language(attempt), "done") if action == "none" else _back(attempt)

    async def _odd(self, attempt: ProviderAttempt, action: str) -> Response:
        match action:
            case "other_amount":
                await self._notices.tell_altered(attempt, amount=attempt.amount - 1)
            case "swap_pos":
                await self._notices.tell_altered(attempt, merchantId=111111, posId=111111)
            case _:
                await self._notices.tell_forged(attempt)
        return note_page(NAME, _language(attempt), "done")

    def _attempt(self, request: Request) -> ProviderAttempt | None:
        return self._world.book.by_token("przelewy24", request.path_params["token"])

    def _closed(self, attempt: ProviderAttempt | None) -> Response | None:
        if attempt is None:
            return note_page(NAME, "en", "unknown", 404)
        if attempt.status in ("paid", "refunded"):
            return note_page(NAME, _language(attempt), "closed", 410)
        age = (self._world.clock.now() - datetime.fromisoformat(attempt.at)).total_seconds()
        return note_page(NAME, _language(attempt), "expired", 410) if token_has_run_out(attempt, age) else None


def _form(attempt: ProviderAttempt | None, status: int = 200, wrong: str | None = None) -> Response:
    if attempt is None:
        return note_page(NAME, "en", "unknown", 404)
    chosen = next(name for name, method in METHODS.items() if method == attempt.method)
    return PayerPage(
        provider=NAME,
        language=_language(attempt),
        amount=attempt.amount,
        currency=attempt.currency,
        description=str(attempt.details.get("description") or ""),
        methods=tuple(METHODS),
        chosen=chosen,
        more=MORE,
        wrong=wrong,
    ).response(status)


def _language(attempt: ProviderAttempt | None) -> str:
    return str(attempt.details.get("language") or "en") if attempt else "en"


def _back(attempt: ProviderAttempt) -> Response:
    return RedirectResponse(str(attempt.details["urlReturn"]), 303)


def _blik_works(code: str) -> bool:
    return re.fullmatch(r"777\d{3}", code) is not None
