"""Answers and news of the zone at any step: what state and books say to questions about one's own contract.

A row is a question, the reader of what is known (None: nothing yet), and the texts that tell the one and the other.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from dialogs import lapsed
from dialogs.account import consent_words, log_ins
from dialogs.account.entry import by_number
from dialogs.company.data import find_seat_country, read_company, sdi_address
from dialogs.company.data import show_company as company_shown
from dialogs.contact import letter_code
from dialogs.contact.conditions import find_texted, is_code_outstanding
from dialogs.contact.in_books import phone_of
from dialogs.kit import HUMAN, Asked, Decision, Dialog, Event, Param, Params, Say, Word, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.elsewhere import GoOnHere
from dialogs.messages.payment import ForgetStored, PaymentBooked
from dialogs.messages.renewal import SubscriptionLapsed
from dialogs.messages.zone import FreeVersionOpen, FreeVersionRefused
from dialogs.order.bought import has_ended
from dialogs.order.cart_lines import is_undecided, lines
from dialogs.order.costs import orderer_of, renewal_shown
from dialogs.order.in_books import is_paid, method_of
from dialogs.order.list_prices import prices, trial_sold
from dialogs.renewal import notices
from dialogs.renewal.shown import outlooks_shown
from dialogs.state import Ctx, Zone
from dialogs.to_pay import payment_shown, status_of
from dialogs.zone.changes import tell_paid_quantity
from values import phone as phones
from values import tax_number
from values.country import Country

MINE = "ask_my_"
"""Begins the questions after what was given, each with the name of the answer behind it."""
Value = Param | tuple[Param, ...]


class BookAnswer(Struct, frozen=True):
    """The answer to a question. `private`: it is on file, and a chat found open doesn't show it."""

    read: Callable[[Ctx], Params | None]
    told: str
    unknown: str
    private: bool = False


def declare(dialog: Dialog[Zone]) -> None:
    """Declare the reactions, which work at any step."""
    dialog.always(LoggedIn)(continue_from_elsewhere)
    dialog.always(PaymentBooked)(tell_paid_renewal)
    dialog.always(SubscriptionLapsed)(tell_lapsed_term)
    dialog.always(*(row.facts for row in notices.SPOKEN))(say_notice)
    dialog.always(FreeVersionOpen)(tell_running_free_version)
    dialog.always(FreeVersionRefused)(tell_refused_free_version)
    dialog.asked(*ANSWERS)(answer_question)
    dialog.asked("awaited")(tell_awaited)


def answer_question(s: Zone, e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Tell what is known; of nothing, that nothing is."""
    answer = ANSWERS[e.intent]
    if answer.private and (again := log_ins.ask_password_unless_fresh(ctx)) is not None:
        return then(s, again)
    if (known := answer.read(ctx)) is not None:
        prices_too = (Say("order.prices", known),) if known.get("prices") is not None else ()
        return then(s, Say(answer.told, known), *prices_too)
    if answer.read is _charges and not is_paid(ctx) and (trial := trial_sold(ctx)) is not None:
        return then(s, Say("zone.charged_later", trial))
    slot = "auto_renewal" if answer.read is _charges else e.intent.removeprefix(MINE)
    about: Params = {"step": _label(slot), "name": None, "account": ctx.case.account.id is not None}
    return then(s, Say(answer.unknown, {**about, **payment_shown(ctx)}))


def tell_awaited(s: Zone, _e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Tell what is awaited; of nothing, say nothing."""
    return then(s, *((Say("zone.awaited", awaited),) if (awaited := _awaited(ctx)) is not None else ()))


def _awaited(ctx: Ctx) -> Params | None:
    """Return what is on its way: a code, a letter, a payment or a person; the last one to have been sent first."""
    case, account, contact = ctx.case, ctx.case.account, ctx.case.contact
    sent: list[tuple[datetime, str, Param]] = []
    if contact.code is not None and contact.code.sent_at is not None and is_code_outstanding(contact, ctx):
        sent.append((contact.code.sent_at, "sms", phones.display(find_texted(contact))))
    if account.letter_at is not None and letter_code.awaits_letter_proof(None, ctx):
        sent.append((account.letter_at, "letter", case.find_email(ctx.books)))
    if account.reset_at is not None and lapsed.name_lapsed_reset_letter(account.reset_at, ctx) is None:
        sent.append((account.reset_at, "letter", account.reset_email))
    if contact.letter_sent and contact.letter_at is not None and contact.email_proven_at is None:
        sent.append((contact.letter_at, "letter", contact.email))
    if sent:
        at, by, to = max(sent, key=lambda one: one[0])
        return {"by": by, "to": to, "sent_lately": at}
    if status_of(ctx) == "pending":
        return {"by": "payment", **payment_shown(ctx)}
    return {"by": "person"} if case.handoff.mode == "waiting" else None


def _about(ctx: Ctx) -> Params:
    """Return the seller, with the prices where something is sold by plans."""
    plans = tuple(plan.id for plan in ctx.seller.plans)
    return {"seller": ctx.seller.name, "prices": prices(plans, ctx) if plans else None}


def _charges(ctx: Ctx) -> Params | None:
    """Return what is charged next: of what runs as the books have it, else of the order that is being made."""
    order = ctx.case.order
    outlooks = None if has_ended(ctx) else outlooks_shown(ctx.books.outlooks, ctx.seller, ctx.books)
    if outlooks is not None:
        return {"outlooks": outlooks}
    if is_paid(ctx) or not ctx.seller.sells or not lines(order, ctx) or is_undecided(order, ctx):
        return None
    return {"outlooks": None, **renewal_shown(order, ctx)}


def _consents(ctx: Ctx) -> Params | None:
    account = ctx.case.account
    before = account.ticked if account.consents is None else account.consents
    given = before if account.id is None else tuple(one.id for one in ctx.books.consents_given)
    known = tuple(one.id for one in (*ctx.seller.consents, *ctx.seller.documents) if one.id in given)
    return consent_words.titles(known) if known else None


def _company(ctx: Ctx) -> Params | None:
    return company_shown(read_company(ctx), ctx) if read_company(ctx).name is not None else None


def _phone(ctx: Ctx) -> Value:
    number = phone_of(ctx.case.contact, ctx) or orderer_of(ctx.case.orderer, ctx).phone
    return phones.display(number) if number is not None else None


def _method(ctx: Ctx) -> Value:
    method = method_of(ctx.case.order, ctx) or ctx.books.default_method
    return Word(f"option.method.{method}") if method is not None else None


def _address(ctx: Ctx) -> Value:
    s = read_company(ctx)
    town = " ".join(part for part in (s.postal_code, s.city) if part)
    return ", ".join(part for part in (s.street, town) if part) or None


_MINE: Mapping[str, Callable[[Ctx], Value]] = {
    "email": lambda c: c.case.find_email(c.books) or c.case.contact.email,
    "invoice_email": lambda c: c.books.einvoice_email or orderer_of(c.case.orderer, c).invoice_email,
    "phone": _phone,
    "number": _phone,
    "account_email": lambda c: c.case.find_email(c.books),
    "holder_email": lambda c: read_company(c).holder_email,
    "orderer_email": lambda c: orderer_of(c.case.orderer, c).email,
    "person_name": lambda c: c.case.find_name(c.books) or orderer_of(c.case.orderer, c).name,
    "company_name": lambda c: read_company(c).name,
    "street": _address,
    "postal_code": lambda c: read_company(c).postal_code,
    "city": lambda c: read_company(c).city,
    "country": lambda c: Country(find_seat_country(read_company(c), c)) if read_company(c).name is not None else None,
    "tax_number": lambda c: tax_number.display(number) if (number := read_company(c).tax_number) else None,
    "sdi_code": lambda c: sdi_address(read_company(c), c),
    "customer_number": lambda c: c.case.on_file.number or (c.books.user_name or None if by_number(c) else None),
    "discount_code": lambda c: c.case.order.discount,
    "method": _method,
}
"""What was given, by the name of the answer."""
_CALLED = {"account_email": "email", "number": "phone", "discount_code": "discount"}
"""The labels of answers that have none of their own name."""


def _label(slot: str) -> Word:
    return Word(f"label.{_CALLED.get(slot, slot)}")


def _given(slot: str, read: Callable[[Ctx], Value]) -> BookAnswer:
    def known(ctx: Ctx) -> Params | None:
        value = read(ctx)
        return None if value is None else {"step": _label(slot), "answer": value}

    return BookAnswer(known, "kit.answer", "zone.not_given", private=True)


ANSWERS: Mapping[str, BookAnswer] = {
    "ask_what_is_this": BookAnswer(_about, "zone.what_is_this", ""),
    "ask_sent": BookAnswer(_awaited, "zone.awaited", "zone.nothing_sent"),
    "ask_charged": BookAnswer(_charges, "zone.charged", "zone.not_given"),
    "ask_my_auto_renewal": BookAnswer(_charges, "zone.charged", "zone.not_given"),
    "ask_my_company": BookAnswer(_company, "zone.company_told", "zone.company_data", private=True),
    "ask_my_consents": BookAnswer(_consents, "account.consents_given", "zone.not_given", private=True),
    **{f"{MINE}{slot}": _given(slot, read) for slot, read in _MINE.items()},
}
"""The answers by their questions."""


def continue_from_elsewhere(s: Zone, e: LoggedIn, ctx: Ctx) -> Decision[Zone]:
    """Continue what was left elsewhere: the last reaction of all dialogs to the log-in."""
    return then(s, *((GoOnHere(e.view.id),) if ctx.case.elsewhere.coming else ()))


def tell_paid_renewal(s: Zone, e: PaymentBooked, ctx: Ctx) -> Decision[Zone]:
    """Tell the new end of a renewal, or the new number of seats; forget a stored way that another has replaced."""
    old = (ForgetStored(e.replaced),) if e.replaced is not None else ()
    if not (e.news and e.status == "paid"):
        return then(s, *old)
    ends = {o.ends_at for o in ctx.books.owned if o.renewed and o.order_id == e.order_id}
    renewed = (Say("zone.renewed", {"ends": end}) for end in ends if len(ends) == 1)
    return then(s, *old, *renewed, *tell_paid_quantity(e.order_id, ctx))


def tell_lapsed_term(_s: Zone, e: SubscriptionLapsed, ctx: Ctx) -> Decision[Zone]:
    """Tell that it has run out, and the last day to renew it without a gap, at home, whose buttons order and renew."""
    return then(Zone(lapsed_at=ctx.now), notices.say(e, ctx))


def say_notice(s: Zone, e: Event, ctx: Ctx) -> Decision[Zone]:
    """Say a notice that changes nothing here."""
    return then(s, notices.say(e, ctx))


def tell_running_free_version(s: Zone, e: FreeVersionOpen, _ctx: Ctx) -> Decision[Zone]:
    """Tell that the free version runs, once."""
    return then(s, Say("zone.free_version_on" if e.new else "zone.free_version_before"))


def tell_refused_free_version(s: Zone, _e: FreeVersionRefused, _ctx: Ctx) -> Decision[Zone]:
    """Tell that the account isn't ready for the free version."""
    return then(s, Say("zone.free_version_refused", options=(HUMAN,)))
