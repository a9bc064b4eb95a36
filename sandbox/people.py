"""The invented companies, customers on file and discount codes, as `people.toml` lists them."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

Behaviour = Literal["down", "slow", "unknown"]


class PeopleCompany(Struct, frozen=True):
    """A company in the registers. `behaviour` is how each register answers for it; `shows` says what it is good for."""

    country: str
    shows: str
    name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    nip: str = ""
    regon: str = ""
    krs: str = ""
    partita_iva: str = ""
    codice_fiscale: str = ""
    vat_number: str = ""
    legal_form: str = ""
    vat_status: str = ""
    ended: str = ""
    behaviour: Behaviour | None = None
    registers: tuple[str, ...] = ()

    @property
    def vat_digits(self) -> str:
        """The number as VIES takes it: without the country."""
        return self.nip or self.partita_iva or self.vat_number.removeprefix(self.country)

    @property
    def is_person(self) -> bool:
        """True if a natural person carries on the business."""
        return self.legal_form == "natural_person_business"


class PeopleProgram(Struct, frozen=True):
    """A program that a customer on file owns."""

    product: str
    serial: str
    subscription_ends_in_days: int


class PersonOnFile(Struct, frozen=True):
    """A customer on file in a profile's directory."""

    profile: str
    shows: str
    customer_number: str = ""
    username: str = ""
    phone: str = ""
    email: str = ""
    password: str = ""
    nip: str = ""
    legal_form: str = ""
    registered: bool = False
    programs: tuple[PeopleProgram, ...] = ()

    @property
    def ref(self) -> str:
        """The customer's reference in the seller's own system."""
        return self.customer_number or self.username or self.email


class PeopleDiscount(Struct, frozen=True):
    """A discount code known to a profile."""

    profile: str
    code: str
    percent: int
    shows: str
    expired: bool = False


class LookupRefused(Struct, frozen=True):
    """An address that its provider turns down: SMSAPI with that error number, the mail relay with that reply code."""

    code: int
    shows: str
    phone: str = ""
    email: str = ""


class People(Struct, frozen=True):
    """Everybody whom the stand-ins know."""

    companies: tuple[PeopleCompany, ...]
    customers: tuple[PersonOnFile, ...]
    discounts: tuple[PeopleDiscount, ...]
    refused: tuple[LookupRefused, ...]

    def company_by_nip(self, nip: str) -> PeopleCompany | None:
        """Return the Polish company with that tax number."""
        return next((c for c in self.companies if c.nip == nip and nip), None)

    def company_by_regon(self, regon: str) -> PeopleCompany | None:
        """Return the Polish company with that REGON (9 digits, or the 14 of a unit of it)."""
        return next((c for c in self.companies if c.regon and c.regon == regon[:9]), None)

    def company_by_krs(self, krs: str) -> PeopleCompany | None:
        """Return the Polish company with that number in the court register."""
        return next((c for c in self.companies if c.krs and c.krs == krs.zfill(10)), None)

    def company_by_vat(self, country: str, digits: str) -> PeopleCompany | None:
        """Return the company with that EU VAT number."""
        return next((c for c in self.companies if c.country == country and c.vat_digits == digits and digits), None)

    def refusal_of_phone(self, phone: str) -> int | None:
        """Return the SMSAPI error that a number (E.164) meets, if it meets one."""
        return next((r.code for r in self.refused if r.phone == phone and phone), None)

    def refusal_of_email(self, email: str) -> int | None:
        """Return the SMTP reply that an address meets, if it is turned down."""
        return next((r.code for r in self.refused if r.email == email.lower() and email), None)


@cache
def load_people() -> People:
    """Return the list shipped with the sandbox."""
    raw = tomllib.loads(Path(__file__).with_name("people.toml").read_text("utf-8"))
    return People(
        companies=tuple(_company(entry) for entry in raw["company"]),
        customers=tuple(_customer(entry) for entry in raw["directory"]),
        discounts=tuple(PeopleDiscount(**entry) for entry in raw["discount"]),
        refused=tuple(LookupRefused(**entry) for entry in raw["refused"]),
    )


def _company(entry: dict[str, Any]) -> PeopleCompany:
    fields: dict[str, Any] = {**entry, "registers": tuple(entry.get("registers", ()))}
    return PeopleCompany(**fields)


def _customer(entry: dict[str, Any]) -> PersonOnFile:
    programs = tuple(PeopleProgram(**program) for program in entry.get("programs", ()))
    fields: dict[str, Any] = {**entry, "programs": programs}
    return PersonOnFile(**fields)
