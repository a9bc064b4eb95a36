"""Lost password: a customer on file sets a new one, by a link in a letter or by a code in an SMS.

The wording is the same whether or not the login exists; only the letter and the SMS know.
"""

from msgspec.structs import replace

from dialogs import lapsed
from dialogs.account.entry import is_locked_out
from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    AwaitedCode,
    Condition,
    Decision,
    Dialog,
    Event,
    Option,
    Say,
    TimerDue,
    from_text,
    need_slot,
    pace_next_code,
    then,
)
from dialogs.messages.account import LoggedIn, PasswordReplaced
from dialogs.messages.contact import CodeDead, CodeLimited, CodeNotSent, CodeSent, CodeWrong, SendCode
from dialogs.messages.letters import LETTER_LATE, LetterFailed, LetterSent, SendLetter
from dialogs.messages.on_file import CheckLoginCode, LoginCodeRight, ResetByCode, ResetByLetter, StartResetOf
from dialogs.state import Ctx, LostPassword
from values.codes import parse_code, parse_customer_number
from values.meaning import Expects
from values.parsing import Ok, Parsed

_SHORTEST_NAME, _LONGEST_NAME = 3, 254
dialog = Dialog("lost_password", LostPassword, shown_as="account")


def _locked_out(_s: LostPassword, ctx: Ctx) -> bool:
    return is_locked_out(ctx)


def _by(channel: str) -> Condition[LostPassword]:
    return lambda _s, c: is_locked_out(c) and c.case.contact.channel == channel


def _login(text: str, _s: LostPassword, _ctx: Ctx) -> Parsed[str]:
    """Return a customer number in any spelling, or a user name: one word that isn't all digits."""
    parsed, name = parse_customer_number(text), text.strip()
    if isinstance(parsed, Ok):
        return parsed
    one_word = _SHORTEST_NAME <= len(name) <= _LONGEST_NAME and not any(c.isspace() for c in name)
    return Ok(name) if one_word and any(c.isalpha() for c in name) else parsed


_log_in = Option("start:log_in", "option.start.log_in")
_another_channel = Option("edit:contact_channel", "edit.contact_channel")

reset_number = dialog.ask(
    "reset_number",
    Expects.customer_number,
    slot="login",
    parse=_login,
    when=_locked_out,
    free_text=True,
    needs=("account.start",),
    options=lambda _s, _c: (_log_in,),
    counted=False,
)
reset = dialog.do(
    "reset",
    lambda s, c: StartResetOf(need_slot(s.login), need_slot(c.case.contact.channel)),
    when=_locked_out,
    done=lambda s, _c: s.sent,
    slots=("sent", "challenge"),
    needs=("reset_number", "contact.contact_channel"),
)
email_link = dialog.wait(
    "email_link",
    Expects.email_link,
    when=_by("email"),
    done=lambda _s, _c: False,
    options=lambda _s, _c: (Option("email_link:again", "option.send_again"), _another_channel, _log_in),
    lapsed=lambda s, c: lapsed.name_lapsed_reset_letter(s.sent_at, c),
    intents={"resend_code": "email_link:again", "change_contact_channel": "edit:contact_channel"},
    counted=False,
)
login_code = dialog.ask(
    "login_code",
    Expects.login_code,
    parse=from_text(parse_code),
    when=_by("sms"),
    done=lambda s, _c: s.page is not None,
    out=lambda s, c: _by("sms")(s, c) and s.sent and s.page is None,
    options=lambda _s, _c: (Option("login_code:again", "option.code_again"), _another_channel, _log_in),
    lapsed=lambda s, c: lapsed.name_lapsed_code(s.sent_at, c),
    codes=lambda s, _c: (AwaitedCode("sms", "login_code:again", pace_next_code(s.sent_at)),),
    intents={"resend_code": "login_code:again", "change_contact_channel": "edit:contact_channel"},
    counted=False,
)
secure_page = dialog.wait(
    "secure_page",
    Expects.secure_page,
    when=_by("sms"),
    done=lambda _s, _c: False,
    slots=("page",),
    needs=("reset",),
    options=lambda _s, _c: (Option("secure_page:again", "option.new_page"), _log_in),
    lapsed=lambda s, c: lapsed.name_lapsed_page(s.page_at, c),
    intents={"resend_code": "secure_page:again"},
    links=("secure_page",),
    counted=False,
)


def _sent(s: LostPassword, ctx: Ctx) -> LostPassword:
    return replace(s, sent=True, sent_at=ctx.now)


@reset.on(ResetByLetter)
def send_reset_letter(s: LostPassword, e: ResetByLetter, ctx: Ctx) -> Decision[LostPassword]:
    """Send the letter, if anybody has the login."""
    return then(s, SendLetter(e.letter, e.to)) if e.to else then(_sent(s, ctx))


@reset.on(ResetByCode)
def send_reset_code(s: LostPassword, e: ResetByCode, ctx: Ctx) -> Decision[LostPassword]:
    """Send the code, if anybody has the login; it exists all the same, so that a wrong one is wrong."""
    known = replace(s, challenge=e.challenge)
    return then(known, SendCode(e.challenge, e.phone)) if e.phone else then(_sent(known, ctx))


@reset.on(LetterSent, LetterFailed, CodeSent, CodeNotSent)
def await_reset_code(s: LostPassword, _e: Event, ctx: Ctx) -> Decision[LostPassword]:
    """Go on as if it had arrived: a failure would reveal that there is such an account."""
    return then(_sent(s, ctx))


@dialog.always(TimerDue)
def pass_late_letter(s: LostPassword, e: TimerDue, ctx: Ctx) -> Decision[LostPassword]:
    """Go on as if it had arrived, while it waits."""
    return then(_sent(s, ctx) if e.kind == LETTER_LATE and is_locked_out(ctx) and s.login is not None else s)


@reset.on(CodeLimited)
def tell_code_limit(s: LostPassword, e: CodeLimited, _ctx: Ctx) -> Decision[LostPassword]:
    """Keep an older code, which may still be good. Counted for a login that nobody has as well."""
    said = Say("lost_password.code_limited", {"minutes": -(-e.seconds // 60)}, (HUMAN,))
    return then(replace(s, sent=True), said)


@email_link.on(Answered)
def send_letter_again(s: LostPassword, _e: Answered, _ctx: Ctx) -> Decision[LostPassword]:
    """Send the letter once more; the older link dies."""
    return then(replace(s, sent=False), Say("account.sent_again"))


@login_code.on(Answered)
def check_typed_code(s: LostPassword, e: Answered, _ctx: Ctx) -> Decision[LostPassword]:
    """Check the code, or issue another one."""
    if e.value == "again":
        return then(replace(s, sent=False))
    return then(s, CheckLoginCode(s.challenge, str(e.value), need_slot(s.login)))


@login_code.on(LoginCodeRight)
def note_password_page(s: LostPassword, e: LoginCodeRight, ctx: Ctx) -> Decision[LostPassword]:
    return then(replace(s, page=e.page, page_at=ctx.now))


@login_code.on(CodeWrong)
def tell_wrong_code(s: LostPassword, e: CodeWrong, _ctx: Ctx) -> Decision[LostPassword]:
    """Ask again; tries are counted by the service and outlive this conversation."""
    return then(s, Say("contact.code_wrong", {"left": e.left}))


@login_code.on(CodeDead)
def replace_dead_code(s: LostPassword, e: CodeDead, _ctx: Ctx) -> Decision[LostPassword]:
    """Issue a new code at once, unless the day's tries are used up."""
    if e.reason == "too_many_today":
        return then(s, Say("lost_password.code_blocked", options=(HUMAN,)))
    return then(replace(s, sent=False), Say(f"contact.code_{e.reason}"))


@secure_page.on(Answered)
def ask_fresh_code(s: LostPassword, _e: Answered, _ctx: Ctx) -> Decision[LostPassword]:
    """Ask for a fresh code, which a fresh page takes."""
    return then(replace(s, page=None, sent=False))


@dialog.always(PasswordReplaced, LoggedIn)
def end_lost_password(_s: LostPassword, _e: Event, _ctx: Ctx) -> Decision[LostPassword]:
    """End the dialog: the new password is used to log in, or the old one came back to mind."""
    return then(LostPassword())


@dialog.asked("sign_up", "log_in")
def leave_lost_password(_s: LostPassword, _e: Asked, _ctx: Ctx) -> Decision[LostPassword]:
    """End the dialog."""
    return then(LostPassword())
