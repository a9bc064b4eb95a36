"""Acts: all that a conversation can write, each with the service that does it. The first half of the contents page;
the second is `bot/calls.py`.

Every act runs in its turn's transaction and gives an outcome that its dialog reacts to at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.render import Renderer
from bot.turn import ActDone
from dialogs import account, company, contact, einvoice, handoff, order, payment, zone
from dialogs.kit import Act, Event
from services import (
    account_search,
    accounts,
    codes,
    companies,
    consents,
    contacts,
    einvoices,
    handoffs,
    links,
    methods,
    order_record,
    orders,
    start_links,
    subscriptions,
)
from services.account_search import LoginCandidate
from services.payments import attempts, book, money, record
from services.pricing import Discount, Item
from values import email as emails
from values.money import Money
from values.seller import Consent, Seller

_log = structlog.get_logger(__name__)

# One phone may serve several accounts (an accountant's, say); an e-mail is the user name and belongs to one.
OWNED = frozenset({"email"})


@dataclass(frozen=True)
class DeskActs:
    """Does acts for one seller. `providers` says which payment provider a method goes through."""

    seller: Seller
    renderer: Renderer
    server_key: bytes
    quotas: bool
    providers: Callable[[str], str]

    def perform(self, act: Act, done: ActDone) -> Event:
        """Writes what the act says and gives its outcome. Errors: KeyError for an act without a row in the table."""
        return _TABLE[type(act)](self, act, done)

    # --- account and letters ---

    def open_page(self, act: account.OpenPage, done: ActDone) -> Event:
        self._link(done, act.purpose, None, {})
        return account.PageOpened(done.id)

    def create_account(self, act: account.CreateAccount, done: ActDone) -> Event:
        made = accounts.sign_up(
            done.connection,
            account_id=done.id,
            email=act.email,
            email_key=emails.key(act.email),
            credential_id=act.credential,
            locale=done.locale,
            demanded=[kind for kind in ("phone", "email") if kind in self.seller.demanded_contacts],
            conversation_id=done.conversation.id,
            now=done.now,
        )
        for consent in self.seller.consents:
            if consent.id in act.consents:
                self._consent(done, made.account_id, consent, how="button")
        return account.AccountCreated(made.account_id, self._letter(done, made.account_id, taken=made.taken))

    def change_email(self, act: account.ChangeEmail, done: ActDone) -> Event:
        changed = accounts.change_email(
            done.connection,
            account_id=act.account_id,
            email=act.email,
            email_key=emails.key(act.email),
            now=done.now,
        )
        if isinstance(changed, accounts.AlreadyProven):
            return account.EmailKept()
        return account.EmailChanged(act.email, self._letter(done, act.account_id, taken=changed.taken))

    def resend_confirmation(self, act: order.ResendConfirmation, done: ActDone) -> Event:
        mine = accounts.get(done.connection, act.account_id)
        taken = mine is not None and mine.taken
        return order.ConfirmationRenewed(self._letter(done, act.account_id, taken=taken))

    def start_reset(self, act: account.StartReset, done: ActDone) -> Event:
        candidates = [c for c in self._candidates(done, act.email) if c.status == "active"]
        owner = candidates[0].account_id if candidates else None
        self._link(done, "reset_password", owner, {"known": owner is not None})
        return account.ResetStarted(done.id)

    def take_start_link(self, act: account.TakeStartLink, done: ActDone) -> Event:
        taken = start_links.take(done.connection, token=act.token, conversation_id=done.conversation.id, now=done.now)
        entries = ("sign_up", "log_in", "buy", "forgot_password")
        return account.StartLinkTaken(taken.entry if taken is not None and taken.entry in entries else None)

    # --- contact ---

    def issue_code(self, act: contact.IssueCode, done: ActDone) -> Event:
        issued = codes.issue(
            done.connection,
            challenge_id=done.id,
            purpose="contact",
            target=act.phone,
            conversation_id=done.conversation.id,
            server_key=self.server_key,
            now=done.now,
            quotas=self.quotas,
        )
        if isinstance(issued, codes.Issued):
            return contact.CodeIssued(done.id)
        if issued.reason in ("prefix", "ceiling"):
            _log.error("codes_stopped", alarm=True, reason=issued.reason)
        return contact.CodeLimited(issued.reason, max(1, round((issued.retry_at - done.now).total_seconds())))

    def check_code(self, act: contact.CheckCode, done: ActDone) -> Event:
        checked = codes.check(
            done.connection,
            challenge_id=act.challenge,
            typed=act.typed,
            server_key=self.server_key,
            now=done.now,
            quotas=self.quotas,
        )
        match checked:
            case codes.Right():
                contacts.prove(
                    done.connection,
                    account_id=act.account_id,
                    kind="phone",
                    value=act.phone,
                    key=act.phone,
                    now=done.now,
                    exclusive=OWNED,
                )
                return contact.CodeRight(done.now)
            case codes.Wrong(left):
                return contact.CodeWrong(left)
            case codes.Expired():
                return contact.CodeDead("expired")
            case codes.Exhausted():
                return contact.CodeDead("exhausted")
            case codes.TooManyToday():
                return contact.CodeDead("too_many_today")

    # --- company ---

    def save_company(self, act: company.SaveCompany, done: ActDone) -> Event:
        billing = companies.Billing(
            act.country, act.tax_number, act.data.name, act.data.street, act.data.postal_code, act.data.city
        )
        saved = companies.confirm(
            done.connection,
            company_id=done.id,
            account_id=act.account_id,
            billing=billing,
            source=_one_of(("mf", "gus", "vies", "seller", "customer"), act.source),
            check=_one_of(("verified", "pending", "not_found"), act.check),
            now=done.now,
        )
        return company.CompanySaved(saved.id)

    def set_check(self, act: company.SetCheck, done: ActDone) -> Event:
        check = _one_of(("verified", "pending", "not_found"), act.check)
        companies.set_check(done.connection, company_id=act.company_id, check=check)
        return company.CheckSet()

    # --- order and payment ---

    def place_order(self, act: order.PlaceOrder, done: ActDone) -> Event:
        plan = self.seller.plan(act.plan)
        code = self.seller.discount(act.discount, done.now) if act.discount else None
        placed = orders.place(
            done.connection,
            order_id=done.id,
            account_id=act.account_id,
            company_id=act.company_id,
            items=[Item(plan.id, 1, act.years, plan.net, self.seller.vat_percent)],
            discount=Discount(code.code, code.percent) if code else None,
            price=act.price,
            method=act.method,
            auto_renewal=act.auto_renewal,
            conversation_id=done.conversation.id,
            series=f"{self.seller.order_prefix}/{done.now.year}",
            now=done.now,
        )
        match placed:
            case orders.Placed(stored):
                for document in act.documents:
                    self._consent(done, act.account_id, self.seller.document(document), how="button")
                return order.OrderPlaced(stored.id, stored.number)
            case orders.AccountNotActive():
                return order.OrderRefused("account_pending")
            case orders.CompanyNotConfirmed():
                return order.OrderRefused("company_unconfirmed")
            case orders.PaymentPending():
                return order.OrderRefused("order_open")
            case orders.PriceChanged():
                return order.OrderRefused("price_changed")

    def cancel_order(self, act: order.CancelOrder, done: ActDone) -> Event:
        cancelled = orders.cancel(done.connection, order_id=act.order_id, now=done.now)
        if isinstance(cancelled, orders.AlreadyPaid):
            return order.OrderStands(cancelled.order_number)
        return order.OrderCancelled(cancelled.order.number)

    def open_payment(self, act: payment.OpenPayment, done: ActDone) -> Event:
        opened = book.open_payment(
            done.connection,
            payment_id=done.id,
            order_id=act.order_id,
            method=act.method,
            provider=self.providers(act.method),
            server_key=self.server_key,
            expires_at=done.now + self.seller.manners.payment_ttl,
            now=done.now,
        )
        return self._opened(opened)

    def reopen_payment(self, act: payment.ReopenPayment, done: ActDone) -> Event:
        return self._opened(book.retry(done.connection, payment_id=act.payment_id, now=done.now))

    def expire_payment(self, act: payment.ExpirePayment, done: ActDone) -> Event:
        expired = book.expire(done.connection, payment_id=act.payment_id, now=done.now)
        return self._booked(done, act.payment_id, news=expired)

    def book_payment(self, act: payment.BookPayment, done: ActDone) -> Event:
        if act.state != "paid":
            failed = attempts.attempt_failed(done.connection, payment_id=act.payment_id, n=act.attempt, now=done.now)
            return self._booked(done, act.payment_id, news=isinstance(failed, attempts.Failed))
        booked = money.book_paid(
            done.connection,
            payment_id=act.payment_id,
            attempt=act.attempt,
            amount=act.amount,
            currency=act.currency,
            now=done.now,
        )
        match booked:
            case money.Overpaid(order_number=number):
                _log.error("refund_due", alarm=True, payment=act.payment_id, attempt=act.attempt)
                return payment.RefundDue(act.payment_id, number)
            case money.Mismatch(first_time=first):
                if first:
                    _log.error("payment_mismatch", alarm=True, payment=act.payment_id, attempt=act.attempt)
                return self._booked(done, act.payment_id, news=False)
            case _:
                return self._booked(done, act.payment_id, news=isinstance(booked, money.Booked))

    # --- e-invoices, zone, hand-off ---

    def activate_einvoice(self, act: einvoice.ActivateEInvoice, done: ActDone) -> Event:
        by_seller = self.seller.einvoice_confirm == "seller"
        switched = einvoices.activate(
            done.connection, account_id=act.account_id, email=act.email or None, by_seller=by_seller, now=done.now
        )
        if isinstance(switched, einvoices.NotYet):
            return einvoice.EInvoiceRefused(switched.reason)
        self._consent(done, act.account_id, self.seller.document("einvoice"), how="button")
        return einvoice.EInvoiceSwitched(switched.einvoice.status, switched.einvoice.email or "")

    def change_invoice_email(self, act: einvoice.ChangeInvoiceEmail, done: ActDone) -> Event:
        changed = einvoices.set_email(done.connection, account_id=act.account_id, email=act.email)
        return einvoice.EInvoiceSwitched(changed.status, changed.email or "")

    def set_auto_renewal(self, act: zone.SetAutoRenewal, done: ActDone) -> Event:
        changed = subscriptions.set_auto_renewal(done.connection, account_id=act.account_id, on=act.on)
        return zone.AutoRenewalSet(act.on, changed)

    def set_default_method(self, act: zone.SetDefaultMethod, done: ActDone) -> Event:
        methods.save_default(done.connection, account_id=act.account_id, method=act.method, now=done.now)
        return zone.DefaultMethodSet(act.method)

    def request_human(self, act: handoff.RequestHuman, done: ActDone) -> Event:
        first = handoffs.ask(
            done.connection,
            conversation_id=done.conversation.id,
            reason="asked",
            email=act.email or None,
            now=done.now,
        )
        return handoff.HumanRequested(done.now, first)

    # --- what several acts share ---

    def _link(self, done: ActDone, purpose: str, account_id: str | None, data: dict[str, Any]) -> None:
        mailed = purpose in ("confirm_email", "taken_log_in")
        links.issue(
            done.connection,
            link_id=done.id,
            purpose=_one_of(links.PURPOSES, purpose),
            conversation_id=done.conversation.id,
            account_id=account_id,
            data=data,
            server_key=self.server_key,
            now=done.now,
            ttl=self.seller.manners.link_ttl if mailed else None,
        )

    def _letter(self, done: ActDone, account_id: str, *, taken: bool) -> str:
        """The link of the letter that follows a sign-up: it confirms a free address and leads a taken one to log-in."""
        self._link(done, "taken_log_in" if taken else "confirm_email", account_id, {})
        return done.id

    def _consent(self, done: ActDone, account_id: str, consent: Consent, *, how: str) -> None:
        consents.record(
            done.connection,
            account_id=account_id,
            conversation_id=done.conversation.id,
            consent_id=consent.id,
            version=consent.version,
            locale=done.locale,
            text_sha256=self.renderer.sha256(f"consent.{consent.id}.text", done.locale),
            given=True,
            channel=done.conversation.channel,
            how=how,
            now=done.now,
        )

    def _candidates(self, done: ActDone, login: str) -> list[LoginCandidate]:
        return account_search.login_candidates(done.connection, emails.key(login))

    def _opened(self, opened: book.Opened | book.NotPayable) -> Event:
        if isinstance(opened, book.NotPayable):
            return payment.PaymentNotChanged(opened.reason)
        return payment.PaymentOpened(opened.payment.id, opened.payment.expires_at)

    def _booked(self, done: ActDone, payment_id: str, *, news: bool) -> Event:
        stored = record.get(done.connection, payment_id)
        if stored is None:
            raise LookupError("no such payment")
        sold = order_record.get(done.connection, stored.order_id)
        if sold is None:
            raise LookupError("no such order")
        gross = Money(stored.amount, stored.currency)
        return payment.PaymentBooked(payment_id, sold.id, sold.number, stored.status, gross, news)


def _one_of(allowed: tuple[Any, ...], value: str) -> Any:
    """The value, known to be one of the literals. Errors: ValueError."""
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {allowed}")
    return value


_TABLE: dict[type[Act], Callable[[DeskActs, Any, ActDone], Event]] = {
    account.OpenPage: DeskActs.open_page,
    account.CreateAccount: DeskActs.create_account,
    account.ChangeEmail: DeskActs.change_email,
    account.StartReset: DeskActs.start_reset,
    account.TakeStartLink: DeskActs.take_start_link,
    contact.IssueCode: DeskActs.issue_code,
    contact.CheckCode: DeskActs.check_code,
    company.SaveCompany: DeskActs.save_company,
    company.SetCheck: DeskActs.set_check,
    order.ResendConfirmation: DeskActs.resend_confirmation,
    order.PlaceOrder: DeskActs.place_order,
    order.CancelOrder: DeskActs.cancel_order,
    payment.OpenPayment: DeskActs.open_payment,
    payment.ReopenPayment: DeskActs.reopen_payment,
    payment.ExpirePayment: DeskActs.expire_payment,
    payment.BookPayment: DeskActs.book_payment,
    einvoice.ActivateEInvoice: DeskActs.activate_einvoice,
    einvoice.ChangeInvoiceEmail: DeskActs.change_invoice_email,
    zone.SetAutoRenewal: DeskActs.set_auto_renewal,
    zone.SetDefaultMethod: DeskActs.set_default_method,
    handoff.RequestHuman: DeskActs.request_human,
}
