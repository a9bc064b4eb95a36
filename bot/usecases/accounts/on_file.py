"""Customers on file: looked up and proven in a chat, the seller's record of them, and the one-time pages they use."""

import hmac
from datetime import timedelta

import structlog
from msgspec import Struct

from bot.conversation.identity import derived_id
from bot.conversation.port import UnitOfWork
from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import HELD_BACK, CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages import on_file as filed
from services import limits
from services.accounts import credentials, one_time_links
from services.accounts.one_time_links import OneTimeLink
from services.contacts import contacts
from services.directory import directory, directory_accounts
from services.directory.lookup import LookedUpCustomer
from values import email as emails
from values import phone as phones
from values.codes import parse_customer_number
from values.incoming_text import without_turns
from values.parsing import Ok, Parsed
from values.seller import Seller

_log = structlog.get_logger(__name__)


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


def pick_looked_up_record(seller: Seller, told: LookedUpCustomer, number: str) -> directory.DirectoryRecord | None:
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


def may_link_open_account(tx: UnitOfWork, link: OneTimeLink, server_key: bytes) -> bool:
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


# Numbers tried in one conversation: each counts once an hour, however often it is typed.
NUMBERS = (
    limits.Rule("customer numbers, an hour", 3, timedelta(hours=1)),
    limits.Rule("customer numbers, a day", 10, timedelta(days=1)),
)
# Numbers tried from one network address, whatever number of conversations it begins. Fewer than make the whole desk
# stop (`WATCHED`): one guesser doesn't take the answers from everybody.
PER_ADDRESS = limits.Rule("customer numbers, an address", 15, timedelta(hours=1))
# Beside it so many different ones in a day: who asks for a house of customers is done, who lists a town isn't.
DIFFERENT_A_DAY = limits.Rule("customer numbers, an address a day", 20, timedelta(days=1))
KNOWN_THERE = limits.Rule("customer number of an address", 1, timedelta(days=1))
SAME_NUMBER = limits.Rule("customer number again", 1, timedelta(hours=1))
# The whole desk: if of at least so many numbers in an hour more than so many percent were nobody's, somebody guesses.
WATCHED, UNKNOWN_PERCENT = 20, 30
TRIED = limits.Rule("customer numbers tried", WATCHED, timedelta(hours=1))
UNKNOWN = limits.Rule("customer numbers unknown", WATCHED, timedelta(hours=1))
DESK = "desk"
# Contacts that weren't the one on file: from one conversation, and for one customer whoever tries.
DIFFERING = (
    limits.Rule("contacts differing", 5, timedelta(hours=1)),
    limits.Rule("contacts differing, a customer", 10, timedelta(days=1)),
)


@handles(filed.FindOnFile)
def find_on_file(deps: CommandDeps, command: filed.FindOnFile, context: CommandContext) -> Event:
    """Look up a customer number, answering as the profile's `enumeration` allows; log it without the number."""
    if (wait := _held(deps, command.number, context)) is not None:
        _log.warning("customer_numbers_limited")
        return filed.NumbersLimited(wait)
    known = directory.by_number(context.connection, command.number)
    if known is None and deps.looks_up and not command.asked:
        return filed.NumberToLookUp()
    outcome = _outcome(known)
    limits.hit(context.connection, TRIED, DESK, server_key=deps.server_key, now=context.now)
    if known is None:
        limits.hit(context.connection, UNKNOWN, DESK, server_key=deps.server_key, now=context.now)
    _log.info("customer_number_looked_up", outcome=outcome or "found")
    if outcome is None or deps.seller.sign_up.enumeration == "strict":
        return filed.NumberFound()
    return filed.NumberRefused(outcome)


@handles(filed.MatchContact)
def match_contact(deps: CommandDeps, command: filed.MatchContact, context: CommandContext) -> Event:
    """Compare a contact with the one on file, and count the mismatches."""
    subjects = tuple(zip(DIFFERING, (context.conversation.id, command.number), strict=True))
    if deps.quotas:
        held = limits.hold_all(context.connection, subjects, server_key=deps.server_key, now=context.now)
        if held is not None:
            return filed.MatchesLimited(held.retry_after)
    known = directory.by_number(context.connection, command.number)
    on_file = contact_on_file(known, command.kind)
    given = emails.key(command.value) if command.kind == "email" else command.value
    if on_file and hmac.compare_digest(on_file.encode(), given.encode()):
        return filed.ContactMatches()
    for rule, of in subjects:
        limits.hit(context.connection, rule, of, server_key=deps.server_key, now=context.now)
    return filed.ContactDiffers()


@handles(filed.StartProof)
def start_proof(deps: CommandDeps, command: filed.StartProof, context: CommandContext) -> Event:
    """Issue the link of the e-mail that proves the address on file; the conversation's older one dies."""
    key = emails.key(command.email)
    if not deps.may_write(context, key):
        return filed.ProofStarted(HELD_BACK)
    deps.link(context, "register", None, {"to": one_time_links.make_address_mark(deps.server_key, key)})
    return filed.ProofStarted(context.id)


@handles(filed.RegisterCustomer)
def register_customer(deps: CommandDeps, command: filed.RegisterCustomer, context: CommandContext) -> Event:
    """Open the account of a customer on file, whose contact of this kind is proven."""
    known = directory.by_number(context.connection, command.number)
    if known is None:
        raise LookupError("a customer was proven who isn't on file any more")
    kind: contacts.Kind = "phone" if command.kind == "phone" else "email"
    # Whoever comes back so late that the unused password was dropped sets one by "forgotten password".
    kept = credentials.is_kept(context.connection, command.credential)
    made = directory_accounts.open_account(
        context.connection,
        known,
        account_id=context.id,
        credential_id=command.credential if kept else None,
        locale=context.locale,
        proven=(kind,),
        conversation_id=context.conversation.id,
        now=context.now,
    )
    return filed.AlreadyRegistered() if made is None else filed.CustomerRegistered()


def _held(deps: CommandDeps, number: str, context: CommandContext) -> int | None:
    """Return the seconds for which no further number may be tried, None if this one may."""
    if not deps.quotas:
        return None
    key, now, chat = deps.server_key, context.now, context.conversation.id
    tried = limits.count(context.connection, TRIED, DESK, server_key=key, now=now)
    unknown = limits.count(context.connection, UNKNOWN, DESK, server_key=key, now=now)
    if tried >= WATCHED and unknown * 100 > UNKNOWN_PERCENT * tried:
        _log.error("customer_numbers_stopped", alarm=True)
        return round(TRIED.per.total_seconds())
    if not limits.allow(context.connection, SAME_NUMBER, f"{chat} {number}", server_key=key, now=now):
        return None
    once, by_address = ((SAME_NUMBER, f"{chat} {number}"),), tuple[tuple[limits.Rule, str], ...]()
    if (network := context.network) is not None:
        by_address = ((PER_ADDRESS, network),)
        of_network = (KNOWN_THERE, f"{network} {number}")
        if limits.allow(context.connection, *of_network, server_key=key, now=now):
            once, by_address = (*once, of_network), (*by_address, (DIFFERENT_A_DAY, network))
    subjects = (*((rule, chat) for rule in NUMBERS), *by_address)
    if (held := limits.count_try(context.connection, subjects, server_key=key, now=now)) is None:
        return None
    limits.take_back_try(context.connection, once, server_key=key)
    return held.retry_after


def _outcome(known: directory.CustomerOnFile | None) -> str | None:
    """Why nobody may register under the number; None if somebody may."""
    if known is None:
        return "unknown"
    if known.account_id is not None:
        return "registered"
    return None if known.email or known.phone else "no_contact"


def contact_on_file(known: directory.CustomerOnFile | None, kind: str) -> str | None:
    """Return the contact on file in the form that is compared."""
    if known is None:
        return None
    if kind == "email":
        return known.email_key
    parsed = phones.parse(known.phone or "", known.country or "PL")
    return parsed.value if isinstance(parsed, Ok) else known.phone
