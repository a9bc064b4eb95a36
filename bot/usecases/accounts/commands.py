"""Commands about accounts: sign-up, customers on file, forgotten log-ins, consents, start links.

Tries to register a customer on file are limited per conversation, network address and customer, and, against reading
a list number by number, for the whole desk (docs/decisions/customer-numbers.md).
"""

import hmac
from datetime import timedelta

import structlog

from bot.conversation.turn import CommandContext
from bot.usecases.channels.commands import carry_over, go_on_with
from bot.usecases.command_deps import HELD_BACK, CommandDeps
from bot.usecases.contacts.commands import limited, not_right
from dialogs.kit import Event
from dialogs.messages.account import (
    AccountCreated,
    AccountLeft,
    ChangeEmail,
    CreateAccount,
    EmailChanged,
    EmailChangeStarted,
    LeaveAccount,
    OpenPage,
    PageOpened,
    ResetStarted,
    StartLinkTaken,
    StartReset,
    TakeStartLink,
    TellUserName,
    UserNameSought,
)
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
from dialogs.messages.order import ConfirmationRenewed, ResendConfirmation
from dialogs.messages.zone import ConsentsListed, ConsentsSet, ListConsents, LoggedOut, LogOut, SetConsents
from services import limits
from services.accounts import account_search, account_view, accounts, consents, credentials, one_time_links, start_links
from services.accounts import one_time_links as one_time
from services.accounts.accounts import AccountRecord
from services.accounts.start_links import StartToken
from services.contacts import codes, contacts
from services.directory import directory, directory_accounts
from services.directory.directory import CustomerOnFile
from values import email as emails
from values import phone as phones
from values.parsing import Ok
from values.rules import GO_ON, WISHES

_log = structlog.get_logger(__name__)
ENTRIES = ("sign_up", "log_in", "buy", "program", "forgot_password", "forgot_username")


def open_page(tools: CommandDeps, act: OpenPage, done: CommandContext) -> Event:
    """Open a one-time page; its token is derived from the command's id."""
    tools.link(done, act.purpose, None, {})
    return PageOpened(done.id)


def create_account(tools: CommandDeps, act: CreateAccount, done: CommandContext) -> Event:
    """Create the account with its consents, and its confirmation e-mail.

    A customer who returns after the unused password was dropped gets the account without one, and sets it by "forgotten
    password".
    """
    kept = credentials.is_kept(done.connection, act.credential)
    made = accounts.sign_up(
        done.connection,
        account_id=done.id,
        email=act.email,
        email_key=emails.key(act.email),
        person_name=act.name,
        credential_id=act.credential if kept else None,
        locale=done.locale,
        demanded=[kind for kind in ("phone", "email") if kind in tools.seller.demanded_contacts],
        conversation_id=done.conversation.id,
        now=done.now,
        names=tools.seller.sign_up.user_names,
    )
    given = {one.id: one for one in act.consents}
    for consent in tools.seller.consents:
        if consent.id in given:
            tools.consent(done, made.account_id, consent, given[consent.id])
    return AccountCreated(made.account_id, tools.letter(done, made.account_id, taken=made.taken))


def change_email(tools: CommandDeps, act: ChangeEmail, done: CommandContext) -> Event:
    """Another address: before the first is proven at once, afterwards when the new one is."""
    changed = accounts.change_email(
        done.connection,
        account_id=act.account_id,
        email=act.email,
        email_key=emails.key(act.email),
        now=done.now,
    )
    if isinstance(changed, accounts.AlreadyProven):
        return _ask_there(tools, act, done)
    return EmailChanged(act.email, tools.letter(done, act.account_id, taken=changed.taken))


def _ask_there(tools: CommandDeps, act: ChangeEmail, done: CommandContext) -> Event:
    """Send a link to the new mailbox; its page asks for the account's password."""
    key = emails.key(act.email)
    if not tools.may_write(done, key):
        return EmailChangeStarted(act.email, HELD_BACK)
    one_time_links.cancel_of_account(done.connection, account_id=act.account_id, purposes=("change_email",))
    asked = {"to": one_time_links.addressee(tools.server_key, key), "email": act.email}
    tools.link(done, "change_email", act.account_id, asked)
    return EmailChangeStarted(act.email, done.id)


def resend_confirmation(tools: CommandDeps, act: ResendConfirmation, done: CommandContext) -> Event:
    """Send the same e-mail again; the older link dies."""
    mine = accounts.get(done.connection, act.account_id)
    taken = mine is not None and mine.taken
    return ConfirmationRenewed(tools.letter(done, act.account_id, taken=taken))


def start_reset(tools: CommandDeps, act: StartReset, done: CommandContext) -> Event:
    """Start a password reset, answering alike for every address: only the e-mail reveals an account."""
    key = emails.key(act.email)
    candidates = [c for c in account_search.login_candidates(done.connection, key) if c.status == "active"]
    owner = accounts.get(done.connection, candidates[0].account_id) if candidates else None
    to = act.email if owner is None or owner.email_key == key else owner.email
    if owner is None and tools.is_user_name(act.email):
        to = ""  # nobody has it: whose mailbox that would be isn't known
    if not tools.may_write(done, emails.key(to or act.email)):
        return ResetStarted(HELD_BACK, to)
    data = _first_password(tools, key, done) if owner is None else {}
    known = owner is not None or bool(data)
    tools.link(done, "reset_password", None if owner is None else owner.id, {**data, "known": known})
    return ResetStarted(done.id, to)


def _first_password(tools: CommandDeps, email_key: str, done: CommandContext) -> dict[str, str]:
    """For a customer on file without an account: whoever reads the mailbox on file makes it by setting a password."""
    on_file = directory.by_email(done.connection, email_key) if tools.opens_by_reset else None
    if on_file is None or on_file.account_id is not None:
        return {}
    return {"customer": on_file.id, "to": one_time_links.addressee(tools.server_key, email_key)}


def tell_user_name(tools: CommandDeps, act: TellUserName, done: CommandContext) -> Event:
    """Look up a forgotten user name, answering alike for every address: only the e-mail reveals it."""
    key = emails.key(act.email)
    if not tools.may_write(done, key):
        return UserNameSought(held_back=True)
    owner = account_search.find_by_email(done.connection, key)
    known = owner is not None and owner.status == "active"
    return UserNameSought(owner.id if owner is not None and known else "")


def leave_account(_tools: CommandDeps, act: LeaveAccount, done: CommandContext) -> Event:
    """Unbind the conversation from its account."""
    accounts.unbind_conversation(done.connection, conversation_id=done.conversation.id)
    return AccountLeft(act.entry)


def take_start_link(tools: CommandDeps, act: TakeStartLink, done: CommandContext) -> Event:
    """Where a link of the seller's site leads. A personal one leads to log-in: a link can be forwarded."""
    taken = start_links.take(done.connection, token=act.token, conversation_id=done.conversation.id, now=done.now)
    if taken is None:
        return StartLinkTaken(None, over=True)
    if taken.entry == GO_ON and done.conversation.account_id is not None:
        return go_on_with(tools, taken, done)
    if taken.from_conversation == done.conversation.id:
        return StartLinkTaken(None)
    if taken.from_conversation is not None and taken.entry != GO_ON:
        return carry_over(tools, taken, done)
    personal = taken.account_id is not None or taken.customer_id is not None
    wish = taken.entry if taken.entry in WISHES else None
    way = _way_in(tools, taken, done) if personal else None
    return StartLinkTaken(taken.entry if taken.entry in ENTRIES else way, wish)


def _way_in(tools: CommandDeps, taken: StartToken, done: CommandContext) -> str:
    """Who is on file and has no account yet gets one by setting a password, by way of the mailbox."""
    on_file = directory.get(done.connection, taken.customer_id) if taken.customer_id is not None else None
    new = on_file is not None and on_file.account_id is None and tools.opens_by_reset
    return "forgot_password" if new else "log_in"


def list_consents(tools: CommandDeps, act: ListConsents, done: CommandContext) -> Event:
    """List the consents that haven't been withdrawn."""
    known = consents.of_account(done.connection, act.account_id)
    return ConsentsListed(tuple(standing.consent_id for standing in known if standing.withdrawn_at is None))


def set_consents(tools: CommandDeps, act: SetConsents, done: CommandContext) -> Event:
    """Each change is a row of its own; what was given before, in whatever words, stays as it was given."""
    given, changed = {one.id: one for one in act.given}, 0
    for consent in tools.seller.consents:
        if consent.obligatory:
            continue
        if consent.id not in given:
            changed += consents.withdraw(
                done.connection,
                account_id=act.account_id,
                conversation_id=done.conversation.id,
                consent_id=consent.id,
                channel=done.conversation.channel,
                how=act.how,
                now=done.now,
            )
        elif not consents.stands(done.connection, account_id=act.account_id, consent_id=consent.id):
            changed += 1
            tools.consent(done, act.account_id, consent, given[consent.id])
    return ConsentsSet(changed)


def log_out(_tools: CommandDeps, _act: LogOut, done: CommandContext) -> Event:
    """Log this conversation out."""
    accounts.unbind_conversation(done.connection, conversation_id=done.conversation.id)
    return LoggedOut()


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
    """Look up a customer number, answering as the profile's `enumeration` allows; log it without the number."""
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
    """Issue the link of the e-mail that proves the address on file; the conversation's older one dies."""
    key = emails.key(act.email)
    if not tools.may_write(done, key):
        return ProofStarted(HELD_BACK)
    tools.link(done, "register", None, {"to": one_time.addressee(tools.server_key, key)})
    return ProofStarted(done.id)


def register_customer(tools: CommandDeps, act: RegisterCustomer, done: CommandContext) -> Event:
    """Open the account of a customer on file, whose contact of this kind is proven."""
    known = directory.by_number(done.connection, act.number)
    if known is None:
        raise LookupError("a customer was proven who isn't on file any more")
    kind: contacts.Kind = "phone" if act.kind == "phone" else "email"
    # Whoever comes back so late that the unused password was dropped sets one by "forgotten password".
    kept = credentials.is_kept(done.connection, act.credential)
    made = directory_accounts.open_account(
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
    """Send a link or a code to the account's own contact; count alike for an unknown login."""
    mine = account_search.find_by_login(done.connection, login_key(act.login))
    if act.channel == "email":
        return _by_letter(tools, act, done, mine)
    phone = _contact_of(done, mine, "phone")
    return limited(tools, done, "login", phone or _nobody(act.login)) or ResetByCode(done.id, phone)


def check_login_code(tools: CommandDeps, act: CheckLoginCode, done: CommandContext) -> Event:
    """Count the try and compare; the right code opens the page for a new password of that account."""
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
    """Return the form in which a login is compared."""
    return emails.key(login.strip())


def _by_letter(tools: CommandDeps, act: StartResetOf, done: CommandContext, mine: AccountRecord | None) -> Event:
    to = _contact_of(done, mine, "email")
    if not tools.may_write(done, emails.key(to) if to else login_key(act.login)) or mine is None or not to:
        return ResetByLetter(HELD_BACK, "")
    tools.link(done, "reset_password", mine.id, {})
    return ResetByLetter(done.id, to)


def _held(tools: CommandDeps, number: str, done: CommandContext) -> int | None:
    """Return the seconds for which no further number may be tried, None if this one may."""
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
    """Return the contact on file in the form that is compared."""
    if known is None:
        return None
    if kind == "email":
        return known.email_key
    parsed = phones.parse(known.phone or "", known.country or "PL")
    return parsed.value if isinstance(parsed, Ok) else known.phone


def _contact_of(done: CommandContext, mine: AccountRecord | None, kind: contacts.Kind) -> str:
    """Return the account's contact of a kind; empty if there is none, or no account."""
    known = contacts.of_account(done.connection, mine.id) if mine is not None else []
    best = account_view.best(known, kind)
    return "" if best is None else best.value


def _nobody(login: str) -> str:
    return f"nobody {login_key(login)}"


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))
