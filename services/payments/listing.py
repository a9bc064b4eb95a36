"""Providers that list what they have taken and given back: so money and refunds are found that the books don't know.

Przelewy24's API has no such list. What it has taken is asked after by the names that the books know.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol, runtime_checkable

from services.payments.providers.base import PaymentProvider
from values.private import Private, PrivateStruct

MOST_A_PAGE: Final = 100
LONGEST_WINDOW: Final = timedelta(days=30)
"""PayPal lists at most 31 days at once."""


class TakenPayment(PrivateStruct):
    """Money that a provider has taken under the payment reference of an attempt, or given back, in minor units.

    Of what was given back the reference may be empty; then `provider_ref` names the payment, as its notice does.
    """

    payment_ref: str
    provider_ref: Private[str]
    amount: int
    currency: str
    begun_at: datetime


class TakenPage(PrivateStruct):
    """Part of such a list, and by what the next part is asked for, None at its end."""

    payments: tuple[TakenPayment, ...] = ()
    following: str | None = None


@runtime_checkable
class ListingProvider(PaymentProvider, Protocol):
    """A provider that lists what it has taken and given back."""

    async def list_taken(self, since: datetime, until: datetime, after: str | None = None) -> TakenPage | None:
        """List the payments begun in between, at most `LONGEST_WINDOW`, whose money was taken under some reference.

        None: the seller's key may not read the list. Raises ProviderUnavailable.
        """
        ...

    async def list_returned(self, since: datetime, until: datetime, after: str | None = None) -> TakenPage | None:
        """List the refunds made in between that haven't failed, with the payments that they are of; as `list_taken`."""
        ...
