"""Contact: the customer proves a phone number by a code typed in the chat, an e-mail by a link or its letter's code.

With customers on file the channel is chosen first, and the contact given must equal the one on file.
"""

from datetime import timedelta

from msgspec.structs import replace

from dialogs import lapsed
from dialogs.account.entry import by_number, contact_change_options, contact_changes, is_locked_out, must_prove_contact
from dialogs.contact import conditions, letter_code
from dialogs.contact.in_books import email_proven, gets_codes, phone_of, proven_phone
from dialogs.contact.on_file import add_match, add_proof_letter
from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    AwaitedCode,
    Decision,
    Dialog,
    Event,
    Option,
    Params,
    Say,
    Unawait,
    from_text,
    need_slot,
    then,
)
from dialogs.messages import contact as messages
from dialogs.messages.account import LoggedIn
from dialogs.messages.on_file import AlreadyRegistered, CustomerRegistered, NumberFound
from dialogs.state import Contact, Ctx, PhoneCode
from values import phone as phones
from values.codes import TypedCodes
from values.email import parse as parse_email
from values.meaning import Expects


def _as_proven(s: Contact) -> Contact:
    """Return to the number that is proven; without one, ask for a number."""
    return replace(s, phone=s.proven, code=None)


def _proven(s: Contact, number: str, ctx: Ctx) -> Contact:
    """Take the number as proven: from now on the account's books have it."""
    here = number if ctx.case.account.id is None else None
    return replace(s, phone=here, proven=here, code=None)


def _outlives(s: Contact) -> Contact:
    """Keep the account's proven contacts; drop those that were to be compared with the file."""
    return Contact() if s.channel is not None else _as_proven(s)


dialog = Dialog("contact", Contact, outlives=_outlives, stage="account")


def _number_given(s: Contact, e: Answered, ctx: Ctx) -> Decision[Contact]:
    """Begin the proof of the number, by the code that it was sent just before if it is the same.

    The proven number stays until then, and also in place of a number that gets no codes. Before there is an account,
    such a number can't be kept: it is asked for in its turn.
    """
    number = str(e.value)
    same = ctx.case.account.id is not None and number == proven_phone(ctx)
    given = replace(s, phone=None if same else number, matched=None, code=_good_code(s, number, ctx))
    if conditions.is_vouched(number, ctx):
        return then(given, messages.TakeVouched(need_slot(ctx.case.account.id), number))
    if by_number(ctx) or gets_codes(number, ctx):
        return then(given)
    account_id = ctx.case.account.id
    if proven_phone(ctx) is not None or account_id is None:
        return _no_code(s, ctx, _not_texted(number, "stays"))
    return then(given, messages.KeepPhone(account_id, number))


def _good_code(s: Contact, number: str, ctx: Ctx) -> PhoneCode | None:
    code = s.code if conditions.code_sent(s) else None
    return (
        code
        if code is not None and code.phone == number and lapsed.name_lapsed_code(code.sent_at, ctx) is None
        else None
    )


def _address_given(s: Contact, e: Answered, _ctx: Ctx) -> Decision[Contact]:
    """Begin the proof of the address that is to be the one on file."""
    return then(replace(s, email=str(e.value), matched=None, letter=None, letter_sent=False, email_proven_at=None))


def _shown(s: Contact, ctx: Ctx) -> str:
    number = phone_of(s, ctx)
    return phones.display(number) if number is not None else ""


def _number_ahead(s: Contact, ctx: Ctx) -> bool:
    return conditions.phone_wanted(s, ctx) and not by_number(ctx)


contact_channel = dialog.choose(
    "contact_channel",
    lambda _s, _c: tuple(Option(f"contact_channel:{v}", f"option.contact_channel.{v}") for v in ("sms", "email")),
    slot="channel",
    when=lambda _s, c: must_prove_contact(c) or (is_locked_out(c) and c.case.lost_password.login is not None),
    needs=("on_file.customer_number", "lost_password.reset_number"),
    params=lambda _s, c: {"purpose": "reset_password" if is_locked_out(c) else "set_password"},
    intents={"fact:phone": "contact_channel:sms", "fact:email": "contact_channel:email"},
)
phone = dialog.ask(
    "phone",
    Expects.phone,
    slot="phone",
    parse=conditions.read_phone,
    when=conditions.phone_wanted,
    needs=("contact_channel",),
    options=lambda _s, c: (conditions.ANOTHER_CHANNEL,) if by_number(c) else (),
    in_books=phone_of,
    params=lambda s, c: {"on_file": by_number(c), "again": phone_of(s, c) is not None, "now": _shown(s, c)},
    ahead=_number_ahead,
    sheet=_number_ahead,
    intents={"change_contact_channel": "edit:contact_channel"},
    revise=_number_given,
)
email = dialog.ask(
    "email",
    Expects.email,
    slot="email",
    parse=from_text(parse_email),
    when=conditions.must_prove_by_letter,
    needs=("contact_channel",),
    options=lambda _s, _c: (conditions.ANOTHER_CHANNEL,),
    intents={"change_contact_channel": "edit:contact_channel"},
    revise=_address_given,
)
add_match(dialog)
challenge = dialog.do(
    "challenge",
    lambda s, _c: messages.IssueCode(need_slot(s.phone)),
    when=conditions.phone_unproven,
    done=lambda s, _c: s.code is not None,
    needs=("phone",),
)
sending = dialog.do(
    "sending",
    lambda s, _c: messages.SendCode(conditions.challenge_of(s), need_slot(s.phone)),
    when=lambda s, c: conditions.phone_unproven(s, c) and not conditions.is_code_still_to_ask(s),
    done=lambda s, _c: conditions.code_sent(s),
    needs=("challenge",),
)
contact_code = dialog.ask(
    "contact_code",
    Expects.contact_code,
    parse=letter_code.parse_beside,
    when=conditions.must_prove_by_code,
    done=conditions.phone_proven,
    out=conditions.is_code_outstanding,
    options=conditions.code_ways,
    params=lambda s, c: {
        "phone": _shown(s, c),
        "letter": "later" if conditions.is_code_still_to_ask(s) else letter_code.asks_letter_code_beside(c),
    },
    lapsed=lambda s, c: lapsed.name_lapsed_code(s.code.sent_at if s.code is not None else None, c),
    codes=conditions.codes_awaited,
    intents={
        "resend_code": "contact_code:again",
        "change_contact": "edit:phone",
        "change_contact_channel": "edit:contact_channel",
    },
    final=conditions.phone_proven,
    instead=contact_changes,
)


def _still_awaited(s: Contact, ctx: Ctx) -> tuple[AwaitedCode, ...]:
    """Return the letter's code; after the SMS's, beside which it was asked, with that one until an order stands."""
    if conditions.must_prove_by_email(s, ctx):
        return (letter_code.make_awaited_code("email_proof:again", ctx),) if letter_code.is_letter_code_out(ctx) else ()
    if proven_phone(ctx) is None or ctx.case.order.id is not None or not letter_code.asks_letter_code_beside(ctx):
        return ()
    return AwaitedCode("sms", "contact_code:again", proven=True), letter_code.make_awaited_code(
        "contact_code:letter", ctx
    )


letter_code.declare_letter_step(
    dialog,
    "email_proof",
    "option.code_again",
    letter_code.ANOTHER_EMAIL,
    Option("edit:phone", "edit.phone"),
    when=conditions.must_prove_by_email,
    done=lambda _s, c: email_proven(c),
    out=letter_code.awaits_letter_proof,
    codes=_still_awaited,
)
add_proof_letter(dialog)
phone.on(Answered)(_number_given)


@contact_channel.on(Answered)
def take_chosen_channel(s: Contact, e: Answered, _ctx: Ctx) -> Decision[Contact]:
    """Forget a code that was sent: what the contact on file is proven by is chosen anew."""
    return then(replace(s, channel="sms" if e.value == "sms" else "email", code=None))


email.on(Answered)(_address_given)


@dialog.always(NumberFound, CustomerRegistered, AlreadyRegistered)
def drop_proofs(_s: Contact, _e: Event, _ctx: Ctx) -> Decision[Contact]:
    """Drop the proofs: they were another number's, or have served."""
    return then(Contact())


letter_code.declare_letter_step(
    dialog,
    "activation",
    "option.send_again",
    letter_code.ANOTHER_EMAIL,
    when=lambda _s, c: c.seller.sign_up.confirm_first and c.case.account.id is not None,
    done=lambda _s, c: email_proven(c),
)


@dialog.always(messages.PhoneVouched)
def take_vouched_phone(s: Contact, e: messages.PhoneVouched, ctx: Ctx) -> Decision[Contact]:
    """Take the number as proven; a code that is on its way has nothing left to prove."""
    return then(_proven(s, e.phone, ctx), Say("contact.phone_vouched", {"phone": phones.display(e.phone)}))


@dialog.always(messages.PhoneKept)
def tell_why_no_code(s: Contact, e: messages.PhoneKept, ctx: Ctx) -> Decision[Contact]:
    """Say that the e-mail's proof takes the place of a code."""
    return then(replace(s, phone=None), _not_texted(e.phone, "known" if email_proven(ctx) else "proof"))


@challenge.on(messages.CodeIssued)
@contact_code.on(messages.CodeIssued)
def note_issued_code(s: Contact, e: messages.CodeIssued, _ctx: Ctx) -> Decision[Contact]:
    """Send the code next; an older one is dead, so that a new one is told of."""
    said = (Say("contact.code_new"),) if s.code is not None else ()
    return then(replace(s, code=PhoneCode(e.challenge, phone=s.phone, again_at=e.again_at)), *said)


@dialog.always(messages.CodeLimited)
def tell_code_limit(s: Contact, e: messages.CodeLimited, ctx: Ctx) -> Decision[Contact]:
    """Keep a code that was sent, or wait for the number's next one; else ask for another number, or offer a person."""
    params: Params = {"seconds": e.seconds, "minutes": -(-e.seconds // 60)}
    said = Say(f"contact.limited.{e.reason}", params, (HUMAN,))
    if not conditions.code_sent(s) and e.reason != "cool_down":
        return _no_code(s, ctx, said)
    code = s.code or PhoneCode("", phone=s.phone)
    return then(replace(s, code=replace(code, again_at=ctx.now + timedelta(seconds=e.seconds))), said)


@sending.on(messages.CodeSent)
def note_sent_code(s: Contact, e: messages.CodeSent, _ctx: Ctx) -> Decision[Contact]:
    return then(replace(s, code=replace(need_slot(s.code), sent_at=e.at)))


@sending.on(messages.CodeNotSent)
def tell_unsent_code(s: Contact, e: messages.CodeNotSent, ctx: Ctx) -> Decision[Contact]:
    """Ask for another number, or for another try a little later."""
    return _no_code(s, ctx, Say(f"contact.not_sent.{e.reason}", options=(HUMAN,)))


@contact_code.on(Answered)
def check_typed_code(s: Contact, e: Answered, ctx: Ctx) -> Decision[Contact]:
    """Check the code, issue another one, or return to the number that is proven already."""
    match e.value:
        case "again":
            return then(s, messages.IssueCode(need_slot(s.phone)))
        case "letter":
            return then(s, letter_code.send_another_letter(ctx))
        case "keep":
            return then(_as_proven(s))
        case TypedCodes(sms, letter):
            account_id = need_slot(ctx.case.account.id)
            return then(
                s, messages.CheckCodes(conditions.challenge_of(s), conditions.find_texted(s), account_id, sms, letter)
            )
        case typed:
            return then(
                s,
                messages.CheckCode(
                    conditions.challenge_of(s), str(typed), ctx.case.account.id, conditions.find_texted(s)
                ),
            )


@contact_code.on(messages.CodeRight)
def take_proven_phone(s: Contact, e: messages.CodeRight, ctx: Ctx) -> Decision[Contact]:
    return then(_proven(s, e.phone, ctx), Say("contact.phone_proven", ack=True))


@contact_code.on(messages.CodeWrong)
def tell_wrong_code(s: Contact, e: messages.CodeWrong, _ctx: Ctx) -> Decision[Contact]:
    """Ask again; tries are counted by the service and outlive this conversation."""
    return then(s, Say("contact.code_wrong", {"left": e.left}))


@contact_code.on(messages.CodeDead)
def replace_dead_code(s: Contact, e: messages.CodeDead, ctx: Ctx) -> Decision[Contact]:
    """Issue a new code at once, unless the day's tries are used up."""
    if e.reason == "too_many_today":
        return _no_code(s, ctx, Say("contact.code_blocked", options=(HUMAN,)))
    return then(s, Say(f"contact.code_{e.reason}"), *((messages.IssueCode(s.phone),) if s.phone is not None else ()))


@contact_code.on(messages.CodesChecked)
def take_checked_codes(s: Contact, e: messages.CodesChecked, ctx: Ctx) -> Decision[Contact]:
    """Take each outcome as if its code had been typed alone."""
    letter = letter_code.tell_early_letter_code(e.letter, ctx)
    match e.sms:
        case messages.CodeRight():
            sms = take_proven_phone(s, e.sms, ctx)
        case messages.CodeWrong(left):
            sms = then(s, Say("contact.code_wrong" if e.either else "contact.code_by_sms_wrong", {"left": left}))
        case messages.CodeDead():
            sms = replace_dead_code(s, e.sms, ctx)
        case _:
            sms = then(s)
    return then(sms.slots, *letter, *sms.effects)


@dialog.always(messages.EmailProven)
def tell_proven_email(s: Contact, e: messages.EmailProven, ctx: Ctx) -> Decision[Contact]:
    """Tell once that it is proven, if it is the e-mail of this conversation's account."""
    if ctx.case.account.id is None or ctx.books.email != e.email or s.told_proven == e.email:
        return then(s)
    return then(replace(s, told_proven=e.email), Say("contact.email_proven", {"email": e.email}, ack=True))


@dialog.always(LoggedIn)
def drop_proofs_on_log_in(_s: Contact, _e: LoggedIn, _ctx: Ctx) -> Decision[Contact]:
    """Drop what was being proven for another account."""
    return then(Contact(), Unawait())


@dialog.asked("change_contact")
def ask_which_contact(s: Contact, _e: Asked, ctx: Ctx) -> Decision[Contact]:
    """Ask with buttons which contact is to be changed."""
    if by_number(ctx) and ctx.case.account.id is not None:  # those that the seller knows are changed there
        return then(s, Say("kit.for_a_person", options=(HUMAN,)))
    inside = ctx.case.account.id is not None and email_proven(ctx)
    given = ctx.case.find_email(ctx.books) is not None or by_number(ctx)
    known = contact_change_options(ctx) if inside else contact_changes(s, ctx) if given else ()
    return then(s, Say("contact.which_to_change", options=known) if known else Say("kit.nothing_to_correct"))


def _not_texted(number: str, instead: str) -> Say:
    """Return the proof that counts instead of a code: the e-mail's, or the number that stays."""
    return Say("contact.not_texted", {"code": phones.dial_code(number), "instead": instead}, (HUMAN,))


def _no_code(s: Contact, ctx: Ctx, said: Say) -> Decision[Contact]:
    """Ask for another number, unless one is proven already."""
    number = proven_phone(ctx)
    stays = (Say("contact.number_stays", {"phone": phones.display(number)}),) if number is not None else ()
    return then(_as_proven(s), said, *stays)


@dialog.anywhere("contact:no_access")
def offer_person_without_access(s: Contact, _e: Answered, _ctx: Ctx) -> Decision[Contact]:
    """Offer a person, who can tell who it is."""
    return then(s, Say("contact.no_access", options=(HUMAN,)))
