"""Forgotten password or user name: steps of the account dialog that help by a letter.

The wording is the same for every address: only the letter knows whether there is an account.
"""

from msgspec.structs import replace

from dialogs import lapsed
from dialogs.account.entry import has_forgotten_password, has_forgotten_user_name, reset_options
from dialogs.kit import Answered, Chosen, Condition, Decision, Dialog, Say, from_text, need_slot, then
from dialogs.messages.account import PasswordReplaced, ResetStarted, StartReset, TellUserName, UserNameSought
from dialogs.messages.letters import LetterFailed, LetterSent, NoteFailed, NoteSent, SendLetter, SendNote
from dialogs.state import Account, Ctx
from values.email import parse as parse_email
from values.meaning import Expects
from values.rules import NOTE_USER_NAME


def add_forgotten(dialog: Dialog[Account]) -> None:
    """Declare the steps, and the reaction to a new password at any step."""
    _reset(dialog)
    _reset_link(dialog)
    _user_name(dialog)


def _ask_address(dialog: Dialog[Account], name: str, when: Condition[Account]) -> None:
    """Declare the step that asks where the letter goes."""
    parse = from_text(parse_email)
    dialog.ask(name, Expects.email, slot=name, parse=parse, when=when, needs=("start",), counted=False)


def _reset(dialog: Dialog[Account]) -> None:
    _ask_address(dialog, "reset_email", has_forgotten_password)
    reset = dialog.do(
        "reset",
        lambda s, _c: StartReset(need_slot(s.reset_email)),
        when=has_forgotten_password,
        done=lambda s, _c: s.reset_mail == "sent",
        slots=("reset_mail",),
        needs=("reset_email",),
    )

    @reset.on(ResetStarted)
    def send_reset_letter(s: Account, e: ResetStarted, _ctx: Ctx) -> Decision[Account]:
        """Send the letter, whether or not there is an account."""
        again = (Say("account.sent_again"),) if s.reset_mail == "again" and e.letter else ()
        return then(s, SendLetter(e.letter, e.to), *again)

    @reset.on(LetterSent)
    def note_sent_reset_letter(s: Account, _e: LetterSent, ctx: Ctx) -> Decision[Account]:
        return then(replace(s, reset_mail="sent", reset_at=ctx.now))

    @reset.on(LetterFailed)
    def ask_other_reset_email(s: Account, e: LetterFailed, _ctx: Ctx) -> Decision[Account]:
        """Ask for another address, or offer a person."""
        return then(replace(s, reset_email=None), Say(f"account.letter_failed.{e.reason}"))


def _reset_link(dialog: Dialog[Account]) -> None:
    email_link = dialog.wait(
        "email_link",
        Expects.email_link,
        when=has_forgotten_password,
        done=lambda _s, _c: False,
        options=reset_options,
        params=lambda s, _c: {"email": s.reset_email},
        lapsed=lambda s, c: lapsed.name_lapsed_reset_letter(s.reset_at, c),
        intents={"resend_code": "email_link:again"},
        counted=False,
    )

    @email_link.on(Answered)
    def send_reset_letter_again(s: Account, _e: Answered, _ctx: Ctx) -> Decision[Account]:
        """Send the letter once more."""
        return then(replace(s, reset_mail="again"))

    @email_link.on(Chosen)
    def begin_chosen_way(_s: Account, e: Chosen, _ctx: Ctx) -> Decision[Account]:
        """Begin another way in from its start."""
        return then(Account(entry=e.value))

    @dialog.always(PasswordReplaced)
    def lead_to_log_in(s: Account, e: PasswordReplaced, _ctx: Ctx) -> Decision[Account]:
        """Lead to the log-in: a link proves an address, not a person."""
        said = [Say("account.password_replaced"), *([Say("account.left_dropped")] if e.dropped else [])]
        away = s.entry in (None, "forgot_password") and not s.id
        return then(Account(entry="log_in") if away else s, *said)


def _user_name(dialog: Dialog[Account]) -> None:
    _ask_address(dialog, "username_email", has_forgotten_user_name)
    username = dialog.do(
        "username",
        lambda s, _c: TellUserName(need_slot(s.username_email)),
        when=has_forgotten_user_name,
        done=lambda _s, _c: False,
        needs=("username_email",),
    )

    @username.on(UserNameSought)
    def send_user_name(s: Account, e: UserNameSought, _ctx: Ctx) -> Decision[Account]:
        """Say the same for every address: only the letter knows whether there is an account."""
        if e.held_back:
            return then(replace(s, username_email=None), Say("account.letter_failed.too_many"))
        return then(s, SendNote(NOTE_USER_NAME, e.account_id, need_slot(s.username_email)))

    @username.on(NoteSent)
    def lead_on_from_user_name(s: Account, _e: NoteSent, _ctx: Ctx) -> Decision[Account]:
        """Lead to the log-in."""
        return then(Account(entry="log_in"), Say("account.username_sent", {"email": s.username_email}))

    @username.on(NoteFailed)
    def ask_other_user_name_email(s: Account, e: NoteFailed, _ctx: Ctx) -> Decision[Account]:
        """Ask for another address, or offer a person."""
        return then(replace(s, username_email=None), Say(f"account.letter_failed.{e.reason}"))
