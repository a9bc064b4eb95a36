"""Commands about accounts: sign-up, customers on file, forgotten log-ins, consents, start links.

Tries to register a customer on file are limited per conversation, network address and customer, and, against reading
a list number by number, for the whole desk (docs/decisions/customer-numbers.md).
"""

from bot.conversation.turn import CommandContext
from bot.usecases.channels.commands import carry_over, go_on_with
from bot.usecases.command_deps import HELD_BACK, CommandDeps, handles
from bot.usecases.companies.commands import find_left_company
from dialogs.kit import Event
from dialogs.messages import account
from dialogs.messages.order import ConfirmationRenewed, ResendConfirmation
from dialogs.messages.zone import ConsentsSet, ConsentsTakenBack, LoggedOut, LogOut, SetConsents, TakeBackConsents
from services.accounts import accounts, consents, credentials, held_log_ins, one_time_links, start_links
from services.contacts import contacts
from services.directory import directory
from values import email as emails
from values.rules import GO_ON, WISHES
from values.seller import Seller

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
    asked = {"to": one_time_links.make_address_mark(deps.server_key, key), "email": command.email}
    deps.link(context, "change_email", command.account_id, asked)
    return account.EmailChangeStarted(command.email, context.id)


@handles(ResendConfirmation)
def resend_confirmation(deps: CommandDeps, command: ResendConfirmation, context: CommandContext) -> Event:
    """Send the same e-mail again; the older link dies."""
    mine = accounts.get(context.connection, command.account_id)
    taken = mine is not None and mine.taken
    return ConfirmationRenewed(deps.letter(context, command.account_id, taken=taken))


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
    accounts.bind_told_conversation(context.connection, **told, now=context.now)
    return account.LoggedIn(
        view, told_by=START_LINK, typed=find_left_company(context.connection, context.conversation, view)
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
    return account.LoggedIn(view, typed=find_left_company(context.connection, context.conversation, view))


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
        elif consent.id in given and not consents.is_given(
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
