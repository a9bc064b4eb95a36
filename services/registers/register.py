"""Registers of companies: their answers about a tax number, and the protocol of their clients."""

from collections.abc import Set
from datetime import UTC, date, datetime, time
from typing import Literal, Protocol

from msgspec import Struct

from values.private import HiddenStruct

Source = Literal["mf", "gus", "vies"]
LegalForm = Literal["company", "sole_trader"]

NOON = time(12, tzinfo=UTC)
EXEMPT = "Zwolniony"
"""The status, in the Polish list of VAT payers, of whom it knows and who needn't pay."""


class StruckOff(Struct, frozen=True):
    """A company that a register has struck off.

    `since`: noon of the day, None where the register's date can't be read.
    """

    of: Literal["vat", "business"]
    since: datetime | None


def day(text: str) -> datetime | None:
    """Noon of "2024-03-31", which is that day all over Europe; None where the form differs."""
    try:
        return datetime.combine(date.fromisoformat(text[:10]), NOON)
    except ValueError:
        return None


class RegisterData(HiddenStruct):
    """A company as a register writes it. Texts are empty where it keeps them back or they can't be told apart.

    `country` is that of the number, `seat` that of the address where it is another one.
    `tax_number` is national, without the country's letters. `notes` are for the seller, not the customer, as codes:
    "vat_status:Zwolniony", "vat_removed:2024-03-31", "ended:2024-03-31", "data_withheld".
    """

    country: str
    tax_number: str
    name: str
    street: str
    postal_code: str
    city: str
    legal_form: LegalForm | None = None
    seat: str = ""
    notes: tuple[str, ...] = ()

    @property
    def struck_off(self) -> StruckOff | None:
        """Since when the register no longer counts it among the living, if it says so."""
        told = {name: said for name, _, said in (note.partition(":") for note in self.notes)}
        if "ended" in told:
            return StruckOff("business", day(told["ended"]))
        # An active payer's status is no note; who is exempt was taken off one list to stand on another.
        if "vat_removed" in told and told.get("vat_status", EXEMPT) != EXEMPT:
            return StruckOff("vat", day(told["vat_removed"]))
        return None


class Evidence(Struct, frozen=True):
    """Proof of the check: the register's own number for it, where it gives one, and when it was made."""

    request_id: str | None
    at: datetime


class CompanyFoundInRegister(Struct, frozen=True):
    """The register knows the number."""

    company: RegisterData
    source: Source
    evidence: Evidence


class NotFound(Struct, frozen=True):
    """The register answered that it does not know the number, which does not mean that the number is false.

    `source` is the last one that said so; None when there was no register to ask for that country.
    """

    source: Source | None


class Register(Protocol):
    """A register's client."""

    @property
    def source(self) -> Source: ...

    @property
    def countries(self) -> Set[str] | None:
        """The countries it serves (two letters); None: any."""
        ...

    async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
        """Ask for a national tax number, for at most `within_s` seconds.

        Raises ProviderRefused("tax_number_refused") for a number the register calls malformed, ProviderUnavailable,
        Misconfigured.
        """
        ...
