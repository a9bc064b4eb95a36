"""The customer zone's lists: companies, invoices issued, and ways to pay with the one for renewals.

Their steps belong to the dialog `zone` (`dialogs/zone/zone.py` declares each at its place).
"""

from datetime import timedelta

from dialogs.account.entry import find_login_name
from dialogs.company.data import read_company
from dialogs.kit import (
    Answered,
    Asked,
    Chosen,
    Decision,
    Dialog,
    Option,
    Params,
    Say,
    Step,
    Tell,
    Word,
    keep_slots,
    need_slot,
    then,
)
from dialogs.messages import payment
from dialogs.messages.company import CompanyPicked
from dialogs.messages.einvoice import InvoiceIssued, InvoiceNoticed, SendInvoiceAgain, SendInvoiceNotice
from dialogs.order.costs import methods
from dialogs.order.in_books import number_here, order_here
from dialogs.order.stored_methods import word_stored_way
from dialogs.renewal.shown import outlooks_shown
from dialogs.state import Ctx, Zone
from dialogs.to_pay import invoice_shown, payment_shown, tell_invoice
from dialogs.zone.pages import open_other_page, to_home
from values import masked
from values.account_view import InvoiceLine

# More buttons than these nobody reads through; the newest come first.
MOST_LISTED = 8
MOST_TOLD = 3
_AGAIN = "zone:resend_invoice"
_INVOICES = Option("zone:invoices", "option.zone.invoices")
_CONTACTS = Option("zone:contacts", "option.zone.contacts")


def declare_companies(dialog: Dialog[Zone]) -> None:
    """Declare the page of companies."""
    company = dialog.choose(
        "company",
        _companies,
        when=lambda s, _c: s.page == "companies",
        done=lambda _s, _c: False,
        params=lambda _s, c: {"name": read_company(c).name},
        intents={"back": "zone:home", "add_company": "zone:add_company"},
    )
    company.on(Answered)(switch_company)
    company.on(Chosen)(open_other_page)


def declare_invoices(dialog: Dialog[Zone]) -> None:
    """Declare the page of invoices."""
    invoice = dialog.choose(
        "invoice",
        lambda _s, c: (
            *(Option(f"invoice:{i.id}", "option.invoice", invoice_shown(i, c)) for i in c.books.invoices[:MOST_LISTED]),
            to_home,
        ),
        when=lambda s, _c: s.page == "invoices",
        done=lambda _s, _c: False,
        params=lambda _s, c: {"count": len(c.books.invoices)},
        intents={"back": "zone:home"},
    )
    invoice.on(Answered)(tell_opened_invoice)
    invoice.on(Chosen)(open_other_page)
    dialog.anywhere("zone:invoices")(open_invoices_anywhere)
    dialog.asked("ask_invoice")(tell_invoices)
    dialog.asked("resend_invoice")(send_invoice_again)
    dialog.anywhere(f"{_AGAIN}:*")(send_invoice_again)
    dialog.always(InvoiceIssued)(mail_issued_invoice)
    dialog.always(InvoiceNoticed)(keep_slots)


def _companies(_s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    known = enumerate(ctx.books.companies, 1)
    named = tuple(Option(f"company:{n}", "option.company.named", {"name": c.name}) for n, c in known)
    return (*named, Option("zone:add_company", "option.zone.add_company"), to_home)


def switch_company(_s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Switch the talk to the company."""
    return then(Zone(), Tell(CompanyPicked(ctx.books.companies[int(str(e.value)) - 1].id)))


def open_invoices_anywhere(s: Zone, _e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Tell the invoices at whatever step they are asked for."""
    return then(s, Say("own_data.log_in_first")) if ctx.case.account.id is None else open_invoices(s, ctx)


def open_invoices(s: Zone, ctx: Ctx) -> Decision[Zone]:
    """Open the list, and away from the zone tell the newest; without invoices stay where the talk is."""
    at_home = ctx.asked is not None and ctx.asked.startswith("zone.")
    if not ctx.books.invoices:
        awaited = _awaited(ctx)
        said = Say("zone.no_invoices") if awaited["issued_by"] is None else Say("zone.no_invoice", awaited)
        return then(Zone() if at_home else s, said)
    return then(Zone("invoices")) if at_home else tell_invoices(s, Asked("ask_invoice"), ctx)


def tell_invoices(s: Zone, _e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Tell the order's invoices, else the newest; before there is one, who issues it and until when."""
    said = [_told(one, ctx) for one in _of_order(ctx)]
    return then(s, *(said or (Say("zone.no_invoice", _awaited(ctx)),)))


def _told(invoice: InvoiceLine, ctx: Ctx) -> Say:
    again = Option(f"{_AGAIN}:{invoice.id}", "option.resend_invoice", invoice_shown(invoice, ctx))
    return tell_invoice("zone.invoice_opened", invoice, ctx, (again,))


def _of_order(ctx: Ctx) -> tuple[InvoiceLine, ...]:
    """Return the order's invoices, else the newest of the account."""
    number, known = number_here(ctx), ctx.books.invoices
    of_order = tuple(one for one in known if number is not None and one.order_number == number)
    return (of_order or known)[:MOST_TOLD]


def send_invoice_again(s: Zone, e: Answered | Asked, ctx: Ctx) -> Decision[Zone]:
    """Send the notice of the invoice pressed, else of the order's newest; before there is one, tell until when."""
    every, pressed = ctx.books.invoices, str(e.value) if isinstance(e, Answered) else ""
    known = [one for one in every if pressed.endswith(f":{one.id}")] if pressed else _of_order(ctx)
    if not known or ctx.case.account.id is None:
        return tell_invoices(s, Asked("ask_invoice"), ctx)
    return then(s, SendInvoiceAgain(ctx.case.account.id, known[0]))


def mail_issued_invoice(s: Zone, e: InvoiceIssued, ctx: Ctx) -> Decision[Zone]:
    """Mail a notice of the invoice where e-invoices are active, or it was asked for again; tell it here too."""
    notice = (SendInvoiceNotice(e.invoice.id, e.notice_to),) if e.notice_to and e.again in ("", "sent") else ()
    if ctx.case.account.id != e.account_id:
        return then(s, *notice)
    if e.again:
        shown = {**invoice_shown(e.invoice, ctx), "again": e.again, "to": masked.email(e.notice_to or "")}
        return then(s, *notice, Say("zone.invoice_again", shown, (_CONTACTS,) if e.again == "unproven" else ()))
    return then(s, *notice, tell_invoice("einvoice.invoice_issued", e.invoice, ctx, (_INVOICES,)))


def _awaited(ctx: Ctx) -> Params:
    """Return what is known of an invoice that isn't there: the day by which the seller issues it, while it is to come.

    A chat that ordered nothing waits for that of what the account paid last.
    """
    here, within = order_here(ctx), ctx.seller.invoices.within_days
    order = here or ctx.books.paid
    paid: Params = {"number": order.number, "status": "paid"} if here is None and order is not None else {}
    at = order.paid_at if order is not None and order.status == "paid" else None
    until = at + timedelta(days=within) if at is not None and within is not None else None
    zone = ctx.seller.zone
    over = until is None or until.astimezone(zone).date() < ctx.now.astimezone(zone).date()
    return {**payment_shown(ctx), **paid, "seller": ctx.seller.name, "issued_by": None if over else until}


def tell_opened_invoice(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Tell the invoice and where its document is."""
    chosen = next((i for i in ctx.books.invoices if i.id == e.value), None)
    return then(s, _told(chosen, ctx)) if chosen else then(Zone())


METHODS = "methods"


def _methods_offered(_s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return each stored way by its own name; a kind of which one is stored means that one, and is only typed."""
    ways = ctx.books.ways
    stored = {way.method for way in ways}
    other = (w for w in ways if w.is_usable(ctx.now.date()) and not w.is_default)
    use = tuple(Option(f"saved:{w.id}", "option.way.use", {"label": w.label}) for w in other)
    kinds = tuple(Option(o.payload, o.key, hidden=o.value in stored) for o in methods(ctx))
    drop = tuple(Option(f"forget:{w.id}", "option.way.forget", {"label": w.label}, loses=True) for w in ways)
    return (*use, *kinds, *drop, to_home)


def _methods_shown(_s: Zone, ctx: Ctx) -> Params:
    default = ctx.books.default_method
    return {
        "ways": tuple(word_stored_way(way, ctx) for way in ctx.books.ways) or None,
        "stores": bool(ctx.seller.chargeable),
        "default": Word(f"option.method.{default}") if default is not None else None,
    }


def declare_methods(dialog: Dialog[Zone]) -> Step[Zone]:
    """Declare the page's step and its reactions."""
    step = dialog.choose(
        "method",
        _methods_offered,
        when=lambda s, _c: s.page == METHODS,
        done=lambda _s, _c: False,
        params=_methods_shown,
        intents={"back": "zone:home"},
    )
    step.on(Answered)(set_renewal_method)
    step.on(Chosen)(set_or_forget_way)
    dialog.always(payment.DefaultMethodSet)(tell_default_method)
    dialog.always(payment.MethodForgotten)(tell_forgotten_method)
    dialog.always(payment.StoredWayGone)(tell_gone_way)
    dialog.always(payment.StoredForgotten)(keep_slots)
    return step


def set_renewal_method(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Set the method for future renewals."""
    return then(s, payment.SetDefaultMethod(need_slot(ctx.case.account.id), str(e.value)))


def set_or_forget_way(s: Zone, e: Chosen, ctx: Ctx) -> Decision[Zone]:
    """Set one of the stored ways for future renewals, or forget it."""
    way = next((way for way in ctx.books.ways if way.id == e.value), None)
    if way is None:
        return then(Zone())
    account_id = need_slot(ctx.case.account.id)
    if e.payload.startswith("forget:"):
        return then(s, payment.ForgetMethod(account_id, way.id))
    return then(s, payment.SetDefaultMethod(account_id, way.method, way.id))


def tell_default_method(_s: Zone, e: payment.DefaultMethodSet, ctx: Ctx) -> Decision[Zone]:
    """Tell the method for renewals and its consequences."""
    method = Word(f"option.method.{e.method}")
    named = e.label is not None and e.method in ctx.seller.chargeable
    params: Params = {"method": method, "label": e.label, "named": named, **_goes_on(ctx)}
    return then(Zone(), Say("zone.method_saved", params))


def tell_forgotten_method(_s: Zone, e: payment.MethodForgotten, ctx: Ctx) -> Decision[Zone]:
    """Tell that the way isn't used any more; its provider is told in the background."""
    if e.way_id is None:
        return then(Zone(), Say("zone.method_gone"))
    said = Say("zone.method_forgotten", {"label": e.label, "default": e.was_default, **_goes_on(ctx)})
    return then(Zone(), said, payment.ForgetStored(e.way_id))


def _goes_on(ctx: Ctx) -> Params:
    """Return how the account's terms go on, where any is renewed."""
    return {"outlooks": outlooks_shown([one for one in ctx.books.outlooks if one.renews], ctx.seller, ctx.books)}


def tell_gone_way(s: Zone, e: payment.StoredWayGone, _ctx: Ctx) -> Decision[Zone]:
    """Tell that a stored way is gone, in time to choose another before the renewal."""
    return then(s, Say("zone.way_gone", {"label": e.label}))


def einvoices_shown(ctx: Ctx) -> Params:
    """Return the account's holder and the state of its e-invoices."""
    email = ctx.books.einvoice_email or ctx.case.find_email(ctx.books)
    return {"login": find_login_name(ctx), "email": email, "status": ctx.books.einvoice_status}
