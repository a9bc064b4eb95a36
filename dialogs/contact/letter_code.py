"""Code of a letter: at the steps that await a confirmation letter's link, its six digits do as well.

Whether the letter holds a code isn't known here: one to an address that is taken holds none, and what is typed is
refused in the same words.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from dialogs import lapsed
from dialogs.account.entry import by_number
from dialogs.contact.in_books import email_proven
from dialogs.kit import (
    HUMAN,
    Answered,
    AwaitedCode,
    Condition,
    Decision,
    Dialog,
    Effect,
    Event,
    Option,
    Params,
    Say,
    Step,
    Tell,
    from_text,
    need_slot,
    pace_next_code,
    then,
)
from dialogs.kit.reaction import never
from dialogs.messages.contact import CheckLetterCode, CodeDead, CodeWrong, EmailProven
from dialogs.messages.order import ResendConfirmation
from dialogs.state import Contact, Ctx
from values.codes import TypedCodes, parse_code, parse_codes
from values.meaning import Expects
from values.parsing import Parsed

S = TypeVar("S")
ANOTHER_EMAIL = Option("edit:email", "edit.email")
LATE_FOR = timedelta(hours=2)
"""A letter that waits longer than this was given up."""
_parse = from_text(parse_code)


def parse_beside(text: str, _slots: Contact, ctx: Ctx) -> Parsed[str] | Parsed[TypedCodes]:
    """Read the code of an SMS; while a letter is on its way, too, also that one's or both."""
    return parse_codes(text) if is_letter_code_out(ctx) else parse_code(text)


def awaits_letter_proof(_slots: object, ctx: Ctx) -> bool:
    """Return whether a letter has gone to an address that isn't proven yet; its code may have run out."""
    account = ctx.case.account
    unproven = account.id is not None and not email_proven(ctx)
    return unproven and account.letter_at is not None and not by_number(ctx)


def is_letter_code_out(ctx: Ctx) -> bool:
    """Return whether the code of this account's letter is still good for an address that isn't proven yet."""
    return awaits_letter_proof(None, ctx) and _is_good(ctx)


def asks_letter_code_beside(ctx: Ctx) -> bool:
    """Return whether the letter's code is asked for beside the SMS's; where the letter waits it is only taken."""
    return is_letter_code_out(ctx) and not ctx.seller.sign_up.letter_waits


def owes_email_proof(ctx: Ctx) -> bool:
    """Return whether the account's address, for which the letter was let wait, is still to be proven."""
    account = ctx.case.account
    unproven = account.id is not None and ctx.case.find_email(ctx.books) is not None and not email_proven(ctx)
    return ctx.seller.sign_up.letter_waits and unproven


def has_followed_letter(ctx: Ctx) -> bool:
    """Return whether a letter went to the account's address, which is proven now."""
    return ctx.case.account.letter_at is not None and email_proven(ctx)


def _alone(again: str) -> Callable[[object, Ctx], tuple[AwaitedCode, ...]]:
    """Return what tells the codes of a step that awaits the letter's alone; `again` has another letter sent."""
    return lambda _slots, ctx: (make_awaited_code(again, ctx),) if is_letter_code_out(ctx) else ()


def make_awaited_code(again: str, ctx: Ctx) -> AwaitedCode:
    """Return the letter's code."""
    return AwaitedCode("letter", again, pace_next_code(ctx.case.account.letter_at), email_proven(ctx))


def describe_letter(_slots: object, ctx: Ctx) -> Params:
    """Return the address that the letter went to, and whether its code is still good; the link lives longer."""
    return {"email": ctx.case.find_email(ctx.books), "code": _is_good(ctx)}


def send_another_letter(ctx: Ctx) -> Effect:
    """Return what has another letter sent; while one waits for the mail server, what says so."""
    account = ctx.case.account
    if account.letter_late and account.letter_at is not None and ctx.now - account.letter_at < LATE_FOR:
        return Say("account.letter_late")
    return ResendConfirmation(need_slot(account.id))


def tell_early_letter_code(checked: Event | None, ctx: Ctx) -> tuple[Effect, ...]:
    """Return what follows from a letter's code that was typed before it was asked for."""
    match checked:
        case EmailProven():
            return (Tell(checked),)
        case CodeWrong():
            return (Say("contact.letter_code.wrong"),)
        case CodeDead("too_many_today"):
            return (Say("contact.letter_code.too_many_today", options=(HUMAN,)),)
        case CodeDead(reason):
            return Say(f"contact.letter_code.{reason}"), send_another_letter(ctx)
        case _:
            return ()


def _is_good(ctx: Ctx) -> bool:
    sent_at = ctx.case.account.letter_at
    return sent_at is not None and lapsed.name_lapsed_code(sent_at, ctx) is None


def declare_letter_step(
    dialog: Dialog[S],
    name: str,
    again: str,
    *ways: Option,
    when: Condition[S],
    done: Condition[S],
    out: Condition[S] = never,
    codes: Callable[[S, Ctx], tuple[AwaitedCode, ...]] | None = None,
) -> Step[S]:
    """Declare a step that awaits the confirmation letter's link or its code.

    `again` is the text of the button for another letter; `ways` lead off; by the last of them a wrong contact is
    changed. `out`: as of `TypedEntry`; `codes`: the boxes, where they aren't the letter's alone.
    """
    renewed = f"{name}:again"
    step = dialog.ask(
        name,
        Expects.email_link,
        parse=_parse,
        when=when,
        out=out,
        done=done,
        options=lambda _s, _c: (Option(renewed, again), *ways),
        params=describe_letter,
        lapsed=lambda _s, c: (
            "late" if c.case.account.letter_late else lapsed.name_lapsed_letter(c.case.account.letter_at, c)
        ),
        codes=_alone(renewed) if codes is None else codes,
        intents={"resend_code": renewed, "change_contact": ways[-1].payload},
        counted=False,
    )
    _react(step)
    return step


def _react(step: Step[S]) -> None:
    """Declare the reactions of a step that awaits the confirmation letter's link or its code."""

    @step.on(Answered)
    def check_typed_code(s: S, e: Answered, ctx: Ctx) -> Decision[S]:
        """Check the code, or renew the letter."""
        if e.value == "again":
            return then(s, send_another_letter(ctx))
        return then(s, CheckLetterCode(need_slot(ctx.case.account.id), str(e.value)))

    @step.on(CodeWrong)
    def tell_wrong_code(s: S, e: CodeWrong, _ctx: Ctx) -> Decision[S]:
        """Ask again; tries are counted by the service and outlive this conversation."""
        return then(s, Say("contact.code_wrong", {"left": e.left}))

    @step.on(CodeDead)
    def send_new_letter(s: S, e: CodeDead, ctx: Ctx) -> Decision[S]:
        """Send a new letter with a new code, unless the day's tries are used up: the link is still good then."""
        if e.reason == "too_many_today":
            return then(s, Say("contact.letter_code.too_many_today", options=(HUMAN,)))
        return then(s, Say(f"contact.letter_code.{e.reason}"), send_another_letter(ctx))
