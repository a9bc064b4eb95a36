"""Acts about accounts, the one-time pages and letters that lead to them, and start links."""

from bot.conversation.turn import CommandContext
from bot.usecases.channels.commands import carry_over, go_on_with
from bot.usecases.command_deps import HELD_BACK, CommandDeps
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
from dialogs.messages.order import ConfirmationRenewed, ResendConfirmation
from services.accounts import account_search, accounts, credentials, links, start_links
from services.accounts.start_links import StartToken
from services.directory import directory
from values import email as emails
from values.rules import GO_ON, WISHES

ENTRIES = ("sign_up", "log_in", "buy", "program", "forgot_password", "forgot_username")


def open_page(tools: CommandDeps, act: OpenPage, done: CommandContext) -> Event:
    """A one-time page; its token is derived from the id of the act."""
    tools.link(done, act.purpose, None, {})
    return PageOpened(done.id)


def create_account(tools: CommandDeps, act: CreateAccount, done: CommandContext) -> Event:
    """The account with its consents, and the letter that follows.

    Whoever comes back so late that the unused password was dropped makes the account without one: they set it by
    "forgotten password" instead of standing here for ever.
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
    """A link to the new mailbox, on whose page the account's password is typed."""
    key = emails.key(act.email)
    if not tools.may_write(done, key):
        return EmailChangeStarted(act.email, HELD_BACK)
    links.cancel_of_account(done.connection, account_id=act.account_id, purposes=("change_email",))
    asked = {"to": links.addressee(tools.server_key, key), "email": act.email}
    tools.link(done, "change_email", act.account_id, asked)
    return EmailChangeStarted(act.email, done.id)


def resend_confirmation(tools: CommandDeps, act: ResendConfirmation, done: CommandContext) -> Event:
    """The same letter once more; the older link dies."""
    mine = accounts.get(done.connection, act.account_id)
    taken = mine is not None and mine.taken
    return ConfirmationRenewed(tools.letter(done, act.account_id, taken=taken))


def start_reset(tools: CommandDeps, act: StartReset, done: CommandContext) -> Event:
    """A forgotten password: the same for every address, only the letter knows."""
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
    return {"customer": on_file.id, "to": links.addressee(tools.server_key, email_key)}


def tell_user_name(tools: CommandDeps, act: TellUserName, done: CommandContext) -> Event:
    """A forgotten user name: the same for every address, only the letter knows."""
    key = emails.key(act.email)
    if not tools.may_write(done, key):
        return UserNameSought(held_back=True)
    owner = account_search.find_by_email(done.connection, key)
    known = owner is not None and owner.status == "active"
    return UserNameSought(owner.id if owner is not None and known else "")


def leave_account(_tools: CommandDeps, act: LeaveAccount, done: CommandContext) -> Event:
    """The account keeps everything; the conversation is nobody's."""
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
