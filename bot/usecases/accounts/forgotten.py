"""Commands for who has forgotten a password or a user name: each answers alike whoever asks."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import HELD_BACK, CommandDeps, handles
from bot.usecases.contacts.commands import explain_wrong_code, issue_within_limits
from dialogs.kit import Event
from dialogs.messages import account
from dialogs.messages import on_file as filed
from services.accounts import account_search, account_view, accounts, one_time_links
from services.contacts import codes, contacts
from services.directory import directory
from values import email as emails


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
    return {"to": one_time_links.make_address_mark(deps.server_key, email_key)}


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
    return explain_wrong_code(checked)


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


def _contact_of(context: CommandContext, mine: accounts.AccountRecord | None, kind: contacts.Kind) -> str:
    """Return the account's contact of a kind; empty if there is none, or no account."""
    known = contacts.of_account(context.connection, mine.id) if mine is not None else []
    best = account_view.choose_best_contact(known, kind)
    return "" if best is None else best.value


def _nobody(login: str) -> str:
    return f"nobody {login_key(login)}"
