"""What customers of Certified Platform live through: the guide's straight way with each way to pay, and its detours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from msgspec import structs
from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, NUMBER, WAYS, company_view, sample_view
from dialogs.messages import account, company, contact, payment, renewal
from dialogs.messages.account import LoggedIn
from dialogs.messages.order import AccountSeen, SeeAccount
from dialogs.payment import EXPIRY
from dialogs.state import CompanyData
from tests.journeys.again_scenes import Again
from tests.journeys.teller import Teller
from values.account_view import AccountView, CompanyView
from values.money import Money
from values.order import Bill
from values.payment import StoredWay
from values.renewal import Owned

EMAIL = "anna@lucani.example"
LUCANI = CompanyData("Officine Lucani S.r.l.", "Via Garibaldi 21", "41121", "Modena")


@dataclass(frozen=True)
class Words:
    """How a customer of one language says things; `press` are the buttons by what they are for."""

    buttons: Mapping[str, str]
    said: Mapping[str, str]


LINES = (("base", 1), ("users", 2), ("space", 2))
REFUSALS = {
    "seven days before the end the card is declined": "declined",
    "or the bank wants its customer to confirm": "needs_payer",
    "or the card is gone": "gone",
    "or the card has expired": "expired",
    "or the provider doesn't answer": "unanswered",
}


class Scene(Teller):
    """A teller who knows the customer's language."""

    words: Words

    def keeps(self, *ways: StoredWay, page: bool = False, times: int = 1) -> None:
        """So many times as it is looked up next, these are stored."""
        default = next((way.method for way in ways if way.is_default), None)
        self.will(payment.SeeMethods, *[payment.MethodsSeen(ways, default, page)] * times)

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
        proven = contact.EmailProven(self.case.account.email or EMAIL, MOMENT)
        self.happens("the link in the confirmation mail is followed", proven)

    def is_booked(self, status: str = "paid") -> None:
        gross = (self.case.order.price.gross if self.case.order.price else None) or Money(0, "EUR")
        told = payment.PaymentBooked(self.case.payment.id or "", "order-1", NUMBER, status, gross, True)
        self.happens("the back office books the money", told)

    def logs_in(self, view: AccountView) -> None:
        self.happens("the customer logs in on the secure page", LoggedIn(view))

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
        order=None,
        einvoice_status="off",
        einvoice_email=None,
        default_method=None,
        auto_renewal=None,
        subscription_status=None,
        subscription_ends_at=None,
    )
    return replace(known, **more)  # type: ignore[arg-type]


def _known_company() -> CompanyView:
    address = (LUCANI.name, LUCANI.street, LUCANI.postal_code, LUCANI.city)
    found = CompanyView("company-9", "IT", "12345670363", *address, "vies", "verified", MOMENT)
    return replace(found, email="ufficio@lucani.example", sdi_code="M5UXCR1")


def the_straight_way_by_card(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "users")
    s.write("2")
    s.tap("space")
    s.tell("ten_gb")
    s.tap("enough", "new")
    s.registers()
    s.tap("company")
    s.company()
    s.write("ufficio@lucani.example", "M5UXCR1")
    s.confirms_email()
    s.tap("card", "two_years", "accept", "order")
    gross = s.case.order.price.gross if s.case.order.price is not None else None
    booked = payment.PaymentBooked("payment-1", "order-1", NUMBER, "paid", gross or Money(0, "EUR"), True)
    s.will(payment.BookPayment, booked)
    paid = payment.PaymentNoticed(s.case.payment.id or "", 1, {})
    s.happens("the provider's notice comes, and is confirmed", paid)
    s.tap("my_account", "free_version")


def by_transfer(s: Scene) -> None:
    s.described()
    s.tap("other")
    s.agreed("transfer")
    s.tell("did_it_arrive")
    s.is_booked()


def by_postal_slip(s: Scene) -> None:
    s.described()
    s.tap("other")
    s.tell("back")
    s.tell("postal_slip_words")
    s.agreed()
    s.tap("another_payment")
    s.chooses("method:postal_slip")
    s.tap("another_payment")
    s.chooses("method:paypal")


def a_transfer_that_never_comes(s: Scene) -> None:
    with s.unheard("ordered, to be paid by transfer, as above"):
        s._describes()
        s.tap("other")
        s.agreed("transfer")
    s.passes("a fortnight passes", EXPIRY)
    s.chooses("pay:now")


def limits_of_the_add_ons(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "users")
    s.write("15", "14")
    s.tap("external_users")
    s.write("75", "100")
    s.tap("space")
    s.write("7 GB", "10 GB")
    s.tap("undo", "users")
    s.tell("back")
    s.tap("external_users")
    s.write("0")
    s.tap("enough")
    s.tell("back")


def a_natural_person(s: Scene) -> None:
    s.begun()
    s.tell("private_person")
    s.tap("sole_trader")


def an_account_of_a_natural_person(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "base_only", "existing")
    s.logs_in(_account(legal_form="natural_person"))
    s.tell("company_words")
    s.tap("sign_up")


def a_known_customer_with_a_stored_card(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "base_only", "existing")
    s.keeps(WAYS[0], WAYS[2], times=2)
    s.logs_in(_account(email=EMAIL, legal_form="company", company=_known_company()))
    s.tap("right", "card")
    s.press(WAYS[0].label)
    s.tell("back")
    s.tell("back")
    s.tap("paypal", "other_paypal", "one_year", "accept", "order")


def one_of_several_stored_cards(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "base_only", "existing")
    s.keeps(*WAYS[:2])
    s.logs_in(_account(email=EMAIL, legal_form="company", company=_known_company()))
    s.tap("right", "card", "saved_card")
    s.write("1881")
    s.tap("one_year", "accept")


def ways_to_pay_in_the_zone(s: Scene) -> None:
    s.paid_by_card()
    s.keeps(*WAYS[:3], page=True, times=2)
    s.tap("methods")
    s.will(payment.SetDefaultMethod, payment.DefaultMethodSet("card", WAYS[1].label))
    s.press(WAYS[1].label)
    s.tell("forget_words")
    s.will(payment.ForgetMethod, payment.MethodForgotten(WAYS[0].id, WAYS[0].label, was_default=True))
    s.tap("forget_visa")
    s.keeps(page=True)
    s.tap("methods")


def the_charge_of_a_renewal(s: Scene) -> None:
    s.paid_by_card()
    bill = Bill(LINES, 2, 73200, "EUR")
    coming = renewal.ChargeComing("base", MOMENT, MOMENT, WAYS[0].label, 73200, "EUR", bill)
    s.happens("a month before the end", coming)
    risen = structs.replace(coming, gross=87840, bill=replace(bill, gross=87840, was=73200))
    s.happens("or where the price has risen", risen)
    receipt = ("base", "account-1", "order-3", NUMBER, "payment-3", WAYS[0].label, 73200, "EUR", MOMENT, bill)
    s.will(SeeAccount, AccountSeen(sample_view(company_view(), "paid")))
    s.happens("seven days before the end", renewal.RenewalCharged(*receipt))
    s.tell("dont_renew")


def terms_that_have_changed(s: Scene) -> None:
    s.paid_by_card()
    waits = renewal.RenewalWaits("account-1", ("terms",), MOMENT, Bill(LINES, 2, 73200, "EUR"))
    s.happens("a month before the end", waits)
    s.tap("not_now")
    s.happens("seven days before the end", waits)
    s.tap("accept_new")


def a_renewal_never_paid(s: Scene) -> None:
    s.paid_by_card()
    s.happens(
        "seven days before the end",
        structs.replace(_to_pay(), net=60000, vat=13200, gross=73200, bill=Bill(LINES, 2, 73200, "EUR")),
    )
    ended = Owned("subscription-1", "base", None, MOMENT, auto_renewal=True, status="grace")
    s.will(SeeAccount, AccountSeen(replace(sample_view(company_view()), owned=(ended,))))
    s.happens("the end comes", renewal.SubscriptionLapsed("base", MOMENT, MOMENT + timedelta(days=14), LINES))
    over = renewal.SubscriptionLapsed("base", MOMENT, None, LINES, "order-3", NUMBER)
    lapsed = replace(ended, status="ended")
    s.will(SeeAccount, AccountSeen(replace(sample_view(company_view()), lapsed=(lapsed,))))
    s.happens("two weeks later", over)


def a_charge_that_is_refused(s: Scene) -> None:
    s.paid_by_card()
    for what, why in REFUSALS.items():
        again = MOMENT if why in ("declined", "unanswered") else None
        s.happens(what, structs.replace(_to_pay(), refusal=why, label=WAYS[0].label, retry_at=again))


def _to_pay() -> renewal.RenewalToPay:
    return renewal.RenewalToPay(
        *("base", MOMENT, 7, False, "account-1", "order-3", NUMBER, "card", 24000, 5280, 29280, "EUR"),
        *("payment-3", MOMENT),
    )


def a_forgotten_user_name(s: Scene) -> None:
    s.tell("hello")
    s.tap("forgot_username")
    s.write("anna@", EMAIL)


def a_forgotten_password(s: Scene) -> None:
    s.tell("hello", "forgot_password")
    s.write("4455668@aruba.it")
    s.happens("a new password is set on the page of the link", account.PasswordReplaced())


def holder_data(s: Scene) -> None:
    s.begun()
    s.tap("company")
    s.write("4649870153", "1234567036", "RSSMRA85T10A562S")
    s.company()
    s.write("studio@pec.lucani.example")
    s.tap("takes_pec_only")
    s.write("ufficio@lucani.example")
    s.write("M5UXCR", "M5UXCR12", "XXXXXXX", "ufficio@lucani.example", "anna@gmail.com", "studio@pec.lucani.example")


def no_code_for_invoices(s: Scene) -> None:
    s.begun()
    s.tap("company")
    s.company()
    s.tap("as_account")
    s.tap("none_of_both")
    s.tell("wrong_code")


def questions_of_the_guide(s: Scene) -> None:
    s.begun()
    s.tell("ask_admin", "ask_external", "ask_pec", "ask_sdi", "ask_iban", "ask_free")


def changes_before_the_order(s: Scene) -> None:
    s.described()
    s.tap("card", "one_year", "accept")
    s.chooses("edit:addons")
    s.tap("users")
    s.write("3")
    s.tap("enough", "two_years")


def ordering_again(s: Scene) -> None:
    known = _account(email=EMAIL, legal_form="company", company=_known_company(), ways=WAYS[:2])
    again = Again(s, "base", known)
    s.tell("hello")
    s.tap("buy", "users")
    s.write("2")
    s.tap("enough", "existing")
    s.keeps(*WAYS[:2], times=2)
    again.logs_in(again.running)
    s.chooses("card:saved", f"saved:{WAYS[0].id}", "years:2", "terms:accept", "pay:now")
    again.is_paid()
    again.comes_back_after_the_end()
    again.gives_up()


def while_another_waits(s: Scene) -> None:
    known = _account(email=EMAIL, legal_form="company", company=_known_company())
    again = Again(s, "base", known)
    s.tell("hello")
    s.tap("buy", "base_only", "existing")
    again.logs_in(again.waiting("transfer"))
    s.chooses("open_order:pay")
    again.pays_by_card_after_all()
    s.tell("hello")
    again.anew()
    s.tap("buy", "base_only", "existing")
    again.logs_in(again.waiting("transfer"))
    s.chooses("open_order:cancel")


SCENES: Mapping[str, Callable[[Scene], None]] = {
    "The straight way, by card": the_straight_way_by_card,
    "Ordering again": ordering_again,
    "Ordering again while an order waits": while_another_waits,
    "By transfer": by_transfer,
    "By postal slip, and another way after all": by_postal_slip,
    "A transfer that never comes": a_transfer_that_never_comes,
    "The add-ons' limits": limits_of_the_add_ons,
    "A natural person": a_natural_person,
    "An account of a natural person": an_account_of_a_natural_person,
    "A known customer with a stored card": a_known_customer_with_a_stored_card,
    "One of several stored cards": one_of_several_stored_cards,
    "Ways to pay in the zone": ways_to_pay_in_the_zone,
    "The charge of a renewal": the_charge_of_a_renewal,
    "Terms that have changed before a renewal": terms_that_have_changed,
    "A renewal that is never paid": a_renewal_never_paid,
    "A charge that is refused": a_charge_that_is_refused,
    "A forgotten user name": a_forgotten_user_name,
    "A forgotten password": a_forgotten_password,
    "The holder's data": holder_data,
    "No code for invoices": no_code_for_invoices,
    "The guide's questions": questions_of_the_guide,
    "Changes before the order": changes_before_the_order,
}
