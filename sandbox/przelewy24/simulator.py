"""Przelewy24's simulator.

Played: signatures, register, verify, read, refund, notices repeated until verified. Not played: BLIK level 0,
recurring payments.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount

from sandbox.attempts import ProviderAttempt
from sandbox.payer import Notify, Outcome, Payer
from sandbox.przelewy24.api import przelewy24_api
from sandbox.przelewy24.page import P24Page
from sandbox.przelewy24.webhooks import P24Notices
from sandbox.world import World


class Przelewy24Simulator:
    """Przelewy24: API, notices and payer's page."""

    def __init__(self, world: World, payer: Payer) -> None:
        self._world = world
        self._payer = payer
        self._notices = P24Notices(world)

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes below `/sandbox/przelewy24`."""
        page = P24Page(self._world, self._notices, self._payer)
        return [Mount("/api/v1", app=przelewy24_api(self._world, self._notices)), *page.routes()]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands."""
        return await self._payer.act(self._notices, attempt, outcome, notify)
