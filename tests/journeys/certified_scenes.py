"""What customers of Certified Platform live through: the guide's straight way with each way to pay, and its detours."""

from datetime import timedelta

from msgspec import structs
from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, NUMBER, WAYS, sample_order
from dialogs.messages import account, company, contact, payment, renewal
from dialogs.order.in_books import price_of
from dialogs.payment import EXPIRY
from dialogs.state import CompanyData
from tests.journeys.again_scenes import Again
from tests.journeys.scenes import Scene
from values.account_view import AccountView, CompanyView, OrderView
from values.order import Bill
from values.payment import StoredWay
from values.renewal import Owned
from values.term import TWO_YEARS

EMAIL = "anna@lucani.example"
LUCANI = CompanyData("Officine Lucani S.r.l.", "Via Garibaldi 21", "41121", "Modena")


LINES = (("base", 1), ("users", 2), ("space", 2))
REFUSALS = {
    "seven days before the end the card is declined": "declined",
    "or the bank wants its customer to confirm": "needs_payer",
    "or the card is gone": "gone",
    "or the card has expired": "expired",
    "or the provider doesn't answer": "unanswered",
}


class Certified(Scene):
    """A customer of Certified Platform."""

    def keeps(self, *ways: StoredWay) -> None:
        """From now on these are stored."""
        default = next((way.method for way in ways if way.is_default), None)
        self.read_books(replace(self.books, ways=ways, default_method=default))

    def paid_by_card(self) -> None:
        with self.unheard("an order is paid by card, as above"):
            self._describes()
            self.agreed("card")
            self.is_booked()

    def registers(self) -> None:
        self.write(EMAIL)
        page = self.case.account.page or ""
        self.happens("the password is set on the secure page", account.PasswordSet(page, "credential-1"))
        self.tap("required")

    def company(self) -> None:
        """The register knows the partita IVA."""
        self.will(company.LookUpCompany, company.CompanyFound(LUCANI, "vies"))
        self.write("12345670363")
        self.tap("right")

    def begun(self) -> None:
        with self.unheard("the base version, a new account, as above"):
            self._begins()

    def described(self) -> None:
        with self.unheard("all up to the way to pay, as above"):
            self._describes()

    def agreed(self, *ways: str) -> None:
        """From the method to the order."""
        self.tap(*ways, "one_year", "accept", "order")

    def confirms_email(self) -> None:
        proven = contact.EmailProven(self.context.books.email or EMAIL, MOMENT)
        self.happens("the link in the confirmation mail is followed", proven)

    def is_booked(self, status: str = "paid") -> None:
        of = self.placed
        told = payment.PaymentBooked(of.payment_id or "", of.id, of.number, status, price_of(of).gross, True)
        self.happens("the back office books the money", told)

    def logs_in(self, view: AccountView) -> None:
        self.happens("the customer logs in on the secure page", account.LoggedIn(view))

    def _begins(self) -> None:
        self.tell("hello")
        self.tap("buy", "base_only", "new")
        self.registers()

    def _describes(self) -> None:
        self._begins()
        self.tap("company")
        self.company()
        self.write("ufficio@lucani.example", "M5UXCR1")
        self.confirms_email()

    def the_straight_way_by_card(self) -> None:
        self.tell("hello")
        self.tap("buy", "users")
        self.write("2")
        self.tap("space")
        self.tell("ten_gb")
        self.tap("enough", "new")
        self.registers()
        self.tap("company")
        self.company()
        self.write("ufficio@lucani.example", "M5UXCR1")
        self.confirms_email()
        self.tap("card", "two_years", "accept", "order")
        paid = payment.PaymentNoticed(self.placed.payment_id or "", 1, {})
        self.happens("the provider's notice comes, and is confirmed", paid)
        self.tap("my_account", "free_version")

    def a_transfer_that_never_comes(self) -> None:
        with self.unheard("ordered, to be paid by transfer, as above"):
            self._describes()
            self.tap("other")
            self.agreed("transfer")
        self.passes("a fortnight passes", EXPIRY)
        self.chooses("pay:now")

    def an_account_of_a_natural_person(self) -> None:
        self.tell("hello")
        self.tap("buy", "base_only", "existing")
        self.logs_in(_account(legal_form="natural_person"))
        self.tell("company_words")
        self.tap("sign_up")

    def a_known_customer_with_a_stored_card(self) -> None:
        self.tell("hello")
        self.tap("buy", "base_only", "existing")
        self.logs_in(_account(email=EMAIL, legal_form="company", company=_known_company(), ways=(WAYS[0], WAYS[2])))
        self.tap("right", "card")
        self.press(WAYS[0].label)
        self.tell("back")
        self.tell("back")
        self.tap("paypal", "other_paypal", "one_year", "accept", "order")

    def one_of_several_stored_cards(self) -> None:
        self.tell("hello")
        self.tap("buy", "base_only", "existing")
        self.logs_in(_account(email=EMAIL, legal_form="company", company=_known_company(), ways=WAYS[:2]))
        self.tap("right", "card", "saved_card")
        self.write("1881")
        self.tap("one_year", "accept")

    def ways_to_pay_in_the_zone(self) -> None:
        self.paid_by_card()
        self.keeps(*WAYS[:3])
        self.tap("methods")
        self.tell("forget_words")
        self.tap("forget_visa", "methods")
        self.press(WAYS[1].label)
        self.keeps()
        self.tap("methods")

    def the_charge_of_a_renewal(self) -> None:
        self.paid_by_card()
        bill = Bill(LINES, TWO_YEARS, 73200, "EUR")
        coming = renewal.ChargeComing("base", MOMENT, MOMENT, WAYS[0].label, 73200, "EUR", bill)
        self.happens("a month before the end", coming)
        risen = structs.replace(coming, gross=87840, bill=replace(bill, gross=87840, was=73200))
        self.happens("or where the price has risen", risen)
        receipt = ("base", "account-1", "order-3", NUMBER, "payment-3", WAYS[0].label, 73200, "EUR", MOMENT, bill)
        self.happens("seven days before the end", renewal.RenewalCharged(*receipt))
        self.tell("dont_renew")

    def terms_that_have_changed(self) -> None:
        self.paid_by_card()
        waits = renewal.RenewalWaits(
            "account-1", ("terms",), MOMENT + timedelta(days=7), Bill(LINES, TWO_YEARS, 73200, "EUR")
        )
        self.happens("a month before the end", waits)
        self.tap("not_now")
        self.happens("seven days before the end", waits)
        self.tap("accept_new")

    def a_renewal_never_paid(self) -> None:
        self.paid_by_card()
        self.read_books(replace(self.books, orders=(_owed(60000, 13200),)))
        bill = Bill(LINES, TWO_YEARS, 73200, "EUR")
        self.happens("seven days before the end", structs.replace(_to_pay(), bill=bill))
        ended = Owned("subscription-1", "base", None, MOMENT, auto_renewal=True, status="grace")
        self.read_books(replace(self.books, owned=(ended,)))
        self.happens("the end comes", renewal.SubscriptionLapsed("base", MOMENT, MOMENT + timedelta(days=14), LINES))
        over = renewal.SubscriptionLapsed("base", MOMENT, None, LINES, "order-3", NUMBER)
        lapsed = replace(ended, status="ended")
        self.read_books(replace(self.books, owned=(), lapsed=(lapsed,)))
        self.happens("two weeks later", over)

    def a_charge_that_is_refused(self) -> None:
        self.paid_by_card()
        self.read_books(replace(self.books, orders=(_owed(24000, 5280),)))
        for what, why in REFUSALS.items():
            again = MOMENT if why in ("declined", "unanswered") else None
            self.happens(what, structs.replace(_to_pay(), refusal=why, label=WAYS[0].label, retry_at=again))

    def a_forgotten_password(self) -> None:
        self.tell("hello", "forgot_password")
        self.write("4455668@aruba.it")
        self.happens("a new password is set on the page of the link", account.PasswordReplaced())

    def ordering_again(self) -> None:
        known = _account(email=EMAIL, legal_form="company", company=_known_company(), ways=WAYS[:2])
        again = Again(self, "base", known)
        self.tell("hello")
        self.tap("buy", "users")
        self.write("2")
        self.tap("enough", "existing")
        again.logs_in(again.running)
        self.chooses("card:saved", f"saved:{WAYS[0].id}", "years:2", "terms:accept", "pay:now")
        again.is_paid()
        again.comes_back_after_the_end()
        again.gives_up()

    def while_another_waits(self) -> None:
        again = Again(self, "base", _account(email=EMAIL, legal_form="company", company=_known_company()))
        self.tell("hello")
        self.tap("buy", "base_only", "existing")
        again.logs_in(again.waiting("transfer"))
        self.chooses("open_order:pay")
        again.pays_by_card_after_all()
        self.tell("hello")
        again.anew()
        self.tap("buy", "base_only", "existing")
        again.logs_in(again.waiting("transfer"))
        self.chooses("open_order:cancel")


def _account(**more: object) -> AccountView:
    known = AccountView(
        id="account-9",
        email="privato@example.com",
        user_name="4455667@aruba.it",
        phone=None,
        status="active",
        taken=False,
        email_verified=True,
        phone_verified=False,
        locale="it",
        company=None,
        einvoice_status="off",
        einvoice_email=None,
        default_method=None,
    )
    return replace(known, companies=tuple(filter(None, (more.get("company"),))), **more)  # type: ignore[arg-type]


def _known_company() -> CompanyView:
    address = (LUCANI.name, LUCANI.street, LUCANI.postal_code, LUCANI.city)
    found = CompanyView("company-9", "IT", "12345670363", *address, "vies", "verified", MOMENT)
    return replace(found, email="ufficio@lucani.example", sdi_code="M5UXCR1")


def _to_pay() -> renewal.RenewalToPay:
    return renewal.RenewalToPay("base", MOMENT, 7, False, "account-1", "order-3", NUMBER, "payment-3", 29280, "EUR")


def _owed(net: int, vat: int) -> OrderView:
    known = replace(sample_order("placed"), id="order-3", number=NUMBER, currency="EUR", renewal=True)
    owed = replace(known, net=net, vat=vat, gross=net + vat)
    return replace(owed, payment_id="payment-3", payment_expires_at=MOMENT)
