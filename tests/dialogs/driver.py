"""Plays a dialog as a customer would: every act has its ordinary outcome unless the test says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dialogs import account, company, contact, einvoice, handoff, order, payment, zone
from dialogs.case import Case, CompanyData, Ctx
from dialogs.journey import journey
from dialogs.kit import Act, Call, Context, Event, Issued, Played, ResultOf, Said, TimerDue, decide
from dialogs.versions import dump, load
from values.meaning import Answer, Command, Correction, Meaning, Press
from values.money import Money
from values.seller import Consent, DiscountCode, Plan, Seller

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BURSZTYN = CompanyData("Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
SELLER = Seller(
    id="sample",
    name="Sample",
    country="PL",
    currency="PLN",
    vat_percent=23,
    plans=(Plan("standard", 29900),),
    dialogs=("account", "contact", "company", "order", "payment", "einvoice"),
    consents=(Consent("privacy", "1"), Consent("marketing", "1", obligatory=False)),
    documents=(Consent("terms", "1"), Consent("clauses", "1"), Consent("einvoice", "1")),
    methods=("card", "paypal", "przelewy24", "blik"),
    discounts=(DiscountCode("START20", 20), DiscountCode("STARY", 50, NOW - timedelta(days=1))),
)
OUTCOMES: dict[type[Act], Callable[[Any], Event]] = {
    account.OpenPage: lambda a: account.PageOpened(f"page-{a.purpose}"),
    account.CreateAccount: lambda _a: account.AccountCreated("account-1", "letter-1"),
    account.ChangeEmail: lambda a: account.EmailChanged(a.email, "letter-2"),
    account.StartReset: lambda _a: account.ResetStarted("letter-3"),
    account.TakeStartLink: lambda _a: account.StartLinkTaken("buy"),
    contact.IssueCode: lambda _a: contact.CodeIssued("challenge-1"),
    contact.CheckCode: lambda a: contact.CodeRight(NOW) if a.typed == "123456" else contact.CodeWrong(4),
    company.SaveCompany: lambda _a: company.CompanySaved("company-1"),
    company.SetCheck: lambda _a: company.CheckSet(),
    order.PlaceOrder: lambda _a: order.OrderPlaced("order-1", "FS/2026/000001"),
    order.ResendConfirmation: lambda _a: order.ConfirmationRenewed("letter-4"),
    order.CancelOrder: lambda _a: order.OrderCancelled("FS/2026/000001"),
    payment.OpenPayment: lambda a: payment.PaymentOpened(f"payment-{a.method}", NOW + timedelta(days=7)),
    payment.ReopenPayment: lambda a: payment.PaymentOpened(a.payment_id, NOW + timedelta(days=7)),
    payment.ExpirePayment: lambda a: booked(a.payment_id, "expired"),
    payment.BookPayment: lambda a: booked(a.payment_id, a.state),
    einvoice.ActivateEInvoice: lambda a: einvoice.EInvoiceSwitched("active", a.email),
    einvoice.ChangeInvoiceEmail: lambda a: einvoice.EInvoiceSwitched("active", a.email),
    handoff.RequestHuman: lambda _a: handoff.HumanRequested(NOW, True),
    zone.SetAutoRenewal: lambda a: zone.AutoRenewalSet(a.on, True),
    zone.SetDefaultMethod: lambda a: zone.DefaultMethodSet(a.method),
}
RESULTS: dict[type[Call], Callable[[Any], Event]] = {
    account.SendLetter: lambda _c: account.LetterSent(),
    contact.SendCode: lambda _c: contact.CodeSent(NOW),
    company.LookUpCompany: lambda _c: company.CompanyFound(BURSZTYN, "mf"),
    company.LookUpCompanyLater: lambda _c: company.CompanyUnknown(),
    payment.ConfirmPayment: lambda c: payment.PaymentChecked(c.payment_id, "paid", 1, 36777, "PLN"),
    payment.AskPayment: lambda c: payment.PaymentChecked(c.payment_id, "pending"),
    payment.AskReturned: lambda c: payment.PaymentChecked(c.payment_id, "failed", 1),
    payment.PollPayment: lambda c: payment.PaymentChecked(c.payment_id, "pending"),
    handoff.MailSupport: lambda _c: handoff.SupportMailed(),
}


def booked(payment_id: str, status: str) -> Event:
    """The books after a payment changed."""
    return payment.PaymentBooked(payment_id, "order-1", "FS/2026/000001", status, Money(36777, "PLN"), True)


@dataclass
class Driver:
    """A conversation in memory; its state goes through JSON after every turn."""

    seller: Seller = SELLER
    case: Case = field(default_factory=Case)
    outcomes: dict[type[Act], Callable[[Any], Event]] = field(default_factory=lambda: dict(OUTCOMES))
    results: dict[type[Call], Callable[[Any], Event]] = field(default_factory=lambda: dict(RESULTS))
    acts: list[Act] = field(default_factory=list[Act])
    calls: list[Call] = field(default_factory=list[Call])
    said: list[str] = field(default_factory=list[str])
    held: list[Issued] = field(default_factory=list[Issued])
    hold: tuple[type[Call], ...] = ()
    keys: int = 0

    def __post_init__(self) -> None:
        self.journey = journey(self.seller.dialogs)

    def context(self, case: Case) -> Ctx:
        return Context(case, NOW, "rest", self.seller)

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def play(self, event: Event) -> Played[Case]:
        """One event, and the results of the calls it caused."""
        played = decide(
            self.journey,
            self.case,
            event,
            context=self.context,
            perform=lambda act, _key: self.outcomes[type(act)](act),
            new_key=self.key,
        )
        self.case = load(dump(played.case))
        assert self.case == played.case
        self.acts += played.acts
        self.said += [say.key for say in played.says]
        for issued in played.calls:
            self.calls.append(issued.call)
            if isinstance(issued.call, self.hold):
                self.held.append(issued)
            else:
                played = self.play(ResultOf(issued.key, self.results[type(issued.call)](issued.call)))
        return played

    def say(self, meaning: Meaning) -> Played[Case]:
        return self.play(Said(meaning))

    def press(self, *payloads: str) -> "Driver":
        for payload in payloads:
            self.say(Press(payload))
        return self

    def write(self, *texts: str) -> "Driver":
        for text in texts:
            self.say(Answer(text))
        return self

    def correct(self, what: str, text: str | None = None) -> "Driver":
        self.say(Correction(what, text))
        return self

    def command(self, name: Any, argument: str | None = None) -> "Driver":
        self.say(Command(name, argument))
        return self

    def happen(self, event: Event) -> "Driver":
        self.play(event)
        return self

    def timer(self, kind: str) -> "Driver":
        self.play(TimerDue(kind))
        return self

    @property
    def at(self) -> str:
        """Where the conversation stands: "dialog.step"."""
        return self.journey.position(self.case, self.context(self.case)).path

    @property
    def offers(self) -> list[str]:
        step = self.journey.position(self.case, self.context(self.case))
        return [o.payload for o in step.options(getattr(self.case, step.dialog), self.context(self.case))]


def with_results(**results: Callable[[Any], Event]) -> dict[type[Call], Callable[[Any], Event]]:
    """The ordinary results, some replaced by name of the call."""
    by_name = {call.__name__: call for call in RESULTS}
    return RESULTS | {by_name[name]: outcome for name, outcome in results.items()}


def signed_up() -> Driver:
    """A new customer whose account is made and whose phone is asked for."""
    customer = Driver().press("start:buy", "account:new").write("jan@example.com")
    customer.happen(account.PasswordSet("page-set_password", "credential-1"))
    return customer.press("consents:required")


def contact_proven() -> Driver:
    """… and whose phone is proven; the tax number is asked for."""
    return signed_up().write("512 000 999", "123456")


def summary_shown() -> Driver:
    """… and whose company is confirmed; the order's summary waits for a yes."""
    customer = contact_proven().write("1234563218").press("confirm:yes")
    return customer.press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")


def ordered() -> Driver:
    """… and who has ordered; the payment is awaited."""
    customer = summary_shown().happen(contact.EmailProven("jan@example.com", NOW))
    return customer.press("confirm:yes", "pay:now")


def paid() -> Driver:
    """… and has paid; e-invoices are offered."""
    customer = ordered()
    return customer.happen(payment.PaymentNoticed(customer.case.payment.id or "", 1, {}))


def later(case: Case, **talk: Any) -> Case:
    """The case with other manners."""
    return replace(case, talk=replace(case.talk, **talk))
