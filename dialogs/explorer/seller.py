"""A seller's journey walked to its ends: the samples that `dialogs/explorer/explore.py` needs."""

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any

from msgspec.structs import replace

from dialogs.company.data import PERSON, read_company, read_legal_form
from dialogs.contact.in_books import email_proven, letter_waits, proven_phone
from dialogs.explorer import events, samples
from dialogs.explorer.explore import PATIENCE, Heed, Sample, SampleWorld, ignore_progress, walk
from dialogs.explorer.watch import Walk
from dialogs.journey import journey_of
from dialogs.kit import Context, Event, Said, TimerDue
from dialogs.kit.journey import AnyStep
from dialogs.kit.moves import RESUME
from dialogs.kit.play import SLOW
from dialogs.kit.silence import SILENCE
from dialogs.messages import account, contact, letters, on_file, order, payment
from dialogs.messages import einvoice as invoicing
from dialogs.order.bought import has_ended
from dialogs.order.costs import orderer_of
from dialogs.order.in_books import is_paid, order_here
from dialogs.payment import EXPIRY, POLL
from dialogs.state import ConversationState, Ctx
from dialogs.testing.stand_in import Books
from dialogs.to_pay import find_code_provider, method_of, status_of
from values.account_view import NO_BOOKS
from values.meaning import (
    Answer,
    Intent,
    NavigationCommand,
    Press,
)
from values.payment import METHODS, UNSOLD_METHODS, is_offline
from values.seller import Seller
from values.tax_number import country_of


@cache
def walk_seller(seller: Seller) -> Walk:
    """Walk the journey of this seller; once a process, as it takes seconds."""
    return walk_anew(seller)


def walk_anew(
    seller: Seller, heed: Heed = ignore_progress, *, straight: bool = False, patience: int = PATIENCE
) -> Walk:
    """Walk it whether that was done or not, as `walk` does."""
    return walk(_world_of(seller, patience), heed, straight=straight)


def _world_of(seller: Seller, patience: int) -> SampleWorld[ConversationState]:
    way = journey_of(seller)
    return SampleWorld(
        dialogs=tuple(way.dialogs.values()),
        start=ConversationState(),
        books=Books(seller, samples.MOMENT, NO_BOOKS),
        context=lambda case, books: Context(
            case, samples.MOMENT, "rest", seller, samples.REACH, books=books.seen_in(case)
        ),
        typed=lambda step: tuple(_typed(step, seller)),
        happenings=lambda ctx: (*_happenings(ctx), *events.reminders(ctx.case, seller)),
        once=lambda ctx: tuple(_once(ctx)),
        varied=lambda ctx: tuple(_varied(ctx)),
        shape=lambda ctx: (_shape(ctx), _vat_shape(ctx), _books_shape(ctx)),
        variety=_typed_here,
        chapter=_chapter,
        stakes=_stakes,
        patience=patience,
    )


def _typed(step: AnyStep, seller: Seller) -> Iterator[Sample]:
    good = (
        tuple(d.code for d in seller.discounts) if step.name == "discount" else samples.typed_samples(step, seller)[:1]
    )
    mailbox = step.name == "email" and seller.sign_up.ordinary_mail
    certified = ("studio@pec.example.it",) if step.name == "holder_email" or mailbox else ()
    slip = ("anna@gmial.com",) if step.path == "account.email" else ()
    abroad = samples.foreign_tax_numbers(seller) if step.name == "tax_number" else ()
    for text in (*good, *certified, *slip, *abroad):
        yield Sample(f"✎ {step.expects}", Said(Answer(text)))
    if step.path == "contact.phone" and seller.sign_up.own_contact:
        yield Sample("✎ own phone", Said(Answer("512 000 999"), vouched="+48512000999"))


def _happenings(ctx: Ctx) -> Iterator[Sample]:
    """Yield events of pages, letters and providers that are possible in this case."""
    case, seller, status = ctx.case, ctx.seller, status_of(ctx)
    if case.account.page is not None:
        if case.account.page == "page-log_in":
            for name, view in samples.views(seller):
                yield Sample(f"LoggedIn {name}", account.LoggedIn(view))
            yield Sample("LogInHeld", account.LogInHeld(case.account.page, "held-1", samples.MOMENT))
        else:
            yield Sample("PasswordSet", account.PasswordSet(case.account.page, "credential-1"))
    yield from events.of_customers_on_file(case)
    yield from events.of_own_pages(case)
    if case.account.reset_mail is not None:
        yield Sample("PasswordReplaced", account.PasswordReplaced())
    if case.account.id is not None and ctx.books.email and not email_proven(ctx):
        yield Sample("EmailProven", contact.EmailProven(ctx.books.email, samples.MOMENT))
    if (bought := order_here(ctx)) is not None and bought.payment_id is not None and status != "paid":
        yield Sample("PaymentNoticed", payment.PaymentNoticed(bought.payment_id, 1, {}))
        yield Sample("PaymentReturned", payment.PaymentReturned(bought.payment_id))
        if status == "pending" and find_code_provider(ctx) is not None:
            yield Sample("PaymentChecked confirming", payment.PaymentChecked(bought.payment_id, "confirming", 2))
        for kind in (POLL, EXPIRY):
            yield Sample(kind, TimerDue(kind))
        if status == "expired":
            yield Sample("LapsedOrderChanged", order.LapsedOrderChanged("repriced"))
            yield Sample("LapsedOrderChanged plan", order.LapsedOrderChanged("unsold"))
            if asked := tuple(one for one in ("terms", "clauses") if seller.accepts(one)):
                yield Sample("LapsedOrderChanged words", order.LapsedOrderChanged("words_changed", asked))
            if seller.discounts:
                yield Sample("LapsedOrderChanged discount", order.LapsedOrderChanged("discount_used_up"))
    if ctx.books.einvoice_status == "requested":
        yield Sample("EInvoiceSwitched active", invoicing.EInvoiceSwitched("active", ctx.books.einvoice_email))


def _once(ctx: Ctx) -> Iterator[tuple[Event, ...]]:
    """Yield events that are possible anywhere, tried once at each step; of no interest in a diagram."""
    case, seller = ctx.case, ctx.seller
    for meaning in (*samples.meanings(seller), *samples.of_open_dialog(ctx)):
        yield (Said(meaning),)
    # Each is answered by its name, at whatever step: at the first ones is enough.
    for way in (*METHODS, *UNSOLD_METHODS) if not case.talk.answered else ():
        yield (Said(Intent(f"method_{way}", 0.9)),)
    nonsense, silence = Said(Answer("…")), TimerDue(SILENCE)
    yield (nonsense, nonsense, nonsense)
    yield (nonsense, silence, silence, nonsense)
    yield (Said(NavigationCommand("stop", RESUME)),)
    yield (Said(Press("discount:skip"), stale=True),)
    named = tuple(sold.id for sold in (*seller.plans, *seller.addons))
    yield (Said(Intent("ask_price", 0.9), about=named),)
    yield (Said(Answer("anna@example.com"), edited=True),)
    for kind in (SLOW, POLL, letters.LETTER_LATE, "unknown"):
        yield (TimerDue(kind),)
    yield (contact.EmailProven("somebody.else@example.com", samples.MOMENT),)
    yield from events.of_feedback()
    yield from events.with_a_person()
    yield from events.of_recordings(seller)
    yield (account.PasswordReplaced(dropped=True),)
    yield (account.PasswordSet("another page", "credential-2"),)
    yield (account.LoggedIn(dict(samples.views(seller))["known"]),)
    for way in {"forgot_password", "forgot_username"} & {*seller.entries}:
        yield (account.WayBegun(case.account.page or "another page", way),)
    yield from events.of_documents(seller)
    yield from events.of_renewals(seller)
    yield from events.of_money(seller)
    yield from events.of_own_data(case, seller)
    if seller.sign_up.by == "customer_number":
        yield (account.LoggedIn(replace(dict(samples.views(seller))["fresh"], email="", user_name="10000017")),)
        yield (on_file.ProofFollowed("another letter", "another page", samples.MOMENT),)
    if case.account.id is not None:
        yield (
            invoicing.InvoiceIssued(case.account.id, samples.INVOICE, "anna@example.com"),
            invoicing.InvoiceNoticed(sent=True),
        )
        yield (invoicing.InvoiceIssued("another account", samples.INVOICE, ""),)
        yield (payment.StoredForgotten(), letters.UnfinishedMailed())
    yield (account.AccountLeft("log_in"),)
    yield (payment.PaymentNoticed("another payment", 1, {}),)
    yield (payment.PaymentChecked("another payment", "paid", 1, 36777, "PLN"),)


def _varied(ctx: Ctx) -> Iterator[tuple[Event, ...]]:
    """Yield the same whose effect depends on what the customer has answered: tried with each variety of that."""
    for meaning in (*samples.wrong_answers(ctx), *samples.about_answers(ctx.case, ctx.seller)):
        yield (Said(meaning),)
    yield from events.of_proposed_addresses()
    if ctx.case.account.id is not None:
        yield (account.EmailReplaced("maria@example.com", samples.MOMENT, old="anna@example.com"),)


def _shape(ctx: Ctx) -> Hashable:
    """Return the slots that make a difference for the next events.

    A slot's value makes none, only whether it is filled; and a command's result hides the answers that led to it.
    """
    case, invoices = ctx.case, ctx.books.einvoice_status
    if (away := _away(case)) is not None:
        return away
    a, f, o, e = case.account, case.company, case.order, case.einvoice
    chosen = case.cart.closed or (bool(case.cart.extra), case.cart.addon is not None, case.cart.unsure is not None)
    entered = a.id is not None or (a.entry, a.has_one, bool(a.ticked), *_set(a.name, a.email, a.page, a.credential))
    entered = (entered, a.login is not None and a.login.inside, a.page)
    ordered = (*_set(o.pay, o.id), o.leaving)
    held = (f.product, f.program_ready, read_legal_form(f, ctx) == PERSON, ctx.books.legal_form is None)
    typed = (*held, *_set(f.lookup, f.confirmed, f.statement, f.id, f.offered, f.report))
    typed = typed if o.id is None or not case.renewal.begun else ()
    return (
        (entered, a.reset_mail, chosen, is_offline(method_of(ctx)) if o.id else o.method == "other"),
        (proven_phone(ctx) is not None, email_proven(ctx), letter_waits(ctx)),
        _shape_on_file(case),
        (typed, _awaited(case, "LookUpCompanyLater"), _awaited(case, "RefundPayment"), _awaited(case, "MailTicket")),
        (ordered, status_of(ctx)),
        (
            e.choice,
            invoices,
            case.zone.page,
            case.personal.page,
            (case.personal.given, case.personal.withdrawn),
            invoices == "off" and e.choice == "activate" and ctx.books.einvoice_email is None,
        ),
        _renewal_shape(ctx),
        _typed_here(case),
    )


def _away(case: ConversationState) -> Hashable:
    """Return the place outside of the journey to which the customer is led, where its slots make no difference."""
    own, link = case.own_data, case.elsewhere.link
    if own.page is None and link is None:
        return None
    return own.page, own.sure, own.link is not None, link is not None


def _vat_shape(ctx: Ctx) -> Hashable:
    """Return the VAT check's slots, none with sellers whose VAT is the same for all."""
    if not samples.foreign_tax_numbers(ctx.seller) or ctx.case.order.id is not None:
        return ()
    company = read_company(ctx)
    abroad = country_of(company.tax_number) is not None
    checked = (company.vat_checked_at is not None, company.check == "not_found", ctx.case.order.vat)
    return (abroad, *checked) if abroad else ()


def _books_shape(ctx: Ctx) -> Hashable:
    """Return the books, and the slots beside them, that make a difference for the next order, and for the zone."""
    case = ctx.case
    invoiced = bool(ctx.books.invoices)
    if not ctx.seller.sells or case.account.id is None:
        return invoiced
    over = is_paid(ctx) and has_ended(ctx)
    return (case.purchases.open is not None, over, case.company.choosing, bool(ctx.books.ways), invoiced)


def _renewal_shape(ctx: Ctx) -> Hashable:
    """Return the renewal's slots that make a difference, none with sellers who renew nothing.

    The cart's contents are the order's once that is placed.
    """
    case = ctx.case
    offered, r, w = case.reminder, case.renewal, orderer_of(case.orderer, ctx)
    open_ = (offered.offer is not None, offered.answer, r.begun)
    if case.order.id is not None or not r.begun:
        return open_
    given = (r.cart, w.invoice_email, w.name, w.phone, w.email)
    return (*open_, r.service, case.company.reporting, *(value is not None for value in given))


def _chapter(ctx: Ctx) -> Hashable:
    """Return the chapter: before an order, awaiting its money, or after; and whether one before was paid or renewed."""
    order = ctx.case.order
    return order.id is not None, order.behind is not None, is_paid(ctx), ctx.case.renewal.begun


def _stakes(ctx: Ctx) -> Hashable:
    case = ctx.case
    if (away := _away(case)) is not None:
        return away
    a, f, o, e = case.account, case.company, case.order, case.einvoice
    return (
        (a.page, *_set(a.id, a.reset_mail), email_proven(ctx)),
        _set(f.lookup, f.confirmed, f.id, f.offered),
        (*_set(o.id, o.pay), status_of(ctx)),
        (e.choice, ctx.books.einvoice_status),
        _shape_on_file(case),
        _typed_here(case),
    )


def _shape_on_file(case: ConversationState) -> Hashable:
    f, lost, c = case.on_file, case.lost_password, case.contact
    on_the_way = (f.told, *_set(f.number, f.page, f.credential))
    locked_out = (bool(lost.challenge), lost.sent, *_set(lost.login, lost.page))
    compared = () if c.channel is None else (c.channel, c.letter_sent, *_set(c.phone, c.email, c.matched, c.code))
    return on_the_way, locked_out, compared


def _awaited(case: ConversationState, job: str) -> bool:
    return any(label.endswith(f"/{job}") for label in case.talk.awaiting)


def _typed_here(case: ConversationState) -> Hashable:
    """Return whether the customer signed up in this conversation, so that earlier answers can be corrected."""
    return "account.email" in case.talk.answered, "contact.phone" in case.talk.answered


def _set(*values: Any) -> tuple[bool, ...]:
    return tuple(value is not None for value in values)
