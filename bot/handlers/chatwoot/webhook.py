"""The help desk's webhooks at `/webhooks/helpdesk/chatwoot`: proven, noted, answered. What happened is read later."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.guard import RequestTurnedAway, capped_body
from services.clock import Clock
from services.errors import Forged
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.support.chatwoot import threads, webhooks

_log = structlog.get_logger(__name__)
LIMIT = 512 * 1024
"""A long message, three times over: as content, as processed content and within its conversation."""
PATH = "/webhooks/helpdesk/chatwoot"


@dataclass(frozen=True)
class HelpdeskWebhooks:
    """One inbox' door. `wake` is called when there is something to read."""

    store: Store
    clock: Clock
    account_id: int
    inbox_id: int
    secret: str = field(repr=False)
    wake: Callable[[], None]

    def routes(self) -> list[Route]:
        """To be mounted at the root."""
        return [Route(PATH, self.webhook, methods=["POST"])]

    async def webhook(self, request: Request) -> Response:
        """200 once it is noted, or concerns nobody here; 400 for what isn't proven; 503 while it can't be noted."""
        try:
            body = await capped_body(request, LIMIT)
            webhooks.prove(request.headers, body, secret=self.secret, now=self.clock.now())
            number = webhooks.about(body, account_id=self.account_id, inbox_id=self.inbox_id)
            if number is not None and await self.store.write(lambda c: threads.knock(c, self.account_id, number)):
                self.wake()
        except RequestTurnedAway as turned:
            return PlainTextResponse("refused", turned.status)
        except Forged as forged:
            _log.warning("webhook_forged", reason=forged.reason)
            return PlainTextResponse("refused", 400)
        except StoreUnavailable:
            return PlainTextResponse("later", 503)
        return PlainTextResponse("OK")
