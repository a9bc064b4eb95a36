"""Stripe: cards, on Stripe's own page (Checkout), kept for later and charged while their payer is away; BLIK.

Truth comes from the session and its payment intent as read; a notice only says when to look.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

import httpx
from pydantic import Field, JsonValue, SecretStr

from services.clients.http import HttpAnswer, Url
from services.clients.provider_client import Breaker, ProviderClient
from services.clock import Clock
from services.errors import Conflict, Misconfigured, ProviderRefused, StillPending
from services.late_model import LateModel
from services.payments.listing import MOST_A_PAGE, TakenPage
from services.payments.providers import base
from services.payments.providers.stripe import form as stripe_form
from services.payments.providers.stripe import models, states, webhooks
from services.payments.providers.stripe.client import StripeApi, was_replayed
from services.payments.providers.stripe.form import Value
from services.payments.providers.stripe.listing import IntentPage
from services.payments.providers.stripe.refunds import StripeRefunds
from services.payments.providers.stripe.vault import StripeCodes, StripeStored, not_opened
from values.payment import BY_CARD, ChargeRules, StoredMethod
from values.private import Secret

SESSION = re.compile(r"cs_[A-Za-z0-9_]{1,200}")
INTENT = re.compile(r"(pi|seti)_[A-Za-z0-9_]{1,200}")
OF_SESSION = ("payment_intent.payment_method", "payment_intent.latest_charge", "setup_intent.payment_method")
OF_INTENT = ("payment_method", "latest_charge")


class StripeSettings(LateModel):
    """Stripe's settings."""

    stripe_url: Url = Field(default="https://api.stripe.com", description="Stripe's API host.")
    stripe_secret_key: SecretStr | None = Field(
        default=None, description="Secret or restricted key; whether it is live or for tests, its notices must be, too."
    )
    stripe_webhook_secret: SecretStr | None = Field(
        default=None, description="Signing secret of the endpoint that points at this desk, `whsec_` included."
    )


class Stripe:
    """Talks to Stripe at `url` (https://api.stripe.com). `webhook_secret` is that of our endpoint (`whsec_…`)."""

    name: ClassVar = "stripe"
    methods: ClassVar[frozenset[base.Method]] = frozenset({"card", "blik"})
    by_code: ClassVar[frozenset[base.Method]] = frozenset({"blik"})
    # BLIK's model O: up to 2,000 PLN, whenever it is agreed to, until its holder ends it in the bank's app.
    storable: ClassVar[Mapping[base.Method, ChargeRules]] = {"card": BY_CARD, "blik": ChargeRules(most=2000_00)}

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        secret_key: str,
        webhook_secret: str,
        clock: Clock,
        breaker: Breaker,
        timeout_s: float = 10.0,
    ) -> None:
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)
        self._api = StripeApi(client, self._line, url=url, secret_key=secret_key)
        self._stored = StripeStored(self._api)
        self._codes = StripeCodes(self._api)
        self._refunds = StripeRefunds(self._api)
        self._live = "_live_" in secret_key
        self._webhook_secret = webhook_secret
        self._clock = clock

    async def register(self, request: base.PaymentRequest) -> base.RegisteredAttempt:
        """Open a session; a repeat under the same reference gives the same one. Raises as PaymentProvider."""
        kept = {method for method, rules in self.storable.items() if rules.without_charge}
        if request.method not in (self.methods if request.amount else kept):
            raise ProviderRefused("method_unsupported", origin=self.name)
        async with self._line.operation():
            session = await self._opened(request)
        if session.status == "complete":
            raise Conflict("already_paid", origin="stripe complete")
        if session.status != "open" or session.url is None:
            raise Conflict("attempt_used", origin=f"stripe {session.status}")
        return base.RegisteredAttempt(session.id, session.url)

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> base.Notice:
        """Prove a notice by its signature, its age and its mode, then read it."""
        webhooks.prove(headers, body, secret=self._webhook_secret, now=self._clock.now())
        return webhooks.read_notice(body, live=self._live)

    async def confirm(self, attempt: base.Attempt, facts: Mapping[str, JsonValue]) -> base.State:
        """Read what the attempt has come to. One whose registration was never answered is taken from the notice."""
        told = facts.get("session_id") or facts.get("intent_id")
        return await self._state(attempt, attempt.provider_ref or (told if isinstance(told, str) else None))

    async def ask(self, attempt: base.Attempt, *, take: bool = True) -> base.State:
        """Read what the attempt has come to; expired when its session is."""
        return await self._state(attempt, attempt.provider_ref)

    async def returned(self, attempt: base.Attempt) -> base.Returned:
        """Read the charge, and its disputes where it has any."""
        async with self._line.operation():
            intent = await self._intent_of(attempt, attempt.provider_ref)
            if intent is None or states.of_intent(attempt, intent).status not in ("paid", "refunded"):
                return base.Returned()
            return await self._refunds.came_back(intent)

    async def refund(
        self, attempt: base.Attempt, *, amount: int, key: str, reason: str, notify_url: str
    ) -> base.Refund:
        """Give money back; `notify_url` is not used, notices go to the registered endpoint."""
        async with self._line.operation():
            intent = await self._intent_of(attempt, attempt.provider_ref)
            if intent is None or intent.status != "succeeded" or not attempt.amount:
                raise ProviderRefused("refund_refused", origin="stripe nothing paid")
            if intent.metadata.get("payment_ref") != attempt.payment_ref:
                raise ProviderRefused("other_payment", origin=self.name)
            return await self._refunds.give_back(intent, attempt, amount=amount, key=key, reason=reason)

    async def list_taken(self, since: datetime, until: datetime, after: str | None = None) -> TakenPage | None:
        """List the payment intents that have taken money."""
        created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        async with self._line.operation():
            answer = await self._api.get("payment_intents", created=created, limit=MOST_A_PAGE, starting_after=after)
        return answer.read_as(IntentPage).taken

    async def list_returned(self, since: datetime, until: datetime, after: str | None = None) -> TakenPage | None:
        """List the refunds."""
        async with self._line.operation():
            return await self._refunds.read_page(since, until, after)

    async def open_for_code(self, request: base.PaymentRequest) -> str:
        """Make an intent without a session."""
        async with self._line.operation():
            return await self._codes.open(request, await self._customer(request))

    async def pay_by_code(
        self, request: base.PaymentRequest, provider_ref: str, code: Secret
    ) -> base.CodeRefusal | None:
        """Confirm the intent; then its payer has a minute to confirm, and a failure is told by a notice, too."""
        async with self._line.operation():
            return await self._codes.confirm(request, provider_ref, code)

    async def end_code(self, attempt: base.Attempt) -> base.State:
        """Cancel the intent, and read it: one that is over can't be. Raises StillPending while the bank is asked."""
        if attempt.provider_ref is None:  # so no code was sent
            return base.State("expired", attempt.amount, attempt.currency)
        async with self._line.operation():
            await self._codes.cancel(attempt.payment_ref, attempt.provider_ref)
        state = await self.ask(attempt)
        if state.status == "pending":
            raise StillPending("code_pending", retry_after=timedelta(seconds=5))
        return state

    async def charge(self, charge: base.Charge) -> base.Charged:
        """Take the money off-session. Raises Conflict("attempt_used") when the reference stands for another charge."""
        async with self._line.operation():
            return await self._stored.charge(charge)

    async def keeps(self, stored: StoredMethod) -> bool:
        """Read whether it is attached to its customer, and a card still good."""
        async with self._line.operation():
            known = await self._stored.read(stored)
        expires = known.expires if known is not None else None
        return known is not None and (expires is None or expires >= self._clock.now().date())

    async def forget(self, stored: StoredMethod) -> None:
        """Detach it from its customer."""
        async with self._line.operation():
            await self._stored.forget(stored)

    async def forget_payer(self, account: str) -> None:
        """Delete the customers made for the account, also those whose payment came to nothing."""
        async with self._line.operation():
            await self._stored.forget_payer(account)

    async def _opened(self, request: base.PaymentRequest) -> models.CheckoutSession:
        customer = request.stored.customer if request.stored is not None else None
        answer = await self._open(request, customer or await self._customer(request), "session")
        if answer.status == 400 and answer.read_as(models.StripeFailure).error.param == "customer":
            # Removed at Stripe, cards and all: as if nothing had been kept, and under a key that is used for nobody.
            anew = await self._customer(request, more=f"\n{request.payment_ref}")
            answer = await self._open(request, anew, "session-anew")
        if answer.status != 200:
            raise not_opened(answer)
        session = answer.read_as(models.CheckoutSession)
        # A repeat is answered with how things stood at first.
        return (await self._session(session.id) or session) if was_replayed(answer) else session

    async def _open(self, request: base.PaymentRequest, customer: str | None, what: str) -> HttpAnswer:
        form = stripe_form.session(request, customer, self._clock.now())
        return await self._api.post("checkout/sessions", form, key=f"{request.payment_ref}:{what}")

    async def _customer(self, request: base.PaymentRequest, more: str = "") -> str | None:
        """Return the customer the card is kept for: one a day and account, should several payments be begun at once."""
        if request.store_for is None:
            return None
        key = hashlib.sha256(f"{request.store_for}\n{request.email}{more}".encode()).hexdigest()[:40]
        form: dict[str, Value] = {"email": request.email or None, "metadata": {"account": request.store_for}}
        answer = await self._api.post("customers", form, key=f"customer:{key}")
        if answer.status != 200:
            raise Misconfigured("customer_refused", origin=f"stripe {answer.status}")
        return answer.read_as(models.StripeCustomer).id

    async def _state(self, attempt: base.Attempt, reference: str | None) -> base.State:
        async with self._line.operation():
            if reference and SESSION.fullmatch(reference):
                session = await self._session(reference)
                if session is None:
                    return base.State("expired", attempt.amount, attempt.currency)
                return states.of_session(attempt, session)
            intent = await self._intent_of(attempt, reference)
        if intent is None:
            return base.State("expired" if reference else "pending", attempt.amount, attempt.currency)
        return states.of_intent(attempt, intent)

    async def _intent_of(self, attempt: base.Attempt, reference: str | None) -> models.PaymentIntent | None:
        """Return the payment intent behind a session, or by its own name, or found by ours."""
        if not reference:
            return await self._stored.find(attempt.payment_ref, takes=attempt.amount > 0)
        if SESSION.fullmatch(reference):
            session = await self._session(reference)
            return session.payment_intent if session is not None else None
        if (named := INTENT.fullmatch(reference)) is None:
            raise ProviderRefused("other_payment", origin=self.name)
        path, expand = ("payment_intents", OF_INTENT) if named[1] == "pi" else ("setup_intents", OF_INTENT[:1])
        answer = await self._api.get(f"{path}/{reference}", expand=expand)
        return None if answer.status == 404 else answer.read_as(models.PaymentIntent)

    async def _session(self, session_id: str) -> models.CheckoutSession | None:
        answer = await self._api.get(f"checkout/sessions/{session_id}", expand=OF_SESSION)
        return None if answer.status == 404 else answer.read_as(models.CheckoutSession)
