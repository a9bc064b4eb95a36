"""Contact: the customer proves that a phone number is theirs by a code typed in the chat; the e-mail by a link."""

from dataclasses import replace

from dialogs.case import Contact, Ctx
from dialogs.kit import Answered, Decision, Dialog, Option, Say, then
from dialogs.words.account import LoggedIn
from dialogs.words.contact import (
    CheckCode,
    CodeDead,
    CodeIssued,
    CodeLimited,
    CodeNotSent,
    CodeRight,
    CodeSent,
    CodeWrong,
    EmailProven,
    IssueCode,
    SendCode,
)
from values import code as codes
from values import phone as phones
from values.expects import Expects
from values.parsed import Parsed


def _outlives(s: Contact) -> Contact:
    proven = s.phone_proven_at is not None
    return replace(s, challenge=None, sent_at=None, phone=s.phone if proven else None)


dialog = Dialog("contact", Contact, outlives=_outlives)


def _demanded(_s: Contact, ctx: Ctx) -> bool:
    return "phone" in ctx.seller.demanded_contacts


def _unproven(s: Contact, ctx: Ctx) -> bool:
    return _demanded(s, ctx) and s.phone_proven_at is None


def _parse_phone(text: str, _s: Contact, ctx: Ctx) -> Parsed[str]:
    return phones.parse(text, ctx.seller.country, ctx.seller.phone_countries)


def _parse_code(text: str, _s: Contact, _ctx: Ctx) -> Parsed[str]:
    return codes.parse(text)


def _another_phone(_s: Contact, e: Answered, _ctx: Ctx) -> Decision[Contact]:
    """Another number is proven from the start; the e-mail's proof stays."""
    return then(Contact(phone=str(e.value), email_proven_at=_s.email_proven_at))


phone = dialog.ask("phone", Expects.phone, slot="phone", parse=_parse_phone, when=_demanded, revise=_another_phone)
challenge = dialog.do(
    "challenge",
    lambda s, _c: IssueCode(s.phone or ""),
    when=_unproven,
    done=lambda s, _c: s.challenge is not None,
    slots=("challenge",),
    needs=("phone",),
)
sending = dialog.do(
    "sending",
    lambda s, _c: SendCode(s.challenge or "", s.phone or ""),
    when=_unproven,
    done=lambda s, _c: s.sent_at is not None,
    slots=("sent_at",),
    needs=("challenge",),
)
contact_code = dialog.ask(
    "contact_code",
    Expects.contact_code,
    parse=_parse_code,
    when=_demanded,
    done=lambda s, _c: s.phone_proven_at is not None,
    options=lambda _s, _c: (Option("contact_code:again", "option.send_again"), Option("edit:phone", "edit.phone")),
    params=lambda s, _c: {"phone": s.phone},
    intents={"resend_code": "contact_code:again", "change_contact": "edit:phone"},
)


@challenge.on(CodeIssued)
def code_issued(s: Contact, e: CodeIssued, _ctx: Ctx) -> Decision[Contact]:
    """It is sent next."""
    return then(replace(s, challenge=e.challenge, sent_at=None))


@dialog.always(CodeLimited)
def code_limited(s: Contact, e: CodeLimited, _ctx: Ctx) -> Decision[Contact]:
    """A code on its way stays good; without one the customer tries another number or asks a person."""
    human = (Option("/agent", "option.agent"),)
    said = Say(f"contact.limited.{e.reason}", {"seconds": e.seconds, "minutes": -(-e.seconds // 60)}, human)
    return then(s if s.sent_at is not None else replace(s, phone=None), said)


@sending.on(CodeSent)
def code_left(s: Contact, e: CodeSent, _ctx: Ctx) -> Decision[Contact]:
    """The operator took the message: the customer is asked for the code."""
    return then(replace(s, sent_at=e.at))


@sending.on(CodeNotSent)
def code_not_sent(s: Contact, e: CodeNotSent, _ctx: Ctx) -> Decision[Contact]:
    """Perhaps another number works, or the same a little later."""
    human = (Option("/agent", "option.agent"),)
    return then(
        replace(s, phone=None, challenge=None, sent_at=None), Say(f"contact.not_sent.{e.reason}", options=human)
    )


@contact_code.on(Answered)
def code_typed(s: Contact, e: Answered, ctx: Ctx) -> Decision[Contact]:
    """Asked for again, or compared by a service."""
    if e.value == "again":
        return then(s, IssueCode(s.phone or ""))
    return then(s, CheckCode(s.challenge or "", str(e.value), ctx.case.account.id or "", s.phone or ""))


@contact_code.on(CodeIssued)
def code_again(s: Contact, e: CodeIssued, _ctx: Ctx) -> Decision[Contact]:
    """A new code; the older one is dead."""
    return then(replace(s, challenge=e.challenge, sent_at=None))


@contact_code.on(CodeRight)
def right_code(s: Contact, e: CodeRight, _ctx: Ctx) -> Decision[Contact]:
    """The number is the customer's."""
    return then(replace(s, phone_proven_at=e.at, challenge=None), Say("contact.phone_proven"))


@contact_code.on(CodeWrong)
def wrong_code(s: Contact, e: CodeWrong, _ctx: Ctx) -> Decision[Contact]:
    """Tries are counted by the service and outlive this conversation."""
    return then(s, Say("contact.code_wrong", {"left": e.left}))


@contact_code.on(CodeDead)
def dead_code(s: Contact, e: CodeDead, _ctx: Ctx) -> Decision[Contact]:
    """A new code is sent at once, unless the day's tries are used up."""
    human = (Option("/agent", "option.agent"),)
    if e.reason == "too_many_today":
        return then(replace(s, phone=None, challenge=None, sent_at=None), Say("contact.code_blocked", options=human))
    return then(replace(s, challenge=None, sent_at=None), Say(f"contact.code_{e.reason}"))


@dialog.always(EmailProven)
def email_proven(s: Contact, e: EmailProven, ctx: Ctx) -> Decision[Contact]:
    """Only the address of this conversation's account counts."""
    if ctx.case.account.email != e.email or s.email_proven_at is not None:
        return then(s)
    return then(replace(s, email_proven_at=e.at), Say("contact.email_proven", {"email": e.email}))


@dialog.always(LoggedIn)
def logged_in(_s: Contact, e: LoggedIn, ctx: Ctx) -> Decision[Contact]:
    """What the account has proven is proven here."""
    view = e.view
    phone_at = ctx.now if view.phone_verified else None
    return then(
        Contact(
            phone=view.phone if view.phone_verified else None,
            phone_proven_at=phone_at,
            email_proven_at=ctx.now if view.email_verified else None,
        )
    )
