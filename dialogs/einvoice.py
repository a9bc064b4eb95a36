"""E-invoice: pressing the button is the consent.

After a purchase it is offered at once, and needs a confirmed company and a paid order. A seller who sells nothing here
offers it at home, and the address for the notices is confirmed first.
"""

from msgspec.structs import replace

from dialogs.account.entry import account_contacts
from dialogs.account.letters import former_told
from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    BoundStep,
    CardContent,
    Chosen,
    ConsentTakenBack,
    Decision,
    Dialog,
    Option,
    Params,
    RowContent,
    Say,
    Tell,
    from_text,
    required,
    then,
    unchanged,
)
from dialogs.messages.account import AccountLeft, LoggedIn
from dialogs.messages.einvoice import (
    ActivateEInvoice,
    ChangeInvoiceEmail,
    EInvoiceRefused,
    EInvoiceSwitched,
    InvoiceEmailChanged,
    InvoiceIssued,
    InvoiceNoticed,
    SendInvoiceNotice,
    WithdrawEInvoice,
)
from dialogs.messages.feedback import CameToNothing
from dialogs.messages.order import AccountSeen
from dialogs.messages.payment import PaymentOpened
from dialogs.order import accepting
from dialogs.order.bought import ended
from dialogs.payment_card import receipt_card
from dialogs.state import Ctx, EInvoice, InvoiceLine
from values.consent import Consent
from values.email import parse as parse_email
from values.meaning import BindingAct, Expects

_INVOICES = Option("zone:invoices", "option.zone.invoices")
_INVOICE_EMAIL = Option("edit:invoice_email", "edit.invoice_email")
OFF = Option("zone:einvoice_off", "option.einvoice.off", loses=True)


def _standing_still(s: EInvoice) -> EInvoice:
    """Return the slots as they stay: active, or put off and not asked again."""
    return s if s.status else EInvoice("later" if s.choice == "later" else None)


dialog = Dialog("einvoice", EInvoice, outlives=_standing_still)


def _at_home(ctx: Ctx) -> bool:
    return not ctx.seller.sells


def _email_of(s: EInvoice, ctx: Ctx) -> str | None:
    return s.email or ctx.case.account.email


def _shown(s: EInvoice, ctx: Ctx) -> Params:
    return {"email": _email_of(s, ctx), "name": ctx.case.company.name, "status": s.status or "off"}


_ACTIVATE = Option("einvoice:activate", "option.einvoice.activate", binds=BindingAct.activate)
_CONSENT = RowContent("einvoice", choices=(_ACTIVATE,), words="consent.einvoice.text")


def _offered(s: EInvoice, ctx: Ctx) -> CardContent:
    """Return the card of what is offered after a purchase: what one agrees to stands in a row of its own."""
    card = _card(s, ctx)
    return replace(card, rows=(*card.rows, _CONSENT))


def _card(s: EInvoice, ctx: Ctx) -> CardContent:
    """Return the card of the activation: for whom, and where the invoices go."""
    here = (RowContent("company"), RowContent("invoice_email", edit=_INVOICE_EMAIL.payload))
    return CardContent("activation", "einvoice", here, _shown(s, ctx))


def _address_card(s: EInvoice, ctx: Ctx) -> CardContent:
    """Return the card of the confirming step: the address alone, as nothing was bought here."""
    return replace(_card(s, ctx), rows=(RowContent("invoice_email", edit=_INVOICE_EMAIL.payload),))


def _consent(ctx: Ctx) -> tuple[Consent, ...]:
    return accepting.documents(ctx, "einvoice")


def _bound(_s: EInvoice, ctx: Ctx) -> BoundStep | None:
    return accepting.bound(_consent(ctx), ctx)


def _confirming(s: EInvoice, ctx: Ctx) -> bool:
    return _at_home(ctx) and s.choice == "activate"


def _switched_on(s: EInvoice, ctx: Ctx) -> bool:
    return s.status is not None and (_at_home(ctx) or ctx.case.payment.status == "paid")


invoice_email = dialog.ask(
    "invoice_email",
    Expects.email,
    slot="email",
    parse=from_text(parse_email),
    when=lambda _s, c: c.case.account.id is not None,
    ahead=lambda s, c: s.status is None and c.case.account.id is None,
    asked=lambda s, c: c.case.account.id is not None and _confirming(s, c) and not _email_of(s, c),
    revise="anew",
    counted=False,
)
einvoice = dialog.choose(
    "einvoice",
    lambda _s, _c: (
        _ACTIVATE,
        Option("einvoice:details", "option.einvoice.details"),
        Option("einvoice:later", "option.einvoice.later"),
        replace(_INVOICE_EMAIL, hidden=True),
    ),
    slot="choice",
    when=lambda _s, c: not ended(c),
    done=lambda s, c: s.choice is not None or _at_home(c),
    params=_shown,
    card=_offered,
    bound_to=_bound,
    intents={
        "activate_einvoice": "einvoice:activate",
        "affirm": "einvoice:activate",
        "deny": "einvoice:later",
        "ask_einvoice": "einvoice:details",
    },
)
confirm = dialog.choose(
    "confirm",
    lambda _s, _c: (
        Option("confirm:yes", "option.einvoice.activate", binds=BindingAct.activate),
        Option("confirm:edit", "option.edit"),
        Option("einvoice:details", "option.einvoice.details"),
        Option("einvoice:later", "option.einvoice.later"),
    ),
    slot="confirmed",
    when=_confirming,
    done=lambda s, _c: s.confirmed is not None or s.status is not None,
    expects=Expects.confirm_data,
    needs=("einvoice", "invoice_email"),
    params=_shown,
    card=_address_card,
    bound_to=_bound,
    intents={
        "affirm": "confirm:yes",
        "activate_einvoice": "confirm:yes",
        "correct_data": "confirm:edit",
        "change_contact": "confirm:edit",
        "deny": "einvoice:later",
        "ask_einvoice": "einvoice:details",
    },
    edits=("invoice_email",),
    counted=False,
)
activate = dialog.do(
    "activate",
    lambda s, c: ActivateEInvoice(required(c.case.account.id), _email_of(s, c), s.accepted, s.seen),
    when=lambda s, c: s.choice == "activate" and not ended(c),
    done=lambda s, _c: s.status is not None,
    final=_switched_on,
    instead=lambda _s, _c: (_INVOICE_EMAIL,),
)


@einvoice.on(Answered)
def chosen(s: EInvoice, e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Tell details and keep the question, or activate, or put it off."""
    if e.value == "details":
        return then(s, Say("einvoice.details", _shown(s, ctx), (_INVOICE_EMAIL,)))
    said = (Say("einvoice.put_off"),) if e.value == "later" else ()
    given = accepting.accepted(_consent(ctx), ctx) if e.value == "activate" else ()
    return then(replace(s, choice=str(e.value), accepted=given), *said)


@confirm.on(Answered)
def confirmed(s: EInvoice, e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Activate: with the address known, this press is the consent."""
    return then(replace(s, confirmed=str(e.value), accepted=accepting.accepted(_consent(ctx), ctx)))


@activate.on(EInvoiceSwitched)
def switched(s: EInvoice, e: EInvoiceSwitched, ctx: Ctx) -> Decision[EInvoice]:
    """Tell the activation's status, on the receipt where there is one."""
    now, told = replace(s, status=e.status, email=e.email, seen=e.email), former_told(e.former, ctx)
    paid = e.status == "active" and ctx.case.payment.status == "paid"
    card = receipt_card(ctx, e.email) if paid else None
    said = Say(f"einvoice.{e.status}", {"email": e.email}, card=card or _card(now, ctx))
    return then(now, *told, said)


@activate.on(EInvoiceRefused)
def refused(s: EInvoice, e: EInvoiceRefused, _ctx: Ctx) -> Decision[EInvoice]:
    """Call a person; the customer can try again from the zone."""
    said = Say(f"einvoice.refused.{e.reason}", options=(HUMAN,))
    return then(replace(s, choice="later", confirmed=None, accepted=()), said, Tell(CameToNothing(dialog.name)))


@confirm.on(Chosen)
def another_choice(s: EInvoice, e: Chosen, ctx: Ctx) -> Decision[EInvoice]:
    """Tell details and keep the question, or put it off: home offers it again."""
    if e.value == "details":
        return then(s, Say("einvoice.details", _shown(s, ctx)))
    return then(replace(s, choice=e.value), Say("einvoice.put_off"))


@invoice_email.on(Answered)
def another_address(s: EInvoice, e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Note the address; after the activation tell the service."""
    email = str(e.value)
    noted = replace(s, email=email)
    if s.status is None:
        return then(noted, Say("einvoice.email_noted", {"email": email})) if ctx.case.account.id else then(noted)
    return then(noted, ChangeInvoiceEmail(required(ctx.case.account.id), email, s.seen or s.email))


@invoice_email.on(EInvoiceSwitched)
def address_changed(_s: EInvoice, e: EInvoiceSwitched, ctx: Ctx) -> Decision[EInvoice]:
    """Confirm that the service sends to the new address, and that it isn't the account's own that has changed."""
    login = ctx.case.account.known_as or ctx.case.account.email
    said = Say("einvoice.email_changed", {"email": e.email, "login": login}, account_contacts(ctx)[:1])
    return then(_standing(e.status, e.email), *former_told(e.former, ctx), said)


@activate.on(InvoiceEmailChanged)
@invoice_email.on(InvoiceEmailChanged)
def set_elsewhere(s: EInvoice, e: InvoiceEmailChanged, ctx: Ctx) -> Decision[EInvoice]:
    """Show the address that somebody else has set; what was agreed to for another is asked again."""
    asked = EInvoice("activate" if _at_home(ctx) else None, email=e.email, seen=e.email)
    about: Params = {"email": e.email, "here": _email_of(s, ctx)}
    known = asked if e.status == "off" else _standing(e.status, e.email)
    return then(known, Say("einvoice.changed_meanwhile", about, (_INVOICE_EMAIL,)))


@dialog.always(EInvoiceSwitched)
def status_changed(s: EInvoice, e: EInvoiceSwitched, _ctx: Ctx) -> Decision[EInvoice]:
    """Tell the status set by the seller's system, unless it is known already."""
    known = _standing(e.status, e.email)
    return then(known) if known == s else then(known, Say(f"einvoice.{e.status}", {"email": e.email}))


@dialog.always(LoggedIn)
def logged_in(s: EInvoice, e: LoggedIn, _ctx: Ctx) -> Decision[EInvoice]:
    """Take over the activation; offer it if it is off and this chat hasn't put it off."""
    known = _standing(e.view.einvoice_status, e.view.einvoice_email)
    if known.status:
        return then(replace(known, choice="activate"))
    email = s.email if s.email != s.seen else known.email
    return then(replace(known, email=email, choice=s.choice if s.choice == "later" else None))


@dialog.always(AccountSeen)
def as_the_books_say(s: EInvoice, _e: AccountSeen, ctx: Ctx) -> Decision[EInvoice]:
    """Take over the status from the books, which ends with its subscription, and the address unless one is typed."""
    now, status = ctx.books.einvoice_email, ctx.books.einvoice_status
    if status == (s.status or "off"):
        typed = s.status is None and s.email != s.seen
        return then(replace(s, email=s.email if typed else now or s.email, seen=now))
    return then(_standing(status, now or s.email))


@dialog.always(PaymentOpened)
def another_order(s: EInvoice, _e: PaymentOpened, _ctx: Ctx) -> Decision[EInvoice]:
    """Offer it again with the next order."""
    return then(replace(s, choice=None) if s.status is None else s)


@dialog.always(AccountLeft)
def logged_out(_s: EInvoice, _e: AccountLeft, _ctx: Ctx) -> Decision[EInvoice]:
    """Clear account data on log-out."""
    return then(EInvoice())


@dialog.always(InvoiceIssued)
def invoice_issued(s: EInvoice, e: InvoiceIssued, ctx: Ctx) -> Decision[EInvoice]:
    """Mail a notice of the invoice where e-invoices are active; tell it here too."""
    notice = (SendInvoiceNotice(e.invoice.id, e.notice_to),) if e.notice_to else ()
    if ctx.case.account.id != e.account_id:
        return then(s, *notice)
    return then(s, *notice, Say("einvoice.invoice_issued", invoice_shown(e.invoice, ctx), (_INVOICES,)))


dialog.always(InvoiceNoticed)(unchanged)


def invoice_shown(invoice: InvoiceLine, _ctx: Ctx) -> Params:
    """Return an invoice for the texts. Without a day until which it is to be paid nothing says that it is unpaid."""
    return {
        "correction": invoice.gross.minor < 0,
        "to_pay": invoice.gross.minor > 0 and invoice.due is not None,
        "number": invoice.number,
        "gross": invoice.gross,
        "issued": invoice.issued,
        "due": invoice.due,
        "url": invoice.url,
    }


def _standing(status: str, email: str | None) -> EInvoice:
    """Return the slots for a status; switched off is the same as put off."""
    known = EInvoice(email=email or None, seen=email or None)
    return replace(known, choice="later") if status == "off" else replace(known, choice="activate", status=status)


@dialog.anywhere("einvoice:withdraw")
def withdrawal_asked(s: EInvoice, _e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Show the button that withdraws the consent."""
    if ctx.case.account.id is None:
        return then(s, Say("einvoice.log_in_first"))
    return then(s, Say("einvoice.withdraw" if s.status else "einvoice.off", _shown(s, ctx), (OFF,) if s.status else ()))


@dialog.always(ConsentTakenBack)
def taken_back(s: EInvoice, e: ConsentTakenBack, ctx: Ctx) -> Decision[EInvoice]:
    """Withdraw the consent where it is this one that is named."""
    return _withdrawn(s, ctx) if "einvoice" in e.said.refused else then(s)


@dialog.anywhere("zone:einvoice_off")
def withdrawn(s: EInvoice, _e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Withdraw the consent at once; it can be given again."""
    return _withdrawn(s, ctx)


def _withdrawn(s: EInvoice, ctx: Ctx) -> Decision[EInvoice]:
    account_id = ctx.case.account.id
    if account_id is None:
        return then(s, Say("einvoice.log_in_first"))
    if not s.status:
        return then(s, Say("einvoice.off", _shown(s, ctx)))
    return then(s, WithdrawEInvoice(account_id, accepting.how(ctx)))


@dialog.asked("activate_einvoice")
def activation_asked(s: EInvoice, _e: Asked, ctx: Ctx) -> Decision[EInvoice]:
    """Tell the status, or when it can be activated."""
    if s.status is None and _at_home(ctx):
        return then(replace(s, choice="activate")) if ctx.case.account.id else then(s, Say("einvoice.log_in_first"))
    return then(s, Say("einvoice.status" if s.status else "einvoice.comes_later", _shown(s, ctx)))
