"""Customers on file: the record that the seller's system sends, and the one-time pages that such customers use."""

from msgspec import Struct

from bot.conversation.identity import derived_id
from bot.conversation.port import UnitOfWork
from services.accounts import one_time_links
from services.accounts.one_time_links import OneTimeLink
from services.directory import directory, directory_accounts
from services.directory.lookup import LookedUpCustomer
from values import email as emails
from values import phone as phones
from values.codes import parse_customer_number
from values.incoming_text import without_turns
from values.parsing import Ok, Parsed
from values.seller import Seller


class ReadRecord(Struct, frozen=True):
    """The readable fields of a record. `unread` names the others with the reason, never with their content."""

    customer_number: str | None
    email: str | None
    phone: str | None
    unread: tuple[str, ...]


def read_record(seller: Seller, *, customer_number: str | None, email: str | None, phone: str | None) -> ReadRecord:
    """Read the three in the forms in which they are compared."""
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


def looked_up(seller: Seller, told: LookedUpCustomer, number: str) -> directory.DirectoryRecord | None:
    """Return the record of whoever was asked for by this number; None if the answer is about somebody else.

    A contact that can't be read is left out: nobody could prove it.
    """
    contacts = {contact.kind: contact.value for contact in reversed(told.contacts)}
    known = read_record(
        seller, customer_number=told.customer_number, email=contacts.get("email"), phone=contacts.get("phone")
    )
    if known.customer_number != number:
        return None
    return directory.DirectoryRecord(
        ref=told.ref or told.customer_number,
        customer_number=known.customer_number,
        name=without_turns(told.name) or None,
        email=known.email,
        phone=known.phone,
        programs=tuple(directory.ProgramRecord(p.product, p.serial, p.ends_at) for p in told.programs),
    )


def stands(tx: UnitOfWork, link: OneTimeLink, server_key: bytes) -> bool:
    """Return whether a link for a first password may still make the account.

    None was made meanwhile, and the address on file is the one that the letter went to. True for every other link.
    """
    if "customer" not in link.data:
        return True
    known = directory.get(tx.connection, link.data["customer"])
    if known is None or known.account_id is not None or not known.email_key:
        return False
    return one_time_links.is_addressee(server_key, str(link.data["to"]), known.email_key)


def open_account(tx: UnitOfWork, link: OneTimeLink, credential: str, server_key: bytes, locale: str) -> None:
    """Open the account of the customer whose mailbox received the link, with their subscriptions."""
    known: directory.CustomerOnFile | None = directory.get(tx.connection, link.data["customer"])
    if known is None:
        raise LookupError("a customer set a password who isn't on file any more")
    directory_accounts.open_account(
        tx.connection,
        known,
        account_id=derived_id(server_key, f"{link.id}:account"),
        credential_id=credential,
        locale=locale,
        proven=("email",),
        conversation_id=link.conversation_id,
        now=tx.now,
    )
