"""What customers of a program live through whose subscription ends, in their own words of three languages."""

from datetime import timedelta

from msgspec import structs
from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, WAYS, company_view, sample_order, sample_owned_programs, sample_view
from dialogs.kit import StartLinkOpened
from dialogs.messages import account, company, order, payment, renewal
from tests.journeys.again_scenes import BUY, END
from tests.journeys.scenes import Scene
from values.order import Bill
from values.term import A_YEAR

PROGRAMS = sample_owned_programs("r2platnik", "r2faktury")
EMAIL = "kadry@bursztyn.example.com"
OWED = replace(
    sample_order("placed"),
    id="order-3",
    number="R2/2026/000002",
    method="blik",
    net=37900,
    vat=8717,
    gross=46617,
    payment_id="payment-3",
    payment_method="blik",
    payment_expires_at=MOMENT + timedelta(days=14),
    renewal=True,
)


class Owner(Scene):
    """A customer who owns two programs."""

    def logs_in(self, *, agreed: bool = False) -> None:
        view = replace(sample_view(company_view()), owned=PROGRAMS, email=EMAIL, user_name=EMAIL)
        on = tuple(replace(one, auto_renewal=True) for one in PROGRAMS)
        view = replace(view, owned=on) if agreed else view
        self.happens("e-mail and password are typed on the secure page", account.LoggedIn(view))

    def is_in(self) -> None:
        with self.unheard("the customer logs in, as above"):
            self.enters()

    def at_the_consent(self) -> None:
        with self.unheard("all up to the consent, as above"):
            self.enters()
            self.tap("shop", "go_on", "subscription", "right")
            self.orderer_told()

    def reminded(self) -> None:
        first = PROGRAMS[0]
        ending = renewal.SubscriptionEnding(first.product, first.serial, first.ends_at, 30)
        self.happens("30 days before the end, by day", ending)

    def enters(self, *, agreed: bool = False) -> None:
        self.tell("hello")
        self.tap("log_in")
        self.logs_in(agreed=agreed)

    def orderer_told(self) -> None:
        self.write("faktury@bursztyn.example.com", "Anna Nowak", "512 000 111", "anna.nowak@bursztyn.example.com")

    def the_second_time(self) -> None:
        """Whoever has ordered here before gives the consent and orders; the rows lead to what has changed after all."""
        self.is_in()
        last = replace(sample_view(company_view(), "paid"), owned=PROGRAMS, default_method="blik", email=EMAIL)
        self.read_books(last)
        begun = renewal.RenewalBegun("r2platnik")
        self.will(renewal.BeginRenewal, begun, begun)
        self.reminded()
        self.tap("renew_now")
        self.chooses("edit:person_name")
        self.write("Jan Nowak")
        self.tap("agree", "order")

    def the_letter_to_somebody_without_an_account(self) -> None:
        self.will(account.TakeStartLink, account.StartLinkTaken("forgot_password", "renewal"))
        self.happens("the link of the letter with the reminder is opened", StartLinkOpened("token"))
        self.write(EMAIL)
        self.happens("the first password is set on the page of the link", account.PasswordReplaced())
        self.logs_in()

    def no_more_reminders_by_a_stranger(self) -> None:
        self.will(renewal.StopReminders, renewal.RemindersSwitched(on=False, known=False))
        self.tell("hello", "no_reminders", "stop")

    def an_open_order(self) -> None:
        self.is_in()
        self.will(renewal.BeginRenewal, renewal.RenewalNotBegun("order_open"), renewal.RenewalNotBegun("nothing_owned"))
        self.tap("shop", "shop")

    def nothing_in_the_registers(self) -> None:
        self.is_in()
        self.read_books(replace(self.books, company=None, companies=()))
        self.will(renewal.BeginRenewal, renewal.RenewalBegun(None, "1234563218"))
        self.will(company.LookUpCompany, company.RegisterSilent())
        self.tap("shop", "go_on", "subscription")
        self.write("Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
        self.tap("change", "street")
        self.write("ul. Krótka 1")
        self.tap("right")

    def an_account_s_order_is_open(self) -> None:
        self.at_the_consent()
        self.will(order.PlaceOrder, order.OrderRefused("order_open"))
        self.tap("agree", "card", "right", "order")

    def the_renewal_by_itself(self) -> None:
        self.is_in()
        self.read_books(replace(self.books, orders=(OWED,)))
        self.happens("seven days before the next end", _to_pay(7))
        self.will(payment.AskReturned, payment.PaymentChecked("payment-3", "failed", 1))
        self.happens("the payer comes back without having paid", payment.PaymentReturned("payment-3"))
        self.happens("five days before the end", structs.replace(_to_pay(5), again=True))
        self.happens("the end comes", renewal.SubscriptionLapsed("r2platnik", MOMENT, MOMENT + timedelta(days=14)))
        self.happens("two weeks later", renewal.SubscriptionLapsed("r2platnik", MOMENT, None))

    def the_charge_of_a_renewal(self) -> None:
        with self.unheard("a customer who has agreed to automatic renewal logs in"):
            self.enters(agreed=True)
        bill = Bill((("r2platnik", 1),), A_YEAR, 46617, "PLN", was=43050)
        coming = renewal.ChargeComing("r2platnik", MOMENT, MOMENT, WAYS[0].label, 46617, "PLN", bill)
        self.happens("a month before the end; the price has risen", coming)
        declined = structs.replace(_to_pay(7), refusal="declined", label=WAYS[0].label, retry_at=MOMENT)
        self.read_books(replace(self.books, orders=(OWED,)))
        self.happens("seven days before the end", declined)
        told = _to_pay(5)
        until = PROGRAMS[0].ends_at + timedelta(days=365)
        receipt = ("r2platnik", self.books.id, told.order_id, told.number, told.payment_id, WAYS[0].label)
        self.happens("five days before the end", renewal.RenewalCharged(*receipt, 46617, "PLN", until))
        self.tell("dont_renew")

    def a_forgotten_password(self) -> None:
        self.tell("hello")
        self.tap("forgot")
        self.write(EMAIL)
        self.happens("a new password is set on the page of the link", account.PasswordReplaced())

    def ordering_again(self) -> None:
        """A program whose subscription has ended is in the cart with the others."""
        over = replace(PROGRAMS[0], ends_at=MOMENT - timedelta(days=3), status="ended")
        extension = replace(PROGRAMS[0], id="subscription-3", product="r2platnik_extension")
        view = replace(sample_view(company_view()), owned=(extension,), lapsed=(over,), email=EMAIL)
        self.tell("hello")
        self.tap("log_in")
        self.happens("e-mail and password are typed on the secure page", account.LoggedIn(view))
        self.write(END[self.locale], "zone:my_account")
        self.will(renewal.BeginRenewal, renewal.RenewalBegun(None))
        self.write(BUY[self.locale])
        self.tap("go_on", "subscription")


def _to_pay(days: int) -> renewal.RenewalToPay:
    return renewal.RenewalToPay(
        plan="r2platnik",
        ends_at=MOMENT + timedelta(days=7),
        days=days,
        again=False,
        account_id="account-2",
        order_id="order-3",
        number="R2/2026/000002",
        payment_id="payment-3",
        bill=Bill((("r2platnik", 1),), A_YEAR, 46617, "PLN"),
    )
