"""The shapes of the seller's own records: customers on file, invoices."""

from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from bot.handlers.api.shapes import Day, Minor, Page, make_whole, shape_of
from services.seller import rows
from values.account_view import InvoiceKind
from values.incoming_text import without_turns
from values.rules import LegalForm

Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166, two letters.")]
MOST_PDF = 2 * 1024 * 1024
PDF = "^JVBERi[0-3][A-Za-z0-9+/]([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""`%PDF-`, the magic bytes of the format (ISO 32000-2, 7.5.2), and what follows, in base64."""
_PHONE = r"^\+?[0-9][0-9 ().-]{4,38}$"


class ImportedProgram(BaseModel):
    """A program that a customer owns."""

    model_config = ConfigDict(extra="forbid")

    product: Annotated[str, Field(pattern="^[0-9A-Za-z_.-]{1,64}$", description="As the profile's plans call it.")]
    serial: Words
    subscription_ends_at: AwareDatetime | None = None


class ImportedCustomer(BaseModel):
    """A customer as the seller has one on file."""

    model_config = ConfigDict(extra="forbid")

    ref: Annotated[Words, Field(description="Your own name for the customer; it never changes.")]
    customer_number: Words | None = None
    user_name: Words | None = None
    name: Annotated[Words, AfterValidator(without_turns)] | None = None
    email: Annotated[str | None, Field(max_length=254, json_schema_extra={"format": "email"})] = None
    phone: Annotated[
        str | None, Field(max_length=40, description="A mobile; kept as E.164.", json_schema_extra={"pattern": _PHONE})
    ] = None
    country: Country | None = None
    tax_number: Words | None = None
    legal_form: LegalForm | None = None
    programs: Annotated[list[ImportedProgram], Field(max_length=200)] = []


class NewDirectory(BaseModel):
    """Up to a thousand customers at a time."""

    model_config = ConfigDict(extra="forbid")

    customers: Annotated[list[ImportedCustomer], Field(min_length=1, max_length=1000)]


class Imported(BaseModel):
    """The number of customers put on file or brought up to date."""

    imported: int


class ProgramRow(shape_of(rows.PROGRAM)):
    """A program that a customer owns."""


class OnFileRow(shape_of(rows.ON_FILE)):
    """A customer on file; `customer_id` is the account's, once there is one."""

    programs: list[ProgramRow]


class DirectoryPage(Page[OnFileRow]):
    """Customers on file."""


_BOTH: dict[str, Any] = {
    "required": ["pdf", "url"],
    "properties": {"pdf": {"type": "string"}, "url": {"type": "string"}},
}


class _NewInvoice(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"not": _BOTH})

    number: Words
    issued_on: Day
    due_on: Day | None = None
    gross: Annotated[
        int,
        Field(strict=True, ge=-(10**12), le=10**12, description="In minor units; negative for a correction downwards."),
        BeforeValidator(make_whole),
    ]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
    url: Annotated[
        str | None,
        Field(pattern=r"^https://[!-~]{1,1000}$", description="Where the customer can open it; never fetched."),
    ] = None
    order_number: Annotated[Words | None, Field(description="The customer's order that it is for.")] = None
    kind: Annotated[
        InvoiceKind | None, Field(description="Without it a negative sum is a correction, any other an invoice.")
    ] = None
    ksef_number: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{10}-[0-9]{8}-[0-9A-F]{6}-?[0-9A-F]{6}-[0-9A-F]{2}$",
            description="Its number in KSeF, once it has one.",
        ),
    ] = None
    pdf: Annotated[
        str | None,
        Field(
            max_length=-(-MOST_PDF // 3) * 4,
            pattern=PDF,
            description="The document, in base64, of 2 MB at most; or `url`.",
        ),
    ] = None

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.pdf is not None and self.url is not None:
            raise ValueError("give pdf or url")
        return self


class InvoiceOnFile(_NewInvoice):
    """An invoice for a customer on file, registered or not."""

    ref: Annotated[Words, Field(description="Your own name for the customer.")]
    customer_id: None = None


class InvoiceOfCustomer(_NewInvoice):
    """An invoice for a customer of the desk's."""

    customer_id: Annotated[str, Field(pattern="^[0-9A-Za-z_-]{1,64}$", description="The `id` of a customer.")]
    ref: None = None


NewInvoice = InvoiceOnFile | InvoiceOfCustomer


class InvoiceRow(shape_of(rows.INVOICE)):
    """An invoice; `customer_id` is null while its customer hasn't registered."""

    gross: Minor


class InvoicePage(Page[InvoiceRow]):
    """Invoices, in the order in which they were told."""
