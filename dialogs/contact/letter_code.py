"""Code of a letter: at the steps that await a confirmation letter's link, its six digits do as well.

Whether the letter holds a code isn't known here: one to an address that is taken holds none, and what is typed is
refused in the same words.
"""

from typing import TypeVar

from dialogs import lapsed
from dialogs.kit import HUMAN, Answered, Decision, Params, Say, Step, from_text, required, then
from dialogs.messages.contact import CheckLetterCode, CodeDead, CodeWrong
from dialogs.messages.order import ResendConfirmation
from dialogs.state import Ctx
from values.codes import parse_code

S = TypeVar("S")
parse = from_text(parse_code)


def shown(_slots: object, ctx: Ctx) -> Params:
    """Return the address that the letter went to, and whether its code is still good; the link lives longer."""
    sent_at = ctx.case.account.letter_at
    return {"email": ctx.case.account.email, "code": sent_at is not None and lapsed.code(sent_at, ctx) is None}


def declare(step: Step[S]) -> None:
    """Declare the reactions of a step that awaits the confirmation letter's link or its code."""

    @step.on(Answered)
    def typed(s: S, e: Answered, ctx: Ctx) -> Decision[S]:
        """Check the code, or renew the letter."""
        account_id = required(ctx.case.account.id)
        return then(
            s, ResendConfirmation(account_id) if e.value == "again" else CheckLetterCode(account_id, str(e.value))
        )

    @step.on(CodeWrong)
    def wrong(s: S, e: CodeWrong, _ctx: Ctx) -> Decision[S]:
        """Ask again; tries are counted by the service and outlive this conversation."""
        return then(s, Say("contact.code_wrong", {"left": e.left}))

    @step.on(CodeDead)
    def dead(s: S, e: CodeDead, ctx: Ctx) -> Decision[S]:
        """Send a new letter with a new code, unless the day's tries are used up: the link is still good then."""
        if e.reason == "too_many_today":
            return then(s, Say("contact.letter_code.too_many_today", options=(HUMAN,)))
        return then(s, Say(f"contact.letter_code.{e.reason}"), ResendConfirmation(required(ctx.case.account.id)))
