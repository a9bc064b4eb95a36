"""E-invoice: pressing the button is the consent.

After a purchase it is offered at once, and needs a confirmed company and a paid order. A seller who sells nothing here
offers it at home, and the address for the notices is confirmed first.
"""

from msgspec.structs import replace

from dialogs.account.entry import contact_change_options, find_login_name
from dialogs.account.letters import tell_former_address
from dialogs.company.data import read_company
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
    need_slot,
    then,
)
from dialogs.messages import einvoice as messages
from dialogs.messages.account import LoggedIn
from dialogs.messages.feedback import CameToNothing
from dialogs.messages.payment import PaymentOpened
from dialogs.order import accepting
from dialogs.order.bought import has_ended
from dialogs.order.in_books import is_paid
from dialogs.order.order_card import receipt_card
from dialogs.state import Ctx, EInvoice
from values.consent import Consent
from values.email import parse as parse_email
from values.meaning import BindingAct, Expects

_INVOICE_EMAIL = Option("edit:invoice_email", "edit.invoice_email")
OFF = Option("zone:einvoice_off", "option.einvoice.off", loses=True)


_SETTLED = EInvoice("later")
"""The slots once it is put off, or has been switched: this chat doesn't ask again."""

dialog = Dialog("einvoice", EInvoice, outlives=lambda s: _SETTLED if s.choice == "later" else EInvoice())


def _is_off(ctx: Ctx) -> bool:
    return ctx.books.einvoice_status == "off"


def _email_of(s: EInvoice, ctx: Ctx) -> str | None:
    typed = s.typed if _is_off(ctx) else None
    return typed or ctx.books.einvoice_email or ctx.case.find_email(ctx.books)


def _shown(s: EInvoice, ctx: Ctx) -> Params:
    return {"email": _email_of(s, ctx), "name": read_company(ctx).name, "status": ctx.books.einvoice_status}


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
    return accepting.bind_documents(_consent(ctx), ctx)


def _confirming(s: EInvoice, ctx: Ctx) -> bool:
    return not ctx.seller.sells and s.choice == "activate"


invoice_email = dialog.ask(
    "invoice_email",
    Expects.email,
    slot="typed",
    parse=from_text(parse_email),
    when=lambda _s, c: c.case.account.id is not None,
    ahead=lambda _s, c: c.case.account.id is None,
    asked=lambda s, c: c.case.account.id is not None and _confirming(s, c) and not _email_of(s, c),
    revise="anew",
    in_books=lambda _s, c: c.books.einvoice_email,
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
    when=lambda _s, c: not has_ended(c),
    done=lambda s, c: s.choice is not None or not c.seller.sells or not _is_off(c),
    params=_shown,
    card=_offered,
    bound_to=_bound,
    intents={
        **dict.fromkeys(("activate_einvoice", "affirm"), "einvoice:activate"),
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
    done=lambda s, c: s.confirmed is not None or not _is_off(c),
    expects=Expects.confirm_data,
    needs=("einvoice", "invoice_email"),
    params=_shown,
    card=_address_card,
    bound_to=_bound,
    intents={
        **dict.fromkeys(("affirm", "activate_einvoice"), "confirm:yes"),
        **dict.fromkeys(("correct_data", "change_contact"), "confirm:edit"),
        "deny": "einvoice:later",
        "ask_einvoice": "einvoice:details",
    },
    edits=("invoice_email",),
    counted=False,
)
activate = dialog.do(
    "activate",
    lambda s, c: messages.ActivateEInvoice(
        need_slot(c.case.account.id), _email_of(s, c), s.accepted, c.books.einvoice_email
    ),
    when=lambda s, c: (s.choice == "agreed" or not _is_off(c)) and not has_ended(c),
    done=lambda _s, c: not _is_off(c),
    final=lambda _s, ctx: not _is_off(ctx) and (not ctx.seller.sells or is_paid(ctx)),
    instead=lambda _s, _c: (_INVOICE_EMAIL,),
)


@einvoice.on(Answered)
def take_einvoice_choice(s: EInvoice, e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Tell details and keep the question, or activate, or put it off."""
    if e.value == "details":
        return then(s, Say("einvoice.details", _shown(s, ctx), (_INVOICE_EMAIL,)))
    if e.value == "later":
        return then(replace(s, choice="later"), Say("einvoice.put_off"))
    if not ctx.seller.sells:  # confirmed next, with its words
        return then(replace(s, choice="activate"))
    return then(replace(s, choice="agreed", accepted=accepting.accept_terms(_consent(ctx), ctx)))


@confirm.on(Answered)
def confirm_activation(s: EInvoice, e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Activate: with the address known, this press is the consent."""
    given = accepting.accept_terms(_consent(ctx), ctx)
    return then(replace(s, choice="agreed", confirmed=str(e.value), accepted=given))


@activate.on(messages.EInvoiceSwitched)
def tell_einvoice_status(_s: EInvoice, e: messages.EInvoiceSwitched, ctx: Ctx) -> Decision[EInvoice]:
    """Tell the activation's status, on the receipt where there is one."""
    paid = e.status == "active" and is_paid(ctx)
    card = receipt_card(ctx, e.email) if paid else None
    said = Say(f"einvoice.{e.status}", {"email": e.email}, card=card or _card(_SETTLED, ctx), ack=paid)
    return then(_SETTLED, *tell_former_address(e.former, ctx), said)


@activate.on(messages.EInvoiceRefused)
def tell_einvoice_refusal(s: EInvoice, e: messages.EInvoiceRefused, _ctx: Ctx) -> Decision[EInvoice]:
    """Call a person; the customer can try again from the zone."""
    said = Say(f"einvoice.refused.{e.reason}", options=(HUMAN,))
    return then(replace(s, choice="later", confirmed=None, accepted=()), said, Tell(CameToNothing(dialog.name)))


@confirm.on(Chosen)
def put_off_activation(s: EInvoice, e: Chosen, ctx: Ctx) -> Decision[EInvoice]:
    """Tell details and keep the question, or put it off: home offers it again."""
    if e.value == "details":
        return then(s, Say("einvoice.details", _shown(s, ctx)))
    return then(replace(s, choice=e.value), Say("einvoice.put_off"))


@invoice_email.on(Answered)
def save_invoice_email(s: EInvoice, e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Save the address, on or off; before there is an account keep it."""
    email, account_id = str(e.value), ctx.case.account.id
    if account_id is None:
        return then(replace(s, typed=email))
    return then(replace(s, typed=None), messages.ChangeInvoiceEmail(account_id, email, ctx.books.einvoice_email))


@invoice_email.on(messages.InvoiceEmailChanged)
def confirm_invoice_email(s: EInvoice, e: messages.InvoiceEmailChanged, ctx: Ctx) -> Decision[EInvoice]:
    """Confirm the new address; once invoices come there, also that it isn't the account's own that has changed."""
    if e.meanwhile:
        return then(s, _set_elsewhere(e), Tell(e))
    said = Say("einvoice.email_noted", {"email": e.email})
    if not _is_off(ctx):
        login = find_login_name(ctx)
        said = Say("einvoice.email_changed", {"email": e.email, "login": login}, contact_change_options(ctx)[:1])
    return then(s, *tell_former_address(e.other, ctx), said, Tell(e))


@activate.on(messages.InvoiceEmailChanged)
def ask_consent_again(_s: EInvoice, e: messages.InvoiceEmailChanged, ctx: Ctx) -> Decision[EInvoice]:
    """Ask again what was agreed to for another address."""
    return then(EInvoice("activate" if not ctx.seller.sells else None), _set_elsewhere(e))


def _set_elsewhere(e: messages.InvoiceEmailChanged) -> Say:
    return Say("einvoice.changed_meanwhile", {"email": e.email, "here": e.other}, (_INVOICE_EMAIL,))


@dialog.always(messages.EInvoiceSwitched)
def tell_changed_status(_s: EInvoice, e: messages.EInvoiceSwitched, ctx: Ctx) -> Decision[EInvoice]:
    """Tell the status set by the seller's system, unless it has been set otherwise since."""
    news = (Say(f"einvoice.{e.status}", {"email": e.email}),) if e.status == ctx.books.einvoice_status else ()
    return then(_SETTLED, *news)


@dialog.always(LoggedIn)
def stop_offering_einvoices(s: EInvoice, e: LoggedIn, _ctx: Ctx) -> Decision[EInvoice]:
    """Ask no more in this chat of an account that has them: who switches them off doesn't want them."""
    return then(s if e.view.einvoice_status == "off" else _SETTLED)


@dialog.always(PaymentOpened)
def offer_with_next_order(s: EInvoice, _e: PaymentOpened, ctx: Ctx) -> Decision[EInvoice]:
    """Offer it again with the next order."""
    return then(replace(s, choice=None) if _is_off(ctx) else s)


@dialog.anywhere("einvoice:withdraw")
def show_withdrawal_button(s: EInvoice, _e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Show the button that withdraws the consent."""
    if ctx.case.account.id is None:
        return then(s, Say("einvoice.log_in_first"))
    off = _is_off(ctx)
    return then(s, Say("einvoice.off" if off else "einvoice.withdraw", _shown(s, ctx), () if off else (OFF,)))


@dialog.always(ConsentTakenBack)
def withdraw_named_consent(s: EInvoice, e: ConsentTakenBack, ctx: Ctx) -> Decision[EInvoice]:
    """Withdraw the consent where it is this one that is named."""
    return _withdrawn(s, ctx) if "einvoice" in e.said.refused else then(s)


@dialog.anywhere("zone:einvoice_off")
def withdraw_einvoice_consent(s: EInvoice, _e: Answered, ctx: Ctx) -> Decision[EInvoice]:
    """Withdraw the consent at once; it can be given again."""
    return _withdrawn(s, ctx)


def _withdrawn(s: EInvoice, ctx: Ctx) -> Decision[EInvoice]:
    account_id = ctx.case.account.id
    if account_id is None:
        return then(s, Say("einvoice.log_in_first"))
    if _is_off(ctx):
        return then(s, Say("einvoice.off", _shown(s, ctx)))
    return then(s, messages.WithdrawEInvoice(account_id, accepting.find_manner(ctx)))


@dialog.asked("activate_einvoice")
def tell_activation_status(s: EInvoice, _e: Asked, ctx: Ctx) -> Decision[EInvoice]:
    """Tell the status, or when it can be activated."""
    if _is_off(ctx) and not ctx.seller.sells:
        return then(replace(s, choice="activate")) if ctx.case.account.id else then(s, Say("einvoice.log_in_first"))
    return then(s, Say("einvoice.comes_later" if _is_off(ctx) else "einvoice.status", _shown(s, ctx)))
