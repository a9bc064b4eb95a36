"""The rows of the seller's API: the facts of each record that it shows, by their names there and in their order.

One line names a fact for the JSON, its shape and its description: all take its value and its type from the record.
The names are fixed, for sellers' programs read them. Amounts are integers in minor units, times RFC 3339 in UTC.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from services.accounts.accounts import AccountRecord
from services.accounts.consents import ConsentStatus
from services.companies.companies import Billing, CompanyRecord
from services.contacts.contacts import ContactRecord
from services.directory.directory import CustomerOnFile, ProgramRecord
from services.einvoicing.einvoices import EInvoiceRecord
from services.einvoicing.issued_invoices import Invoice
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.payments.methods import Method
from services.payments.record import PaymentRecord
from services.payments.refunds import RefundRecord
from services.payments.transfers import TransferReceipt
from services.store.conversations import StoredConversation
from services.subscriptions.subscription_record import Subscription
from services.support.feedback import FeedbackRecord
from values.money import Money, Vat

Json = dict[str, Any]


class RowOf(Struct, frozen=True):
    """The facts of a record under the API's names; by each name the place in the record, empty for one from elsewhere.

    Facts from elsewhere are given to `row`, or found by the shape, which has their types.
    """

    record: type[Any]
    places: Mapping[str, tuple[str, ...]]

    def row(self, record: object, **given: Any) -> Json:
        """Return the record as JSON; `given` are facts that it hasn't, or that are told otherwise."""
        places = self.places.items()
        return {n: given[n] if n in given else _json(record, at) for n, at in places if at or n in given}

    def hints(self) -> dict[str, Any]:
        """Return the type of each fact, `Any` for one from elsewhere."""
        return {name: _hint(self.record, at) if at else Any for name, at in self.places.items()}


def format_moment(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, with a Z."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(record: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        record = None if record is None else getattr(record, name)
    if isinstance(record, datetime):
        return format_moment(record)
    return record.minor if isinstance(record, Money) else record


def _hint(record: Any, place: tuple[str, ...]) -> Any:
    """Return the type of what stands there, None included where something on the way may be missing."""
    missing = False
    for name in place:
        if NoneType in get_args(record):
            record, missing = get_args(record)[0], True
        own = getattr(record, name)
        record = get_type_hints(own.fget)["return"] if isinstance(own, property) else get_type_hints(record)[name]
    return record | None if missing else record


def _row_of(record: type[Any], names: str) -> RowOf:
    """Read "name" as the record's own, "name=place" as one that stands there, "name=" as one from elsewhere."""
    named = (name.partition("=") for name in names.split())
    return RowOf(
        record, {name: tuple(filter(None, (place if told else name).split("."))) for name, told, place in named}
    )


ACCOUNT = _row_of(AccountRecord, "id email user_name phone= locale created_at account=")
BILLING = _row_of(Billing, "country tax_number name street postal_code city sdi_code pec")
CONTACT = _row_of(ContactRecord, "kind value verified_at")
COMPANY = _row_of(
    CompanyRecord,
    f"id {' '.join(f'{name}=billing.{name}' for name in BILLING.places)}"
    " source check confirmed_at contact_form= contact_forms= vat_checked_at=vat_check.at vat_check_id=vat_check.id"
    " answers=",
)
CONSENT = _row_of(ConsentStatus, "id=consent_id version locale given_at withdrawn_at channel how words")
ITEM = _row_of(Item, "id quantity term years once adds")
TAX = _row_of(Vat, "percent reason country vat_number=number checked_at check_id")
ORDER = _row_of(
    OrderRecord,
    "id number company_id items= discount_code=discount.code net=price.net vat=price.vat gross=price.gross"
    " currency tax= method status refunded_amount= placed_at withdrawn_at= answers=",
)
PAYMENT = _row_of(PaymentRecord, "id order_number= method provider amount currency status refunded_amount disputed")
REFUND = _row_of(
    RefundRecord, "id payment_id amount currency reason status=stands awaits_second failure requested_at settled_at"
)
SUBSCRIPTION = _row_of(
    Subscription,
    "id product quantity seats=quantity next_quantity next_plan term years status=stands starts_at ends_at"
    " trial_ends_at auto_renewal end_reason=why_ended",
)
METHOD = _row_of(Method, "id method label=display_name default=is_default")
EINVOICE = _row_of(EInvoiceRecord, "id status email activated_at")
CONVERSATION = _row_of(StoredConversation, "id channel mode")
PROGRAM = _row_of(ProgramRecord, "product serial subscription_ends_at")
ON_FILE = _row_of(
    CustomerOnFile,
    "id ref customer_number user_name name email phone country tax_number legal_form programs= customer_id=account_id"
    " imported_at",
)
INVOICE = _row_of(
    Invoice,
    "id customer_id=account_id number=issued.number issued_on=issued.issued_on due_on=issued.due_on"
    " gross=issued.gross currency=issued.currency url=issued.url"
    " order_number=issued.order_number kind=issued.kind ksef_number=issued.ksef_number has_pdf told_at",
)
TRANSFER = _row_of(TransferReceipt, "reference amount currency status told_at=at")
FEEDBACK = _row_of(FeedbackRecord, "id conversation_id about locale helpful words at")
