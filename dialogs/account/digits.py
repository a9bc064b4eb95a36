"""Digits of a log-in: its page doesn't hold this chat, so two digits that only the page shows are typed here.

Somebody's chat may have had the page opened by somebody else. Until the digits are right nothing of the account is
here, and there is one answer: words without two digits aren't one.
"""

from dialogs.kit import (
    Answered,
    Decision,
    Dialog,
    DropTimer,
    Event,
    Option,
    Say,
    SetTimer,
    TimerDue,
    from_text,
    need_slot,
    then,
)
from dialogs.messages.account import CheckLogInDigits, DigitsRefused, EndHeldLogIn, HeldLogInEnded, LoggedIn, LogInHeld
from dialogs.state import Ctx, HeldLogIn
from values.codes import LOG_IN_DIGITS, parse_pair
from values.meaning import Expects

dialog = Dialog("log_in", HeldLogIn, shown_as="account")
EXPIRY = LOG_IN_DIGITS
_over = DropTimer(EXPIRY)

log_in_digits = dialog.ask(
    LOG_IN_DIGITS,
    Expects.login_code,
    parse=from_text(parse_pair),
    when=lambda s, _c: s.held is not None,
    done=lambda s, _c: s.held is None,
    options=lambda _s, _c: (Option("log_in_digits:again", "option.new_page"),),
    intents={"back": "log_in_digits:again", "resend_code": "log_in_digits:again"},
    counted=False,
)


@dialog.always(LogInHeld)
def ask_for_digits(_s: HeldLogIn, e: LogInHeld, _ctx: Ctx) -> Decision[HeldLogIn]:
    """Ask for the digits, until their time is over."""
    return then(HeldLogIn(e.held), SetTimer(EXPIRY, e.until))


@log_in_digits.on(Answered)
def check_typed_digits(s: HeldLogIn, e: Answered, _ctx: Ctx) -> Decision[HeldLogIn]:
    """Use the one answer, or give the log-in up for a fresh page."""
    if e.value == "again":
        return then(HeldLogIn(), _over, EndHeldLogIn())
    return then(s, CheckLogInDigits(need_slot(s.held), str(e.value)))


@dialog.always(DigitsRefused)
def tell_refused_digits(_s: HeldLogIn, e: DigitsRefused, _ctx: Ctx) -> Decision[HeldLogIn]:
    """Say that nobody is logged in; the way to a fresh page is open."""
    return then(HeldLogIn(), _over, Say(f"log_in.digits_{e.reason}"))


@dialog.always(TimerDue)
def end_log_in_at_expiry(s: HeldLogIn, e: TimerDue, _ctx: Ctx) -> Decision[HeldLogIn]:
    """End what is held, also where the customer has left the step meanwhile."""
    return then(s, EndHeldLogIn()) if e.kind == EXPIRY else then(s)


@dialog.always(HeldLogInEnded)
def close_held_log_in(s: HeldLogIn, _e: HeldLogInEnded, _ctx: Ctx) -> Decision[HeldLogIn]:
    """Say so if the customer was still asked."""
    return then(HeldLogIn(), Say("log_in.digits_over")) if s.held is not None else then(s)


@dialog.always(LoggedIn)
def stop_asking_digits(s: HeldLogIn, _e: Event, _ctx: Ctx) -> Decision[HeldLogIn]:
    """Stop asking: the digits were right, or another page held the chat."""
    return then(HeldLogIn(), _over) if s.held is not None else then(s)
