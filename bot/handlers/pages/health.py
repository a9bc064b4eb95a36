"""Liveness, readiness and metrics."""

from collections.abc import Callable, Sequence

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.conversation.metrics import Metrics
from services.clients.provider_client import Breaker
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable


def routes(store: Store, metrics: Metrics, breakers: Sequence[Breaker], is_ready: Callable[[], bool]) -> list[Route]:
    """Serve `/healthz`, `/readyz` and `/metrics`."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        try:
            await store.read(jobs_table.next_planned)
        except StoreUnavailable:
            return JSONResponse({"status": "no database"}, 503)
        return JSONResponse({"status": "ready"}) if is_ready() else JSONResponse({"status": "starting"}, 503)

    async def figures(_request: Request) -> Response:
        return Response(metrics.text(breakers), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", health), Route("/readyz", ready), Route("/metrics", figures)]
