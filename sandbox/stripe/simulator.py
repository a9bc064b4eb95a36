"""Stripe's simulator.

Played: Checkout Sessions, customers, cards kept, charges off-session, refunds, search by `payment_ref`; unknown
parameters refused, keys for a day (answers replayed, another wish is an error), signed events shuffled, doubled and
repeated. Not played: subscriptions, other methods than cards, disputes.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount

from sandbox.attempts import ProviderAttempt
from sandbox.payer import Notify, Outcome, Payer
from sandbox.stripe.api import stripe_api
from sandbox.stripe.page import StripePage
from sandbox.stripe.shapes import is_checkout, session_status
from sandbox.stripe.till import StripeTill
from sandbox.stripe.webhooks import StripeNotices
from sandbox.world import World


class StripeSimulator:
    """Stripe: API, webhooks and payer's page."""

    def __init__(self, world: World, payer: Payer) -> None:
        self._world = world
        self._payer = payer
        self._notices = StripeNotices(world)
        self._till = StripeTill(world, self._notices)

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes below `/sandbox/stripe`."""
        page = StripePage(self._world, self._notices, self._till, self._payer)
        return [Mount("/v1", app=stripe_api(self._world, self._notices)), *page.routes()]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands. `card`: a name or a token of `cards`."""
        chosen = self._till.chosen(attempt, card)
        if not is_checkout(attempt) or session_status(attempt, self._world.clock.now()) == "expired":
            return attempt  # there is no page on which anybody could act
        outcome = self._till.comes_to(attempt, chosen, outcome)
        return await self._payer.act(self._till, attempt, outcome, notify, card=chosen)
