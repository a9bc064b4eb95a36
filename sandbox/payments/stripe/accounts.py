"""Stripe's customers and the cards kept for them. Both outlive a reset."""

import json
import re
from typing import Any, Final

from sandbox.attempts import KeptMethod
from sandbox.database import stamp
from sandbox.payments.stripe.shapes import StripeError, kept_resource, list_of, refuse_missing, unix
from sandbox.payments.stripe.webhooks import StripeNotices
from sandbox.world import World

KNOWN_CUSTOMER: Final = frozenset({"email", "name", "description", "metadata[*]", "expand[#]"})
QUERY: Final = re.compile(r'metadata\["account"\]:"([^"]{1,200})"')
DELETED: Final = ""
"""What stands in a deleted customer's place."""
NOT_ATTACHED: Final = "The payment method you provided is not attached to a customer so detachment is impossible."


class StripeAccounts:
    """The part of the API that is about payers and what is kept of them."""

    def __init__(self, world: World, notices: StripeNotices) -> None:
        self._world = world
        self._notices = notices

    def create(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/customers`."""
        customer = {
            "id": f"cus_{self._world.ledger.fresh_id('stripe_customer', 14)}",
            "object": "customer",
            "created": unix(stamp(self._world.clock.now())),
            "email": asked.get("email"),
            "livemode": False,
            "metadata": asked.get("metadata") or {},
        }
        self._world.ledger.set_value(f"stripe_customer:{customer['id']}", json.dumps(customer))
        return customer

    def read(self, customer_id: str) -> dict[str, Any]:
        """`GET /v1/customers/{id}`; of a deleted one Stripe still knows that much."""
        if self._world.ledger.value(f"stripe_customer:{customer_id}") == DELETED:
            return {"id": customer_id, "object": "customer", "deleted": True}
        return customer_of(self._world, customer_id, "id")

    def search(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`GET /v1/customers/search`, by the account only."""
        found = QUERY.fullmatch(asked.get("query", ""))
        if found is None:
            raise StripeError(400, 'Only a search by metadata["account"] is played here.', param="query")
        known = [json.loads(value) for value in self._world.ledger.values("stripe_customer:") if value]
        return list_of([one for one in known if one["metadata"].get("account") == found[1]], "search_result")

    def remove(self, customer_id: str) -> dict[str, Any]:
        """`DELETE /v1/customers/{id}`: with all that is kept for it."""
        customer_of(self._world, customer_id, "id")
        for method in self._world.vault.of_customer("stripe", customer_id):
            self._world.vault.forget(method)
        self._world.ledger.set_value(f"stripe_customer:{customer_id}", DELETED)
        return {"id": customer_id, "object": "customer", "deleted": True}

    def method(self, token: str) -> dict[str, Any]:
        """`GET /v1/payment_methods/{id}`."""
        return kept_resource(self._kept(token))

    def detach(self, token: str) -> dict[str, Any]:
        """`POST /v1/payment_methods/{id}/detach`."""
        method = self._kept(token)
        if not method.kept:
            raise StripeError(400, NOT_ATTACHED)
        self._world.vault.forget(method)
        now = self.method(token)
        self._notices.about_method(method.details["listener"], "payment_method.detached", now)
        return now

    def _kept(self, token: str) -> KeptMethod:
        method = self._world.vault.get("stripe", token)
        if method is None:
            raise refuse_missing("PaymentMethod", token, "id")
        return method


def customer_of(world: World, customer_id: str, param: str) -> dict[str, Any]:
    """Return the customer of that id. Raises StripeError."""
    known = world.ledger.value(f"stripe_customer:{customer_id}")
    if not known:
        raise refuse_missing("customer", customer_id, param)
    return json.loads(known)
