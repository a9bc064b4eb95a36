"""The sandbox's routes at a desk: its control API with the desk's own clock and payments, then the sandbox's own."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
from msgspec import Struct
from msgspec.structs import asdict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app.virtual_clock import VirtualClock
from bot.conversation.render import Renderer
from bot.usecases.accounts.page_results import PageView
from bot.usecases.billing.pages import PaymentPages
from bot.usecases.emails.rendering import write_link_letter
from bot.web.pages import Pages
from bot.web.policy import content_policy
from services.clock import Clock
from services.payments import record
from services.store.database import Store

if TYPE_CHECKING:
    from bot.app.sandboxed import Beside

LOOKED_AT = ("page", "letter", "receipt", "launcher")
"""The parts of the look that stand beside the chat, each in a frame."""


class LookPages(Struct, frozen=True):
    """The seller's look as customers meet it: his pages, a letter and the launcher beside each other."""

    pages: Pages
    renderer: Renderer
    clock: Clock

    def routes(self) -> list[Route]:
        """Return the page, and the parts that it shows in frames."""
        shown = {"chat": "/chat?embed=1", **{part: f"/sandbox/look/{part}" for part in LOOKED_AT}}
        look = asdict(self.renderer.look)
        chosen = {name: look[name] for name in ("accent", "header", "paper", "titles", "corners") if look[name]}

        async def beside(request: Request) -> Response:
            headers = {"content-security-policy": content_policy(frames=True)}
            locale = self.pages.locale_of(request, builders=True)
            return self.pages.answer("look.html", locale, headers=headers, part="", parts=shown, chosen=chosen)

        return [Route("/sandbox/look", beside), Route("/sandbox/look/{part}", self._part)]

    async def _part(self, request: Request) -> Response:
        part, locale = request.path_params["part"], self.pages.locale_of(request)
        if part not in LOOKED_AT:
            raise HTTPException(404)
        policy = content_policy(shown_in=("'self'",)).replace(
            "img-src 'self'", "img-src 'self' data:"
        )  # the launcher's
        headers = {"content-security-policy": policy}
        if part == "letter":
            headers = {"content-security-policy": policy.replace("style-src 'self'", "style-src 'unsafe-inline'")}
            to, href, until = "jan@example.com", f"{self.pages.site.public_url}/s/0", self.clock.now()
            letter = write_link_letter(self.renderer, "confirm_email", to, href, until, locale, code="123456")
            return Response(letter.html, headers=headers, media_type="text/html")
        if part == "page":
            view = PageView("log_in", self.pages.site.seller, locale, self.clock.now(), stays=True)
            return self.pages.answer(
                "secure_form.html", locale, headers=headers, view=view, reasons=(), action="", login="", here=True
            )
        return self.pages.answer("look.html", locale, headers=headers, part=part)


class SandboxRoutes(Struct, frozen=True):
    """The desk's own part of the control API: its clock, its payments, and the reset of both."""

    sandbox: "Beside"
    virtual_clock: VirtualClock
    store: Store
    payments: PaymentPages
    pages: Sequence[Route]

    def routes(self) -> list[BaseRoute]:
        """Return all below `/sandbox`, the desk's own first."""
        return [
            *self.pages,
            Route("/sandbox/api/clock", self.clock, methods=["GET", "POST"]),
            Route("/sandbox/api/payments", self.payments_seen, methods=["GET"]),
            Route("/sandbox/api/payments/{id}", self.pay, methods=["POST"]),
            Route("/sandbox/api/reset", self.reset, methods=["POST"]),
            Route("/sandbox/panel", _panel),
            _PassOn("/sandbox", self.sandbox.mount()),
        ]

    async def clock(self, request: Request) -> Response:
        """`{"advance_s": N}` → `{"now"}`; 0 (or GET) reads it."""
        seconds = 0.0
        if request.method == "POST":
            try:
                seconds = float((await request.json()).get("advance_s", 0))
            except (ValueError, AttributeError, TypeError):
                return JSONResponse({"error": "give advance_s in seconds"}, 400)
        if not 0 <= seconds <= 3660 * 86400:
            return JSONResponse({"error": "the clock never goes back, and ten years at most ahead"}, 400)
        clock = self.virtual_clock
        now = await clock.advance(timedelta(seconds=seconds)) if seconds else await clock.now()
        return JSONResponse({"now": now.isoformat()})

    async def payments_seen(self, request: Request) -> Response:
        """Return what the bank knows, and behind it the desk's payments that nobody has opened there yet."""
        answer = await _forward(self.sandbox.mount(), request, b"")
        if answer.status_code != 200:
            return answer  # a shared sandbox that is away
        payments: list[dict[str, Any]] = json.loads(bytes(answer.body))
        ids = {payment["id"] for payment in payments}
        for pending in await self.store.read(record.list_pending_payments):
            if pending.id not in ids:
                fields = ("id", "provider", "method", "amount", "currency", "status")
                begun = {"at": pending.created_at.isoformat()}
                payments.append({name: getattr(pending, name) for name in fields} | begun)
        return JSONResponse(payments)

    async def pay(self, request: Request) -> Response:
        """Let the payer act; open the attempt first if nobody has, and one after a failure for who pays after all."""
        payment_id = str(request.path_params["id"])
        payment = await self.store.read(lambda c: record.get(c, payment_id))
        body = await request.body()
        if (
            payment is not None
            and not any(word in body for word in (b'"refunded"', b'"disputed"', b'"dispute_'))
            and (payment.status == "pending" or (payment.status == "failed" and _pays(body)))
        ):
            await self.payments.open_by_id(payment_id)
        return await _forward(self.sandbox.mount(), request, body)

    async def reset(self, request: Request) -> Response:
        """Clear the sandbox and the clock, not the desk's database."""
        answer = await _forward(self.sandbox.mount(), request, await request.body())
        if answer.status_code != 200:  # both clocks stay as they are
            return answer
        await self.virtual_clock.reset()
        return JSONResponse({"now": self.virtual_clock.clock.now().isoformat()})


def _pays(body: bytes) -> bool:
    """Return whether money really moves: anything else asked of a failed payment changes nothing at the provider."""
    try:
        asked = json.loads(body)
    except ValueError:
        return False
    return isinstance(asked, dict) and asked.get("outcome") == "paid" and asked.get("notify", "once") != "forged"


async def _panel(_request: Request) -> Response:
    """Return where the seller's own panel would be."""
    page = (
        "<!doctype html><meta charset=utf-8><title>Okienko sandbox</title>"
        "<p>Here the seller's own panel opens. It is not part of the desk."
    )
    return Response(page, media_type="text/html")


async def _forward(app: ASGIApp, request: Request, body: bytes) -> Response:
    """Pass the same request to the sandbox's own handler."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        headers = {"content-type": request.headers.get("content-type", "application/json")}
        answer = await client.request(request.method, request.url.path, content=body, headers=headers)
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


class _PassOn(Mount):
    """A mount that leaves the path as it is: the sandbox's routes carry their prefix themselves."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        async def whole(scope: Scope, receive: Receive, send: Send) -> None:
            # Starlette's Mount only moves root_path on; the path stays whole.
            await app({**scope, "root_path": scope.get("app_root_path", "")}, receive, send)

        super().__init__(path, app=whole)
