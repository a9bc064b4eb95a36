"""PayPal's simulator.

Played: OAuth, orders, capture, refunds, request ids for six hours, signed webhooks and their check, wallets kept,
charged and deleted. Not played: disputes, setup tokens.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount

from sandbox.attempts import ProviderAttempt
from sandbox.payer import Notify, Outcome, Payer
from sandbox.paypal.api import PayPalEndpoints, paypal_api
from sandbox.paypal.key import PayPalKey
from sandbox.paypal.page import PayPalPage
from sandbox.paypal.vault import VaultSimulator
from sandbox.paypal.webhooks import PayPalNotices
from sandbox.world import World


class PayPalSimulator:
    """PayPal: API, webhooks and payer's page."""

    def __init__(self, world: World, payer: Payer) -> None:
        self._world = world
        self._payer = payer
        self._key = PayPalKey(world.ledger)
        self._notices = PayPalNotices(world, self._key)

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes below `/sandbox/paypal`."""
        vault = VaultSimulator(self._world, self._notices)
        api = paypal_api(self._world, PayPalEndpoints(self._world, self._notices, vault), vault)
        page = PayPalPage(self._world, self._notices, self._payer, self._key)
        return [*(Mount(f"/v{number}", app=part) for number, part in enumerate(api, 1)), *page.routes()]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands."""
        return await self._payer.act(self._notices, attempt, outcome, notify)
