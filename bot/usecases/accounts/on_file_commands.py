"""Acts about customers on file: who may register, what a contact on file is compared with, a forgotten password.

How often anybody may try is limited per conversation, per network address, per customer and, against a list being
read out number by number, for the whole desk (docs/decisions/customer-numbers.md).
"""

import hmac
from datetime import timedelta

import structlog

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import HELD_BACK, CommandDeps
from bot.usecases.contacts.commands import limited, not_right
from dialogs.kit import Event
from dialogs.messages.on_file import (
    AlreadyRegistered,
    CheckLoginCode,
    ContactDiffers,
    ContactMatches,
    CustomerRegistered,
    FindOnFile,
    LoginCodeRight,
    MatchContact,
    MatchesLimited,
    NumberFound,
    NumberRefused,
    NumbersLimited,
    NumberToLookUp,
    ProofStarted,
    RegisterCustomer,
    ResetByCode,
    ResetByLetter,
    StartProof,
    StartResetOf,
)
from services import limits
from services.accounts import account_search, account_view, credentials
from services.accounts import links as one_time
from services.accounts.accounts import AccountRecord
from services.contacts import codes, contacts
from services.directory import accounts, directory
from services.directory.directory import CustomerOnFile
from values import email as emails
from values import phone as phones
from values.parsing import Ok

_log = structlog.get_logger(__name__)

# Numbers tried in one conversation: each counts once an hour, however often it is typed.
NUMBERS = (
    limits.Rule("customer numbers, an hour", 3, timedelta(hours=1)),
    limits.Rule("customer numbers, a day", 10, timedelta(days=1)),
)
# Numbers tried from one network address, whatever number of conversations it begins. Fewer than make the whole desk
# stop (`WATCHED`): one guesser doesn't take the answers from everybody.
PER_ADDRESS = limits.Rule("customer numbers, an address", 15, timedelta(hours=1))
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


def find_on_file(tools: CommandDeps, act: FindOnFile, done: CommandContext) -> Event:
    """What stands under a number, told as the profile's `enumeration` allows. Each look-up is logged, without it."""
    if (wait := _held(tools, act.number, done)) is not None:
        _log.warning("customer_numbers_limited")
        return NumbersLimited(wait)
    known = directory.by_number(done.connection, act.number)
    if known is None and tools.looks_up and not act.asked:
        return NumberToLookUp()
    outcome = _outcome(known)
    limits.hit(done.connection, TRIED, DESK, server_key=tools.server_key, now=done.now)
    if known is None:
        limits.hit(done.connection, UNKNOWN, DESK, server_key=tools.server_key, now=done.now)
    _log.info("customer_number_looked_up", outcome=outcome or "found")
    if outcome is None or tools.seller.sign_up.enumeration == "strict":
        return NumberFound()
    return NumberRefused(outcome)


def match_contact(tools: CommandDeps, act: MatchContact, done: CommandContext) -> Event:
    """Whether it is the contact on file; how often it wasn't is counted."""
    subjects = tuple(zip(DIFFERING, (done.conversation.id, act.number), strict=True))
    if tools.quotas:
        for rule, of in subjects:
            limits.hold(done.connection, rule, of, server_key=tools.server_key)
        held = [
            limits.free_at(done.connection, rule, of, server_key=tools.server_key, now=done.now)
            for rule, of in subjects
        ]
        if waits := [free for free in held if free is not None]:
            return MatchesLimited(_seconds(max(waits) - done.now))
    known = directory.by_number(done.connection, act.number)
    on_file = _on_file(known, act.kind)
    given = emails.key(act.value) if act.kind == "email" else act.value
    if on_file and hmac.compare_digest(on_file.encode(), given.encode()):
        return ContactMatches()
    for rule, of in subjects:
        limits.hit(done.connection, rule, of, server_key=tools.server_key, now=done.now)
    return ContactDiffers()


def start_proof(tools: CommandDeps, act: StartProof, done: CommandContext) -> Event:
    """The link of the letter that proves the address on file; the conversation's older one dies."""
    key = emails.key(act.email)
    if not tools.may_write(done, key):
        return ProofStarted(HELD_BACK)
    tools.link(done, "register", None, {"to": one_time.addressee(tools.server_key, key)})
    return ProofStarted(done.id)


def register_customer(tools: CommandDeps, act: RegisterCustomer, done: CommandContext) -> Event:
    """The account with the contacts on file, of which this kind is proven."""
    known = directory.by_number(done.connection, act.number)
    if known is None:
        raise LookupError("a customer was proven who isn't on file any more")
    kind: contacts.Kind = "phone" if act.kind == "phone" else "email"
    # Whoever comes back so late that the unused password was dropped sets one by "forgotten password".
    kept = credentials.is_kept(done.connection, act.credential)
    made = accounts.open_account(
        done.connection,
        known,
        account_id=done.id,
        credential_id=act.credential if kept else None,
        locale=done.locale,
        proven=(kind,),
        now=done.now,
    )
    return AlreadyRegistered() if made is None else CustomerRegistered()


def start_reset_of(tools: CommandDeps, act: StartResetOf, done: CommandContext) -> Event:
    """A link or a code to the account's own contact; counted alike for a login that nobody has."""
    mine = account_search.find_by_login(done.connection, login_key(act.login))
    if act.channel == "email":
        return _by_letter(tools, act, done, mine)
    phone = _contact_of(done, mine, "phone")
    return limited(tools, done, "login", phone or _nobody(act.login)) or ResetByCode(done.id, phone)


def check_login_code(tools: CommandDeps, act: CheckLoginCode, done: CommandContext) -> Event:
    """Counts the try and compares; the right code opens the page for a new password of that account."""
    mine = account_search.find_by_login(done.connection, login_key(act.login))
    phone = _contact_of(done, mine, "phone")
    checked = codes.check(
        done.connection,
        challenge_id=act.challenge,
        target=phone or _nobody(act.login),
        typed=act.typed,
        server_key=tools.server_key,
        now=done.now,
        quotas=tools.quotas,
    )
    if isinstance(checked, codes.RightCode) and mine is not None:
        tools.link(done, "reset_password", mine.id, {})
        return LoginCodeRight(done.id)
    return not_right(checked)


def login_key(login: str) -> str:
    """The form in which a login is compared."""
    return emails.key(login.strip())


def _by_letter(tools: CommandDeps, act: StartResetOf, done: CommandContext, mine: AccountRecord | None) -> Event:
    to = _contact_of(done, mine, "email")
    if not tools.may_write(done, emails.key(to) if to else login_key(act.login)) or mine is None or not to:
        return ResetByLetter(HELD_BACK, "")
    tools.link(done, "reset_password", mine.id, {})
    return ResetByLetter(done.id, to)


def _held(tools: CommandDeps, number: str, done: CommandContext) -> int | None:
    """The seconds for which no further number may be tried, None if this one may."""
    if not tools.quotas:
        return None
    key, now, chat = tools.server_key, done.now, done.conversation.id
    tried = limits.count(done.connection, TRIED, DESK, server_key=key, now=now)
    unknown = limits.count(done.connection, UNKNOWN, DESK, server_key=key, now=now)
    if tried >= WATCHED and unknown * 100 > UNKNOWN_PERCENT * tried:
        _log.error("customer_numbers_stopped", alarm=True)
        return _seconds(TRIED.per)
    if not limits.allow(done.connection, SAME_NUMBER, f"{chat} {number}", server_key=key, now=now):
        return None
    by_address = [(PER_ADDRESS, done.network)] if done.network is not None else []
    subjects = [*((rule, chat) for rule in NUMBERS), *by_address]
    for rule, of in by_address:
        limits.hold(done.connection, rule, of, server_key=key)
    free = [limits.free_at(done.connection, rule, of, server_key=key, now=now) for rule, of in subjects]
    if waits := [moment for moment in free if moment is not None]:
        limits.take_back(done.connection, SAME_NUMBER, f"{chat} {number}", server_key=key)
        return _seconds(max(waits) - now)
    for rule, of in subjects:
        limits.hit(done.connection, rule, of, server_key=key, now=now)
    return None


def _outcome(known: CustomerOnFile | None) -> str | None:
    """Why nobody may register under the number; None if somebody may."""
    if known is None:
        return "unknown"
    if known.account_id is not None:
        return "registered"
    return None if known.email or known.phone else "no_contact"


def _on_file(known: CustomerOnFile | None, kind: str) -> str | None:
    """The contact on file in the form that is compared."""
    if known is None:
        return None
    if kind == "email":
        return known.email_key
    parsed = phones.parse(known.phone or "", known.country or "PL")
    return parsed.value if isinstance(parsed, Ok) else known.phone


def _contact_of(done: CommandContext, mine: AccountRecord | None, kind: contacts.Kind) -> str:
    """The account's contact of a kind; empty if there is none, or no account."""
    known = contacts.of_account(done.connection, mine.id) if mine is not None else []
    best = account_view.best(known, kind)
    return "" if best is None else best.value


def _nobody(login: str) -> str:
    return f"nobody {login_key(login)}"


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))
