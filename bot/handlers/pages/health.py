"""Liveness, readiness and metrics."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar, cast

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.conversation.metrics import Metrics
from services.clients.provider_client import Breaker
from services.clock import Clock
from services.jobs.outages import Outages
from services.store import desk_figures
from services.store.database import Store
from services.store.desk_figures import DeskFigures
from services.store.errors import StoreUnavailable
from services.store.takings import RunningTakings, Takings

T = TypeVar("T")

KEPT = timedelta(seconds=15)
"""For so long a reading of the database's figures answers all who ask."""
STORAGE = "storage"
PROXIED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


class FiguresReader:
    """Reads the database's figures, one reading at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._reading = asyncio.Lock()
        self._read: dict[str, tuple[datetime, object]] = {}
        self._sold = RunningTakings()

    async def figures(self) -> DeskFigures | None:
        """Return the figures, as fresh as `KEPT`; None while the database is away, or takes nothing that is written."""
        now = self._clock.now()
        return await self._once("figures", lambda c: desk_figures.read_figures(c, now))

    async def takings(self) -> Mapping[str, Takings]:
        """Return all that was ever taken in, as fresh as the figures."""
        now = self._clock.now()
        return await self._once("takings", lambda c: self._sold.read(c, now)) or {}

    async def _once(self, name: str, read: Callable[[sa.Connection], T]) -> T | None:
        async with self._reading:
            now = self._clock.now()
            if not await self._store.commits_hold():
                return None
            at, found = self._read.get(name, (None, None))
            if at is None or not timedelta(0) <= now - at < KEPT:
                try:
                    at, found = self._read[name] = now, await self._store.read(read)
                except StoreUnavailable:
                    self._read.pop(name, None)
                    return None
            return cast("T", found)


def routes(
    store: Store,
    clock: Clock,
    metrics: Metrics,
    breakers: Sequence[Breaker],
    outages: Outages,
    is_ready: Callable[[], bool],
) -> list[Route]:
    """Serve `/healthz`, `/readyz` and `/metrics`."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        try:
            away = await outages.away()
        except StoreUnavailable:
            return JSONResponse({"status": "no database", "down": [STORAGE, *metrics.down()]}, 503)
        if not is_ready():
            return JSONResponse({"status": "starting"}, 503)
        storage = [] if await store.commits_hold() else [STORAGE]
        down = [*storage, *metrics.down(), *away]
        if storage and store.read_only:  # another process may have found the server that is the primary now
            return JSONResponse({"status": "read only", "down": down}, 503)
        # 200 as long as it answers: a proxy that took the desk out of service would end what it can do still, and say
        # nothing of coming again to whoever writes.
        return JSONResponse({"status": "ready", "down": down})

    reader = FiguresReader(store, clock)

    async def figures(request: Request) -> Response:
        # How much is sold is nobody's business who comes through a proxy that doesn't close this path.
        business = not any(name in request.headers for name in PROXIED)
        sold = await reader.takings() if business else None
        text = metrics.text(breakers, await reader.figures(), sold)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", health), Route("/readyz", ready), Route("/metrics", figures)]
