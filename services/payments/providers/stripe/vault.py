"""Intents without a page: what Stripe keeps, charged while its payer is away, and codes of a bank's app."""

from collections.abc import Mapping

from services.clients.http import HttpAnswer
from services.errors import Conflict, Misconfigured
from services.payments.providers.base import Attempt, Charge, Charged, CodeRefusal, PaymentRequest
from services.payments.providers.stripe import form, models, states
from services.payments.providers.stripe.client import StripeApi
from values.payment import StoredMethod
from values.private import Secret

#: Of several intents under one name, the one that has got the furthest counts.
FURTHEST = ("succeeded", "processing", "requires_capture")
#: The parameters under which Stripe says that it knows the card, or its customer, no more.
KEPT = frozenset({"payment_method", "customer"})


class StripeStored:
    """Charges, look-ups and removals of kept methods, over an account's `api`."""

    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def charge(self, charge: Charge) -> Charged:
        """Take the money, once per payment reference: a key does that for a day, looking first does it for ever."""
        attempt = charge.attempt
        known = await self.find(attempt.payment_ref)
        if known is not None:
            return _charged(attempt, known)
        answer = await self._api.post("payment_intents", _form(charge), key=f"{attempt.payment_ref}:charge")
        if answer.status == 200:
            return _charged(attempt, answer.read_as(models.PaymentIntent))
        return _refused(attempt, answer)

    async def find(self, payment_ref: str, *, takes: bool = True) -> models.PaymentIntent | None:
        """Return the payment intent that bears our name, if there is one; else such a setup intent among the newest.

        Made a minute ago, a payment intent may not be found yet. Setup intents aren't searched by Stripe, only listed.
        """
        query, more = f'metadata["payment_ref"]:"{payment_ref}"', ("data.payment_method", "data.latest_charge")
        if takes:
            answer = await self._api.get("payment_intents/search", query=query, expand=more)
        else:
            answer = await self._api.get("setup_intents", limit=100, expand=more[:1])
        if answer.status != 200:
            raise Misconfigured("search_refused", origin=f"stripe {answer.status}")
        found = [i for i in answer.read_as(models.IntentList).data if i.metadata.get("payment_ref") == payment_ref]
        return min(found, key=lambda intent: intent.status not in FURTHEST, default=None)

    async def read(self, stored: StoredMethod) -> StoredMethod | None:
        """Return it as Stripe keeps it now; None for what is detached, or another customer's."""
        answer = await self._api.get(f"payment_methods/{stored.token}")
        now = answer.read_as(models.PaymentMethod).stored if answer.status == 200 else None
        return now if now is not None and now.customer == stored.customer else None

    async def forget(self, stored: StoredMethod) -> None:
        """Detach. What Stripe knows no more, or has no longer attached, is forgotten already."""
        answer = await self._api.post(f"payment_methods/{stored.token}/detach", {}, key=f"{stored.token}:detach")
        if answer.status in (200, 404):
            return
        now = await self._api.get(f"payment_methods/{stored.token}")
        if now.status != 404 and now.read_as(models.PaymentMethod).customer is not None:
            raise Misconfigured("detach_refused", origin=f"stripe {answer.status}")

    async def forget_payer(self, account: str) -> None:
        """Delete. A customer made a minute ago may not be found yet: this is called later than that."""
        answer = await self._api.get("customers/search", query=f'metadata["account"]:"{account}"', limit=100)
        if answer.status != 200:
            raise Misconfigured("search_refused", origin=f"stripe {answer.status}")
        for customer in answer.read_as(models.CustomerList).data:
            if customer.metadata.get("account") != account:
                continue
            gone = await self._api.delete(f"customers/{customer.id}")
            if gone.status not in (200, 404):
                raise Misconfigured("deletion_refused", origin=f"stripe {gone.status}")


class StripeCodes:
    """Intents that a code of the payer's bank app pays, over an account's `api`."""

    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def open(self, request: PaymentRequest, customer: str | None) -> str:
        """Make the intent that will take the code, and return its name."""
        opened = form.intent(request, request.method, request.description, customer)
        answer = await self._api.post("payment_intents", opened, key=f"{request.payment_ref}:intent")
        if answer.status != 200:
            raise not_opened(answer)
        return answer.read_as(models.PaymentIntent).id

    async def confirm(self, request: PaymentRequest, intent_id: str, code: Secret) -> CodeRefusal | None:
        """Confirm it by the code; what is wrong with the code itself Stripe says at once."""
        path, key = f"payment_intents/{intent_id}/confirm", f"{request.payment_ref}:confirm"
        answer = await self._api.post(path, form.confirmation(request, code), key=key, repeatable=False)
        if answer.status == 200:
            intent = answer.read_as(models.PaymentIntent)
            failed = intent.last_payment_error if intent.status == "requires_payment_method" else None
        else:
            failed = answer.read_as(models.StripeFailure).error
            if answer.status != 402 and failed.code not in models.OF_CODES:
                raise not_opened(answer)
        return None if failed is None else failed.code_refusal

    async def cancel(self, payment_ref: str, intent_id: str) -> None:
        """Let nobody confirm it any more; one that is over stays as it is."""
        await self._api.post(f"payment_intents/{intent_id}/cancel", {}, key=f"{payment_ref}:cancel")


def not_opened(answer: HttpAnswer) -> Conflict | Misconfigured:
    """Tell our mistake from a reference that is taken."""
    error = answer.read_as(models.StripeFailure).error
    if error.type == "idempotency_error":
        # The same reference with other contents: an older try of ours, whose link nobody was given.
        return Conflict("attempt_used", origin="stripe idempotency_error")
    return Misconfigured("registration_refused", origin=f"stripe {error.code or answer.status}")


def _form(charge: Charge) -> Mapping[str, form.Value]:
    return {
        **form.intent(charge.attempt, charge.method, charge.description),
        "customer": charge.stored.customer,
        "payment_method": charge.stored.token,
        "confirm": True,
        "off_session": True,
        "expand": ["latest_charge"],
    }


def _charged(attempt: Attempt, intent: models.PaymentIntent) -> Charged:
    if intent.status == "requires_action" and not intent.asks_bank:  # nobody is there to act
        return Charged(intent.id, states.make_failed_state(attempt, "needs_payer"))
    return Charged(intent.id, states.of_intent(attempt, intent))


def _refused(attempt: Attempt, answer: HttpAnswer) -> Charged:
    error = answer.read_as(models.StripeFailure).error
    if answer.status == 402:
        return Charged(error.payment_intent.id, states.make_failed_state(attempt, error.refusal))
    if error.type == "idempotency_error":
        raise Conflict("attempt_used", origin="stripe idempotency_error")
    if error.code == "resource_missing" or error.param in KEPT:
        return Charged("", states.make_failed_state(attempt, "gone"))
    raise Misconfigured("charge_refused", origin=f"stripe {answer.status}")
