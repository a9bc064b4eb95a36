"""PayPal's list of an account's transactions (Transaction Search): what was paid to it, and its refunds."""

from datetime import datetime
from urllib.parse import urlencode

import structlog
from pydantic import Field

from services.errors import Misconfigured
from services.late_model import LateModel
from services.payments.listing import MOST_A_PAGE, TakenPage, TakenPayment
from services.payments.providers.paypal.client import PayPalSession
from services.payments.providers.paypal.models import PayPalMoney

_log = structlog.get_logger(__name__)
_PAID = "T00"
"""Codes of transactions that begin so are payments; refunds, fees and reversals have others."""
_REFUNDED = "T1107"


class TransactionInfo(LateModel):
    """A transaction; `custom_field` is our payment reference, `paypal_reference_id` of a refund what it is of."""

    transaction_id: str
    transaction_event_code: str = ""
    transaction_initiation_date: datetime
    transaction_amount: PayPalMoney
    custom_field: str | None = None
    paypal_reference_id: str = ""

    @property
    def taken(self) -> TakenPayment | None:
        """The payment to the account under a name of its seller's; None for anything else."""
        amount = self.transaction_amount.minor
        if not (self.custom_field and amount and amount > 0 and self.transaction_event_code.startswith(_PAID)):
            return None
        currency, at = self.transaction_amount.currency_code, self.transaction_initiation_date
        return TakenPayment(self.custom_field, self.transaction_id, amount, currency, at)

    @property
    def returned(self) -> TakenPayment | None:
        """The refund, under our name of its payment or PayPal's; None for anything else."""
        amount = self.transaction_amount.minor
        if not amount or self.transaction_event_code != _REFUNDED:
            return None
        currency, at = self.transaction_amount.currency_code, self.transaction_initiation_date
        return TakenPayment(self.custom_field or "", self.paypal_reference_id, abs(amount), currency, at)


class TransactionDetail(LateModel):
    """Around what is told of a transaction."""

    transaction_info: TransactionInfo


class TransactionPage(LateModel):
    """A page of the list."""

    transaction_details: list[TransactionDetail] = Field(default_factory=list[TransactionDetail])
    page: int = 1
    total_pages: int = 1


async def read_page(
    api: PayPalSession, since: datetime, until: datetime, after: str | None, *, refunds: bool
) -> TakenPage | None:
    """Read a page of payments, or of refunds; None where the REST app may not search transactions.

    PayPal lists them within three hours.
    """
    wanted = {"start_date": since.isoformat(timespec="seconds"), "end_date": until.isoformat(timespec="seconds")}
    wanted |= {"transaction_status": "S", "fields": "transaction_info"}
    wanted |= {"page_size": str(MOST_A_PAGE), "page": after or "1"}
    wanted |= {"transaction_type": _REFUNDED} if refunds else {}
    try:
        answer = await api.send("GET", f"/v1/reporting/transactions?{urlencode(wanted)}")
    except Misconfigured as error:
        _log.warning("payments_not_listed", provider="paypal", reason=error.reason)
        return None
    told = answer.read_as(TransactionPage)
    every = [one.transaction_info for one in told.transaction_details]
    found = [one.returned if refunds else one.taken for one in every]
    following = str(told.page + 1) if told.page < told.total_pages else None
    return TakenPage(tuple(one for one in found if one is not None), following)
