"""A customer as the seller's own system tells of one, as the desk keeps one: contacts are read as in the chat."""

from dataclasses import dataclass

from services.directory.directory import DirectoryRecord, ProgramRecord
from services.directory.lookup import LookedUpCustomer
from values import email as emails
from values import phone as phones
from values.codes import parse_customer_number
from values.parsing import Ok, Parsed
from values.seller import Seller


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """What could be read. `unread` names fields with the reason, never what stood in them."""

    customer_number: str | None
    email: str | None
    phone: str | None
    unread: tuple[str, ...]


def read(seller: Seller, *, customer_number: str | None, email: str | None, phone: str | None) -> ReadRecord:
    """Reads the three in the forms in which they are compared."""
    outcomes: dict[str, Parsed[str]] = {}
    if customer_number is not None:
        by_number = seller.sign_up.by == "customer_number"
        outcomes["customer_number"] = (
            parse_customer_number(customer_number) if by_number else Ok(customer_number.strip())
        )
    if email is not None:
        outcomes["email"] = emails.parse(email)
    if phone is not None:
        outcomes["phone"] = phones.parse(phone, seller.country, seller.phone_countries)
    values = {name: outcome.value for name, outcome in outcomes.items() if isinstance(outcome, Ok)}
    unread = tuple(
        f"{name}: {outcome.reason.partition('.')[2]}"
        for name, outcome in outcomes.items()
        if not isinstance(outcome, Ok)
    )
    return ReadRecord(values.get("customer_number"), values.get("email"), values.get("phone"), unread)


def looked_up(seller: Seller, told: LookedUpCustomer, number: str) -> DirectoryRecord | None:
    """The record of whoever was asked for by this number; None if the answer is about somebody else.

    A contact that can't be read is left out: nobody could prove it.
    """
    contacts = {contact.kind: contact.value for contact in reversed(told.contacts)}
    known = read(seller, customer_number=told.customer_number, email=contacts.get("email"), phone=contacts.get("phone"))
    if known.customer_number != number:
        return None
    return DirectoryRecord(
        ref=told.ref or told.customer_number,
        customer_number=known.customer_number,
        name=told.name or None,
        email=known.email,
        phone=known.phone,
        programs=tuple(ProgramRecord(p.product, p.serial, p.ends_at) for p in told.programs),
    )
