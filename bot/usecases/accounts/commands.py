"""Commands about accounts: sign-up, customers on file, forgotten log-ins, consents, start links.

Tries to register a customer on file are limited per conversation, network address and customer, and, against reading
a list number by number, for the whole desk (docs/decisions/customer-numbers.md).
"""

import hmac
from datetime import timedelta

import structlog

from bot.conversation.turn import CommandContext
from bot.usecases.channels.commands import carry_over, go_on_with
from bot.usecases.command_deps import HELD_BACK, CommandDeps, handles
from bot.usecases.companies.commands import read_company_left
from bot.usecases.contacts.commands import issue_within_limits, not_right
from dialogs.kit import Event
from dialogs.messages import account
from dialogs.messages import on_file as filed
from dialogs.messages.order import ConfirmationRenewed, ResendConfirmation
from dialogs.messages.zone import ConsentsSet, ConsentsTakenBack, LoggedOut, LogOut, SetConsents, TakeBackConsents
from services import limits
from services.accounts import (
    account_search,
    account_view,
    accounts,
    consents,
    credentials,
    held_log_ins,
    one_time_links,
    start_links,
)
from services.accounts import one_time_links as one_time
from services.contacts import codes, contacts
from services.directory import directory, directory_accounts
from values import email as emails
from values import phone as phones
from values.parsing import Ok
from values.rules import GO_ON, WISHES
from values.seller import Seller

_log = structlog.get_logger(__name__)
START_LINK = "start_link"
"""By which a customer is known who came by a link of the seller's."""
ENTRIES = ("sign_up", "log_in", "buy", "program", "forgot_password", "forgot_username")


@handles(account.OpenPage)
def open_page(deps: CommandDeps, command: account.OpenPage, context: CommandContext) -> Event:
    """Open a one-time page; its token is derived from the command's id."""
    deps.link(context, command.purpose, None, {})
    return account.PageOpened(context.id)


@handles(account.CreateAccount)
def create_account(deps: CommandDeps, command: account.CreateAccount, context: CommandContext) -> Event:
    """Create the account with its consents, and its confirmation e-mail.

    A customer who returns after the unused password was dropped gets the account without one, and sets it by "forgotten
    password".
    """
    kept = credentials.is_kept(context.connection, command.credential)
    made = accounts.sign_up(
        context.connection,
        account_id=context.id,
        email=command.email,
        email_key=emails.key(command.email),
        person_name=command.name,
        credential_id=command.credential if kept else None,
        locale=context.locale,
        demanded=_demanded(deps.seller),
        conversation_id=context.conversation.id,
        now=context.now,
        names=deps.seller.sign_up.user_names,
    )
    given = {one.id: one for one in command.consents}
    for consent in deps.seller.consents:
        if consent.id in given:
            deps.consent(context, made.account_id, consent, given[consent.id])
    return account.AccountCreated(made.account_id, deps.letter(context, made.account_id, taken=made.taken))


def _demanded(seller: Seller) -> list[contacts.Kind]:
    """Return what a new account must prove before it is active."""
    waits = ("email",) if seller.sign_up.letter_waits else ()
    kinds: tuple[contacts.Kind, ...] = ("phone", "email")
    return [kind for kind in kinds if kind in seller.demanded_contacts and kind not in waits]


@handles(account.ChangeEmail)
def change_email(deps: CommandDeps, command: account.ChangeEmail, context: CommandContext) -> Event:
    """Another address: before the first is proven at once, afterwards when the new one is."""
    before = accounts.get(context.connection, command.account_id)
    changed = accounts.change_email(
        context.connection,
        account_id=command.account_id,
        email=command.email,
        email_key=emails.key(command.email),
        now=context.now,
    )
    if isinstance(changed, accounts.AlreadyProven):
        return _ask_there(deps, command, context)
    letter = deps.letter(context, command.account_id, taken=changed.taken)
    return account.EmailChanged(command.email, letter, before.email if before is not None else "")


def _ask_there(deps: CommandDeps, command: account.ChangeEmail, context: CommandContext) -> Event:
    """Send a link to the new mailbox; its page asks for the account's password."""
    key = emails.key(command.email)
    if not deps.may_write(context, key):
        return account.EmailChangeStarted(command.email, HELD_BACK)
    one_time_links.cancel_of_account(context.connection, account_id=command.account_id, purposes=("change_email",))
    asked = {"to": one_time_links.addressee(deps.server_key, key), "email": command.email}
    deps.link(context, "change_email", command.account_id, asked)
    return account.EmailChangeStarted(command.email, context.id)


@handles(ResendConfirmation)
def resend_confirmation(deps: CommandDeps, command: ResendConfirmation, context: CommandContext) -> Event:
    """Send the same e-mail again; the older link dies."""
    mine = accounts.get(context.connection, command.account_id)
    taken = mine is not None and mine.taken
    return ConfirmationRenewed(deps.letter(context, command.account_id, taken=taken))


@handles(account.StartReset)
def start_reset(deps: CommandDeps, command: account.StartReset, context: CommandContext) -> Event:
    """Start a password reset, answering alike for every address: only the e-mail reveals an account."""
    key = emails.key(command.email)
    candidates = [c for c in account_search.login_candidates(context.connection, key) if c.status == "active"]
    owner = accounts.get(context.connection, candidates[0].account_id) if candidates else None
    to = command.email if owner is None else owner.email
    if owner is not None and owner.email_key == key:
        to = key  # the mailbox by which the account is known, however it was typed now or when it was made
    if owner is None and deps.is_user_name(command.email):
        to = ""  # nobody has it: whose mailbox that would be isn't known
    if not deps.may_write(context, emails.key(to or command.email)):
        return account.ResetStarted(HELD_BACK, to)
    data = _first_password(deps, key, context) if owner is None else _mailed(deps, owner.email_key)
    known = owner is not None or bool(data)
    deps.link(context, "reset_password", None if owner is None else owner.id, {**data, "known": known})
    return account.ResetStarted(context.id, to)


def _mailed(deps: CommandDeps, email_key: str) -> dict[str, str]:
    """Return what lets a link prove the mailbox that it is sent to."""
    return {"to": one_time.addressee(deps.server_key, email_key)}


def _first_password(deps: CommandDeps, email_key: str, context: CommandContext) -> dict[str, str]:
    """For a customer on file without an account: whoever reads the mailbox on file makes it by setting a password."""
    on_file = directory.by_email(context.connection, email_key) if deps.opens_by_reset else None
    if on_file is None or on_file.account_id is not None:
        return {}
    return {"customer": on_file.id, **_mailed(deps, email_key)}


@handles(account.TellUserName)
def tell_user_name(deps: CommandDeps, command: account.TellUserName, context: CommandContext) -> Event:
    """Look up a forgotten user name, answering alike for every address: only the e-mail reveals it."""
    key = emails.key(command.email)
    if not deps.may_write(context, key):
        return account.UserNameSought(held_back=True)
    owner = account_search.find_by_email(context.connection, key)
    known = owner is not None and owner.status == "active"
    return account.UserNameSought(owner.id if owner is not None and known else "")


@handles(account.LeaveAccount)
def leave_account(_deps: CommandDeps, command: account.LeaveAccount, context: CommandContext) -> Event:
    """Unbind the conversation from its account."""
    accounts.unbind_conversation(context.connection, conversation_id=context.conversation.id)
    return account.AccountLeft(command.entry)


@handles(account.TakeStartLink)
def take_start_link(deps: CommandDeps, command: account.TakeStartLink, context: CommandContext) -> Event:
    """Take a start link and return the entry it leads to.

    A personal one of the seller's makes its customer known where it is opened first, for what isn't secret. Any other
    leads to log-in, since anybody may have forwarded it.
    """
    taken = start_links.take(
        context.connection, token=command.token, conversation_id=context.conversation.id, now=context.now
    )
    if taken is None:
        return account.StartLinkTaken(None, over=True)
    if taken.entry == GO_ON and context.conversation.account_id is not None:
        return go_on_with(deps, taken, context)
    if taken.from_conversation == context.conversation.id:
        return account.StartLinkTaken(None)
    if taken.from_conversation is not None and taken.entry != GO_ON:
        return carry_over(deps, taken, context)
    if (told := _told_by(deps, taken, context)) is not None:
        return told
    personal = taken.account_id is not None or taken.customer_id is not None
    wish = taken.entry if taken.entry in WISHES else None
    way = _way_in(deps, taken, context) if personal else None
    return account.StartLinkTaken(taken.entry if taken.entry in ENTRIES else way, wish)


def _told_by(deps: CommandDeps, taken: start_links.StartToken, context: CommandContext) -> Event | None:
    """Have the conversation be that of the link's customer without a log-in; None where nobody is told of."""
    mine = accounts.get(context.connection, taken.tells_of) if taken.tells_of is not None else None
    view = deps.quotes.view(context.connection, mine.id, context.now) if mine is not None else None
    if mine is None or view is None or mine.taken or context.conversation.account_id is not None:
        return None
    told = {"account_id": mine.id, "conversation_id": context.conversation.id, "told_by": START_LINK}
    accounts.tell_of(context.connection, **told, now=context.now)
    return account.LoggedIn(
        view, told_by=START_LINK, typed=read_company_left(context.connection, context.conversation, view)
    )


def _way_in(deps: CommandDeps, taken: start_links.StartToken, context: CommandContext) -> str:
    """Return the entry of a personal link.

    A customer on file without an account gets one by setting a password, by way of the mailbox.
    """
    on_file = directory.get(context.connection, taken.customer_id) if taken.customer_id is not None else None
    new = on_file is not None and on_file.account_id is None and deps.opens_by_reset
    return "forgot_password" if new else "log_in"


@handles(account.CheckLogInDigits)
def check_log_in_digits(deps: CommandDeps, command: account.CheckLogInDigits, context: CommandContext) -> Event:
    """Use up the one answer; the right one logs in as the page would have."""
    here, connection = context.conversation.id, context.connection
    held = held_log_ins.find_held_log_in(connection, command.held, context.now)
    if held is None or held.conversation_id != here or held.account_id is None:
        return account.DigitsRefused("over")
    right = held_log_ins.answer(
        connection, held_id=held.id, typed=command.typed, server_key=deps.server_key, now=context.now
    )
    deps.metrics.count_try("customer_digits", "right" if right else "wrong")
    view = deps.quotes.view(connection, held.account_id, context.now) if right else None
    if view is None and right is not None:
        deps.log_ins.tell(connection, account_id=held.account_id, conversation_id=here, end="refused", now=context.now)
    if view is None:
        return account.DigitsRefused("over" if right is None else "wrong")
    deps.log_ins.begin(connection, account_id=held.account_id, conversation_id=here, now=context.now)
    return account.LoggedIn(view, typed=read_company_left(context.connection, context.conversation, view))


@handles(account.EndHeldLogIn)
def end_held_log_in(deps: CommandDeps, _command: account.EndHeldLogIn, context: CommandContext) -> Event:
    """End what is held here, and write to its owner: the password was known to whoever typed it."""
    connection, here = context.connection, context.conversation.id
    ended = held_log_ins.end(connection, here)
    for account_id in ended:
        deps.log_ins.tell(connection, account_id=account_id, conversation_id=here, end="refused", now=context.now)
    return account.HeldLogInEnded(bool(ended))


@handles(SetConsents)
def set_consents(deps: CommandDeps, command: SetConsents, context: CommandContext) -> Event:
    """Each change is a row of its own; what was given before, in whatever words, stays as it was given."""
    given, changed = {one.id: one for one in command.given}, 0
    for consent in deps.seller.voluntary:
        if consent.id in command.withdrawn:
            changed += deps.take_back(context, command.account_id, consent.id, command.how)
        elif consent.id in given and not consents.stands(
            context.connection, account_id=command.account_id, consent_id=consent.id
        ):
            changed += 1
            deps.consent(context, command.account_id, consent, given[consent.id])
    return ConsentsSet(changed)


@handles(TakeBackConsents)
def take_back_consents(deps: CommandDeps, command: TakeBackConsents, context: CommandContext) -> Event:
    """End those that stand, each by a row of its own; the obligatory ones stand as long as the account."""
    ended = tuple(
        one.id
        for one in deps.seller.voluntary
        if one.id in command.ids and deps.take_back(context, command.account_id, one.id, command.how)
    )
    return ConsentsTakenBack(command.ids, ended)


@handles(LogOut)
def log_out(_deps: CommandDeps, _act: LogOut, context: CommandContext) -> Event:
    """Log this conversation out."""
    accounts.unbind_conversation(context.connection, conversation_id=context.conversation.id)
    return LoggedOut()


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
    on_file = _on_file(known, command.kind)
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
    deps.link(context, "register", None, {"to": one_time.addressee(deps.server_key, key)})
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


@handles(filed.StartResetOf)
def start_reset_of(deps: CommandDeps, command: filed.StartResetOf, context: CommandContext) -> Event:
    """Send a link or a code to the account's own contact; count alike for an unknown login."""
    mine = account_search.find_by_login(context.connection, login_key(command.login))
    if command.channel == "email":
        return _by_letter(deps, command, context, mine)
    phone = _contact_of(context, mine, "phone")
    return issue_within_limits(deps, context, "login", phone or _nobody(command.login)) or filed.ResetByCode(
        context.id, phone
    )


@handles(filed.CheckLoginCode)
def check_login_code(deps: CommandDeps, command: filed.CheckLoginCode, context: CommandContext) -> Event:
    """Count the try and compare; the right code opens the page for a new password of that account."""
    mine = account_search.find_by_login(context.connection, login_key(command.login))
    phone = _contact_of(context, mine, "phone")
    checked = codes.check(
        context.connection,
        challenge_id=command.challenge,
        target=phone or _nobody(command.login),
        typed=command.typed,
        server_key=deps.server_key,
        now=context.now,
        quotas=deps.quotas,
    )
    if isinstance(checked, codes.RightCode) and mine is not None:
        deps.link(context, "reset_password", mine.id, {})
        return filed.LoginCodeRight(context.id)
    return not_right(checked)


def login_key(login: str) -> str:
    """Return the form in which a login is compared."""
    return emails.key(login.strip())


def _by_letter(
    deps: CommandDeps, command: filed.StartResetOf, context: CommandContext, mine: accounts.AccountRecord | None
) -> Event:
    to = _contact_of(context, mine, "email")
    if not deps.may_write(context, emails.key(to) if to else login_key(command.login)) or mine is None or not to:
        return filed.ResetByLetter(HELD_BACK, "")
    deps.link(context, "reset_password", mine.id, _mailed(deps, emails.key(to)))
    return filed.ResetByLetter(context.id, to)


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


def _on_file(known: directory.CustomerOnFile | None, kind: str) -> str | None:
    """Return the contact on file in the form that is compared."""
    if known is None:
        return None
    if kind == "email":
        return known.email_key
    parsed = phones.parse(known.phone or "", known.country or "PL")
    return parsed.value if isinstance(parsed, Ok) else known.phone


def _contact_of(context: CommandContext, mine: accounts.AccountRecord | None, kind: contacts.Kind) -> str:
    """Return the account's contact of a kind; empty if there is none, or no account."""
    known = contacts.of_account(context.connection, mine.id) if mine is not None else []
    best = account_view.choose_best_contact(known, kind)
    return "" if best is None else best.value


def _nobody(login: str) -> str:
    return f"nobody {login_key(login)}"
