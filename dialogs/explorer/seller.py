"""A seller's journey walked to its ends: the samples that `dialogs/explorer/explore.py` needs."""

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, get_args

from msgspec.structs import replace

from dialogs.company.data import PERSON, read_company, read_legal_form
from dialogs.contact.in_books import email_proven, letter_waits, proven_phone
from dialogs.explorer import events, samples
from dialogs.explorer.explore import PATIENCE, Heed, Sample, SampleWorld, Walk, ignore_progress, walk
from dialogs.handoff.handoff import UNANSWERED
from dialogs.handoff.proposals import WAITING
from dialogs.journey import journey_of
from dialogs.kit import Context, Corrected, Event, FaqAnswered, Said, TimerDue
from dialogs.kit.decide import SILENCE
from dialogs.kit.journey import AnyStep
from dialogs.kit.moves import LISTS, REMINDERS, RESUME
from dialogs.kit.play import SLOW
from dialogs.messages import account, contact, elsewhere, handoff, letters, on_file, order, payment
from dialogs.messages import einvoice as invoicing
from dialogs.order.bought import has_ended
from dialogs.order.costs import orderer_of
from dialogs.order.in_books import is_paid, order_here
from dialogs.payment import EXPIRY, POLL, code_taker, method_of, status_of
from dialogs.state import ConversationState, Ctx
from dialogs.testing.stand_in import Books
from values.account_view import NO_BOOKS, AccountView
from values.meaning import (
    Answer,
    CommandName,
    Correction,
    Discount,
    Empty,
    Intent,
    Meaning,
    NavigationCommand,
    NotText,
    OtherKind,
    Press,
    Remark,
    SecretTyped,
    SentCode,
    TooLong,
    Unclear,
)
from values.payment import METHODS, UNSOLD_METHODS, is_offline
from values.rules import GIVE_UP
from values.seller import Seller
from values.specimens import specimens
from values.tax_number import country_of

COMMANDS: tuple[CommandName, ...] = ("start", "back", "cancel", "restart", "help", "agent", "repeat", "where", "stop")
SECRETS = ("card", "cvc", "pin", "blik", "password", "private_key", "token", "pesel", "codice_fiscale")
KINDS: tuple[OtherKind, ...] = get_args(OtherKind)


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
            for name, view in _views(seller):
                yield Sample(f"LoggedIn {name}", account.LoggedIn(view))
            yield Sample("LogInHeld", account.LogInHeld(case.account.page, "held-1", samples.MOMENT))
        else:
            yield Sample("PasswordSet", account.PasswordSet(case.account.page, "credential-1"))
    yield from _of_customers_on_file(case)
    yield from events.of_own_pages(case)
    if case.account.reset_mail is not None:
        yield Sample("PasswordReplaced", account.PasswordReplaced())
    if case.account.id is not None and ctx.books.email and not email_proven(ctx):
        yield Sample("EmailProven", contact.EmailProven(ctx.books.email, samples.MOMENT))
    if (bought := order_here(ctx)) is not None and bought.payment_id is not None and status != "paid":
        yield Sample("PaymentNoticed", payment.PaymentNoticed(bought.payment_id, 1, {}))
        yield Sample("PaymentReturned", payment.PaymentReturned(bought.payment_id))
        if status == "pending" and code_taker(ctx) is not None:
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


def _of_customers_on_file(case: ConversationState) -> Iterator[Sample]:
    if (page := case.on_file.page) is not None:
        yield Sample("PasswordSet", account.PasswordSet(page, "credential-1"))
    if (letter := case.contact.letter) is not None and case.contact.email_proven_at is None:
        yield Sample("ProofFollowed", on_file.ProofFollowed(letter, "page-set_password", samples.MOMENT))
    if case.lost_password.sent:
        yield Sample("PasswordReplaced", account.PasswordReplaced())


def _once(ctx: Ctx) -> Iterator[tuple[Event, ...]]:
    """Yield events that are possible anywhere, tried once at each step; of no interest in a diagram."""
    case, seller = ctx.case, ctx.seller
    for meaning in (*_meanings(seller), *_of_open_dialog(ctx)):
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
    yield from _helpful()
    yield from _with_a_person()
    yield from events.of_recordings(seller)
    yield (account.PasswordReplaced(dropped=True),)
    yield (account.PasswordSet("another page", "credential-2"),)
    yield (account.LoggedIn(dict(_views(seller))["known"]),)
    for way in {"forgot_password", "forgot_username"} & {*seller.entries}:
        yield (account.WayBegun(case.account.page or "another page", way),)
    yield from events.of_documents(seller)
    yield from events.of_renewals(seller)
    yield from events.of_money(seller)
    yield from events.of_own_data(case, seller)
    if seller.sign_up.by == "customer_number":
        yield (account.LoggedIn(replace(dict(_views(seller))["fresh"], email="", user_name="10000017")),)
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
    for meaning in (*_wrong(ctx), *_about_answers(ctx.case, ctx.seller)):
        yield (Said(meaning),)
    yield from _proposed()
    if ctx.case.account.id is not None:
        yield (account.EmailReplaced("maria@example.com", samples.MOMENT, old="anna@example.com"),)


def _helpful() -> Iterator[tuple[Event, ...]]:
    """Yield feedback: yes; no, with and without a reason."""
    answered, no = FaqAnswered("any"), Said(Press("helpful:no"))
    yield (answered, answered, Said(Press("helpful:yes")))
    yield from ((answered, no, Said(reason)) for reason in (Remark("…"), Press("helpful:skip")))
    yield (Said(Remark("…")),)


def _with_a_person() -> Iterator[tuple[Event, ...]]:
    """Yield a person's doings: taking over, giving back, ending, never answering, leaving."""
    came, said = handoff.AgentTook("agent-1", "Anna"), Said(Answer("…"))
    yield (came, said, said, handoff.AgentSpoke("agent-1", "Anna"), handoff.AgentLeft(), handoff.AgentLeft())
    yield (came, TimerDue(SILENCE), handoff.AgentLeft(done=True))
    yield (came, said, TimerDue(UNANSWERED))
    yield (came, handoff.AgentTook("agent-2", "Marek", "took_over"), handoff.AgentLeft(blocked=True))
    yield (came, handoff.LanguageSet("en"), handoff.AgentLeft())
    yield (came, handoff.ReplyAddressKept("jan@example.com"), handoff.AgentLeft())
    yield (came, handoff.AnswerMailed(), handoff.AnswerNotMailed("failed"))
    passed = handoff.AgentPassed("agent-2")
    yield (came, passed, said, TimerDue(UNANSWERED))
    yield (passed, said, handoff.AgentSpoke("agent-2", ""))
    yield (came, passed, handoff.AgentTook("agent-1", "Anna", "took_back"), passed, handoff.AgentSpoke("agent-2", ""))
    yield (came, TimerDue(GIVE_UP))
    yield (came, handoff.AgentGone("agent-2"), handoff.AgentGone("agent-1"))
    yield from ((came, handoff.AgentGone("agent-1", why)) for why in ("put_back", "logged_out"))
    yield (handoff.NetworkClosed(samples.MOMENT), came, handoff.NetworkClosed(samples.MOMENT))
    yield (came, said, elsewhere.OpenedElsewhere("web", "talk-2"))
    waits, held = (
        handoff.OpenRequest("asked", samples.MOMENT),
        handoff.OpenRequest("asked", samples.MOMENT, agent="agent-1"),
    )
    unread = (("Anna", "…"),)
    yield (handoff.TalkCame("account-1", unread, held), handoff.TalkCame("account-1", unread, waits))
    yield (handoff.TalkCame("account-2", unread, waits), handoff.AgentLeft())


def _proposed() -> Iterator[tuple[Event, ...]]:
    """Yield addresses that a person types: asked about when they leave, at the first and at a second."""
    came = handoff.AgentTook("agent-1", "Anna")
    left, no = handoff.AgentLeft(), Said(Press("proposed_address:no"))
    for step in ("account.email", "einvoice.invoice_email", "orderer.orderer_email", "company.sdi_code"):
        yield (came, Corrected(step, "ABCDEF7" if step == "company.sdi_code" else "agents@example.com"), left)
    typed = tuple(Corrected("einvoice.invoice_email", text) for text in ("agents@example.com", "a2@example.com"))
    yield (came, *typed, left, no, Said(Press("proposed_address:no-2")), TimerDue(WAITING))


def _wrong(ctx: Ctx) -> Iterator[Meaning]:
    """Yield answers that the open step refuses, each with its reason."""
    step = journey_of(ctx.seller).position(ctx.case, ctx)
    known = specimens(step.expects, ctx.seller.country)
    yield from (Answer(text) for text in (*known.invalid, *known.foreign, *known.garbage))


def _meanings(seller: Seller) -> Iterator[Meaning]:
    yield NavigationCommand("start", "token")
    yield from (NavigationCommand("stop", of) for of in (REMINDERS, LISTS))
    yield from (NavigationCommand("lang", code) for code in (*seller.locales, "de", None))
    yield from (Intent(name, 0.9) for name in INTENTS)
    yield Intent("out_of_scope", 0.9, (), "…?")
    yield from (NotText(kind) for kind in KINDS)
    yield SecretTyped(SECRETS)
    yield from (Empty(), TooLong(), Unclear(("start:buy", "start:log_in", "method:card"), ""), Unclear((), ""))
    yield from (Unclear(("back", "cancel", "restart", "help", "talk_to_agent"), ""), Unclear(("ask_price", "pay"), ""))


def _of_open_dialog(ctx: Ctx) -> Iterator[Meaning]:
    """Yield what the open step's dialog says it answers at any step, beside what is asked everywhere."""
    way = journey_of(ctx.seller)
    dialog = way.dialogs[way.position(ctx.case, ctx).dialog]
    yield from (Intent(name, 0.9) for name in dialog.questions if name not in INTENTS)
    yield from (Press(payload.replace("*", "1")) for payload in dialog.taken)


def _about_answers(case: ConversationState, seller: Seller) -> Iterator[Meaning]:
    yield from (NavigationCommand(name) for name in COMMANDS)
    yield from (Discount(d.code) for d in seller.discounts)
    yield SentCode("123456")
    for what in (*CORRECTIONS, "nothing of ours"):
        yield Correction(what)
    addresses = (Correction("email", "anna.nowak@example.com"), Correction("email", "anna.nowak"))
    yield from (*addresses, Correction("phone", "512 000 222"), Correction("tax_number", "1112223332"))
    yield Correction("city", "Sopot")
    yield from (Press(f"edit:{path.partition('.')[2]}") for path in case.talk.answered)
    yield from (Press(f"{path.partition('.')[2]}:anything") for path in case.talk.answered)


CORRECTIONS = (
    *("email", "phone", "tax_number", "company_name", "street", "postal_code", "city", "auto_renewal", "method"),
    *("discount", "invoice_email", "consents", "addons", "quantity", "years", "sdi_code"),
)
INTENTS = (
    *("greet", "goodbye", "thank", "affirm", "deny", "back", "cancel", "restart", "help", "change_language"),
    *("talk_to_agent", "complaint", "sign_up", "log_in", "log_ins", "log_out"),
    *("log_out_everywhere", "log_out_others", "forgot_password", "refund"),
    *("ask_password_rules", "resend_code", "ask_pay_by", "other_payer", "ask_pro_forma"),
    *("change_contact", "change_contact_channel", "add_company", "correct_data", "wrong_register_data", "choose_plan"),
    *("order_addon", "ask_price", "apply_discount_code", "pay", "choose_payment_method", "ask_payment_methods"),
    *("payment_status", "activate_einvoice", "ask_einvoice", "ask_ksef", "invoice_problem", "ask_customer_number"),
    *("ask_invoice", "resend_invoice"),
    *("renewal_on", "renewal_off", "ask_renewal", "renew_subscription", "cancel_subscription", "delete_my_data"),
    *("my_order", "order_problem", "withdraw_consent", "ask_consent"),
    *("inform", "out_of_scope", "ask_end", "change_plan", "free_version"),
)


def _views(seller: Seller) -> Iterator[tuple[str, AccountView]]:
    """Yield accounts in the states in which they can be logged into."""
    has = samples.sample_owned_programs(*(program.product for program in seller.programs))
    stored = tuple(way for way in samples.WAYS if way.method in seller.chargeable)
    yield "fresh", replace(samples.sample_view(None), owned=has)
    given = tuple(consent.accepted(seller.locales[0], samples.MOMENT, "button") for consent in seller.consents)
    known = replace(samples.sample_view(samples.company_view(), None), owned=has, ways=stored)
    yield "known", replace(known, invoices=(samples.INVOICE,), consents_given=given)
    for status in ("placed", "paid"):
        bought = samples.sample_view(samples.company_view(), status)
        yield status, replace(bought, owned=has or bought.owned)
    yield from samples.ended_views(seller)
    if seller.company.legal_forms:
        yield "natural_person", replace(samples.sample_view(None, None), legal_form="natural_person")


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
    typed = (*held, *_set(f.lookup, f.confirmed, f.statement, f.id, f.offered))
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
