"""Contact: the customer proves that a phone number is theirs by a code typed in the chat; the e-mail by a link."""

from dataclasses import replace

from dialogs.case import Contact, Ctx, PhoneCode
from dialogs.entry import contacts
from dialogs.kit import Answered, Asked, Decision, Dialog, Option, Params, Say, Unawait, then
from dialogs.words.account import EmailChanged, EmailKept, LoggedIn
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
from dialogs.words.order import ResendConfirmation
from values import code as codes
from values import phone as phones
from values.expects import Expects
from values.parsed import Parsed

HUMAN = (Option("/agent", "option.agent"),)


def _as_proven(s: Contact) -> Contact:
    """Back at the number that is proven; without one the number is asked."""
    return replace(s, phone=s.proven, code=None)


dialog = Dialog("contact", Contact, outlives=_as_proven)


def _demanded(_s: Contact, ctx: Ctx) -> bool:
    return "phone" in ctx.seller.demanded_contacts


def _proven(s: Contact, _ctx: Ctx) -> bool:
    return s.proven is not None and s.proven == s.phone


def _unproven(s: Contact, ctx: Ctx) -> bool:
    return _demanded(s, ctx) and not _proven(s, ctx)


def _challenge(s: Contact) -> str:
    return s.code.challenge if s.code is not None else ""


def _sent(s: Contact) -> bool:
    return s.code is not None and s.code.sent_at is not None


def _parse_phone(text: str, _s: Contact, ctx: Ctx) -> Parsed[str]:
    return phones.parse(text, ctx.seller.country, ctx.seller.phone_countries)


def _parse_code(text: str, _s: Contact, _ctx: Ctx) -> Parsed[str]:
    return codes.parse(text)


def _code_options(s: Contact, _ctx: Ctx) -> tuple[Option, ...]:
    ways = (Option("contact_code:again", "option.send_again"), Option("edit:phone", "edit.phone"))
    return (
        (*ways, Option("contact_code:keep", "option.keep_phone", {"phone": phones.display(s.proven)}))
        if s.proven
        else ways
    )


def _number_given(s: Contact, e: Answered, _ctx: Ctx) -> Decision[Contact]:
    """It is to be proven from the start; what is proven already stays until then."""
    return then(replace(s, phone=str(e.value), code=None))


phone = dialog.ask("phone", Expects.phone, slot="phone", parse=_parse_phone, when=_demanded, revise=_number_given)
challenge = dialog.do(
    "challenge",
    lambda s, _c: IssueCode(s.phone or ""),
    when=_unproven,
    done=lambda s, _c: s.code is not None,
    slots=("code",),
    needs=("phone",),
)
sending = dialog.do(
    "sending",
    lambda s, _c: SendCode(_challenge(s), s.phone or ""),
    when=_unproven,
    done=lambda s, _c: _sent(s),
    needs=("challenge",),
)
contact_code = dialog.ask(
    "contact_code",
    Expects.contact_code,
    parse=_parse_code,
    when=_demanded,
    done=_proven,
    options=_code_options,
    params=lambda s, _c: {"phone": phones.display(s.phone or "")},
    intents={"resend_code": "contact_code:again", "change_contact": "edit:phone"},
    final=_proven,
    instead=contacts,
)
phone.on(Answered)(_number_given)


activation = dialog.wait(
    "activation",
    Expects.email_link,
    when=lambda _s, c: c.seller.sign_up.confirm_first and c.case.account.id is not None,
    done=lambda s, _c: s.email_proven_at is not None,
    options=lambda _s, _c: (Option("activation:again", "option.send_again"), Option("edit:email", "edit.email")),
    params=lambda _s, c: {"email": c.case.account.email},
    intents={"resend_code": "activation:again", "change_contact": "edit:email"},
    counted=False,
)


@activation.on(Answered)
def letter_again(s: Contact, _e: Answered, ctx: Ctx) -> Decision[Contact]:
    """The activation letter once more."""
    return then(s, ResendConfirmation(ctx.case.account.id or ""))


@challenge.on(CodeIssued)
@contact_code.on(CodeIssued)
def code_issued(s: Contact, e: CodeIssued, _ctx: Ctx) -> Decision[Contact]:
    """It is sent next; an older one is dead."""
    return then(replace(s, code=PhoneCode(e.challenge)))


@dialog.always(CodeLimited)
def code_limited(s: Contact, e: CodeLimited, _ctx: Ctx) -> Decision[Contact]:
    """A code on its way stays good; without one the customer tries another number or asks a person."""
    params: Params = {"seconds": e.seconds, "minutes": -(-e.seconds // 60)}
    said = Say(f"contact.limited.{e.reason}", params, HUMAN)
    return then(s, said) if _sent(s) else _no_code(s, said)


@sending.on(CodeSent)
def code_left(s: Contact, e: CodeSent, _ctx: Ctx) -> Decision[Contact]:
    """The operator took the message: the customer is asked for the code."""
    return then(replace(s, code=PhoneCode(_challenge(s), e.at)))


@sending.on(CodeNotSent)
def code_not_sent(s: Contact, e: CodeNotSent, _ctx: Ctx) -> Decision[Contact]:
    """Perhaps another number works, or the same a little later."""
    return _no_code(s, Say(f"contact.not_sent.{e.reason}", options=HUMAN))


@contact_code.on(Answered)
def code_typed(s: Contact, e: Answered, ctx: Ctx) -> Decision[Contact]:
    """Compared by a service; or asked for again, or the number that is proven already is good enough."""
    match e.value:
        case "again":
            return then(s, IssueCode(s.phone or ""))
        case "keep":
            return then(_as_proven(s))
        case typed:
            return then(s, CheckCode(_challenge(s), str(typed), ctx.case.account.id or "", s.phone or ""))


@contact_code.on(CodeRight)
def right_code(s: Contact, _e: CodeRight, _ctx: Ctx) -> Decision[Contact]:
    """The number is the customer's."""
    return then(replace(s, proven=s.phone, code=None), Say("contact.phone_proven"))


@contact_code.on(CodeWrong)
def wrong_code(s: Contact, e: CodeWrong, _ctx: Ctx) -> Decision[Contact]:
    """Tries are counted by the service and outlive this conversation."""
    return then(s, Say("contact.code_wrong", {"left": e.left}))


@contact_code.on(CodeDead)
def dead_code(s: Contact, e: CodeDead, _ctx: Ctx) -> Decision[Contact]:
    """A new code is sent at once, unless the day's tries are used up."""
    if e.reason == "too_many_today":
        return _no_code(s, Say("contact.code_blocked", options=HUMAN))
    return then(s, Say(f"contact.code_{e.reason}"), IssueCode(s.phone or ""))


@dialog.always(EmailProven)
def email_proven(s: Contact, e: EmailProven, ctx: Ctx) -> Decision[Contact]:
    """Only the address of this conversation's account counts."""
    if ctx.case.account.id is None or ctx.case.account.email != e.email or s.email_proven_at is not None:
        return then(s)
    return then(replace(s, email_proven_at=e.at), Say("contact.email_proven", {"email": e.email}))


@dialog.always(EmailChanged)
def email_changed(s: Contact, _e: EmailChanged, _ctx: Ctx) -> Decision[Contact]:
    """Nothing is proven of the new address yet."""
    return then(replace(s, email_proven_at=None))


@dialog.always(EmailKept)
def email_kept(s: Contact, _e: EmailKept, ctx: Ctx) -> Decision[Contact]:
    """It couldn't be changed because it is proven: perhaps in another conversation."""
    return then(replace(s, email_proven_at=s.email_proven_at or ctx.now))


@dialog.always(LoggedIn)
def logged_in(_s: Contact, e: LoggedIn, ctx: Ctx) -> Decision[Contact]:
    """What the account has proven is proven here; a number that isn't is asked for."""
    view = e.view
    number = view.phone if view.phone_verified else None
    known = Contact(phone=number, proven=number, email_proven_at=ctx.now if view.email_verified else None)
    return then(known, Unawait())


@dialog.asked("change_contact")
def which_contact(s: Contact, _e: Asked, ctx: Ctx) -> Decision[Contact]:
    """E-mail or phone: said by a button."""
    known = contacts(s, ctx) if ctx.case.account.email else ()
    return then(s, Say("contact.which_to_change", options=known) if known else Say("kit.nothing_to_correct"))


def _no_code(s: Contact, said: Say) -> Decision[Contact]:
    """Another number is asked for, unless one is proven already: then that one stays."""
    stays = (Say("contact.number_stays", {"phone": phones.display(s.proven)}),) if s.proven is not None else ()
    return then(_as_proven(s), said, *stays)
