"""What customers of a program live through whose subscription ends, in their own words of three languages."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from msgspec import structs
from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, ORDERER, WAYS, company_view, owned, sample_view
from dialogs.kit import StartLinkOpened
from dialogs.messages import account, company, order, payment, renewal
from tests.journeys.again_scenes import BUY, END
from tests.journeys.scenes import Scene
from values.order import Bill

PROGRAMS = owned("r2platnik", "r2faktury")
EMAIL = "kadry@bursztyn.example.com"


class Owner(Scene):
    """A customer who owns two programs."""

    def logs_in(self, *, agreed: bool = False) -> None:
        view = replace(sample_view(company_view()), owned=PROGRAMS, email=EMAIL, user_name=EMAIL)
        view = replace(view, auto_renewal=True) if agreed else view
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

    def renewed(self) -> None:
        now = (replace(PROGRAMS[0], ends_at=PROGRAMS[0].ends_at + timedelta(days=365)), PROGRAMS[1])
        self.will(renewal.SeeRenewed, renewal.Renewed(now, now[0].ends_at))
        self.pays()

    def enters(self, *, agreed: bool = False) -> None:
        self.tell("hello")
        self.tap("log_in")
        self.logs_in(agreed=agreed)

    def orderer_told(self) -> None:
        self.write("faktury@bursztyn.example.com", "Anna Nowak", "512 000 111", "anna.nowak@bursztyn.example.com")


def the_straight_way(s: Owner) -> None:
    s.tell("hello")
    s.tap("log_in")
    s.logs_in()
    s.reminded()
    s.tap("renew_now", "go_on", "subscription", "right")
    s.orderer_told()
    s.tap("agree", "blik", "right", "order")
    s.renewed()
    s.tap("my_account")


def the_second_time(s: Owner) -> None:
    """Whoever has ordered here before gives the consent and orders; the rows lead to what has changed after all."""
    s.is_in()
    last = replace(sample_view(company_view(), "paid"), owned=PROGRAMS, default_method="blik", email=EMAIL)
    begun = renewal.RenewalBegun(PROGRAMS, company_view(), None, True, "r2platnik", last, ORDERER)
    s.will(renewal.BeginRenewal, begun, begun)
    s.reminded()
    s.tap("renew_now")
    s.chooses("edit:person_name")
    s.write("Jan Nowak")
    s.tap("agree", "order")


def the_reminder_before_the_log_in(s: Owner) -> None:
    s.tell("hello")
    s.reminded()
    s.tap("renew_now", "log_in")
    s.logs_in()


def later(s: Owner) -> None:
    s.is_in()
    s.reminded()
    s.tell("later")
    s.tap("shop")


def a_reminder_left_open(s: Owner) -> None:
    s.is_in()
    s.reminded()
    s.tap("shop")


def no_more_reminders(s: Owner) -> None:
    s.is_in()
    s.reminded()
    s.tell("stop")
    s.tap("reminders_on", "shop")
    s.tell("stop", "no_reminders")


def the_letter_to_somebody_without_an_account(s: Owner) -> None:
    s.will(account.TakeStartLink, account.StartLinkTaken("forgot_password", "renewal"))
    s.happens("the link of the letter with the reminder is opened", StartLinkOpened("token"))
    s.write(EMAIL)
    s.happens("the first password is set on the page of the link", account.PasswordReplaced())
    s.logs_in()


def no_more_reminders_by_a_stranger(s: Owner) -> None:
    s.will(renewal.StopReminders, renewal.RemindersSwitched(on=False, known=False))
    s.tell("hello", "no_reminders", "stop")


def without_the_reminder(s: Owner) -> None:
    s.is_in()
    s.tap("shop", "program_1", "program_1", "go_on", "program_2", "go_on")
    s.tell("extension_words")


def wrong_company_data(s: Owner) -> None:
    s.is_in()
    s.tap("shop", "go_on", "subscription", "report")
    s.tell("street_moved")
    s.write("faktury@bursztyn")


def wrong_company_data_in_the_zone(s: Owner) -> None:
    s.is_in()
    s.tell("change_tax_number")
    s.tap("report")
    s.tell("street_moved")


def wrong_after_all_right(s: Owner) -> None:
    s.is_in()
    s.tap("shop", "go_on", "subscription")
    s.tell("wrong_tax_number")
    s.tap("data_right", "right")


def the_consent_refused(s: Owner) -> None:
    s.at_the_consent()
    s.tell("no", "help", "why_consent")
    s.tap("agree")


def the_consent_refused_and_left(s: Owner) -> None:
    s.at_the_consent()
    s.tell("no")
    s.tap("later")


def the_consent_in_my_data(s: Owner) -> None:
    s.is_in()
    s.tap("my_data", "additional", "save", "my_data", "additional", "withdraw", "withdraw")


def corrections(s: Owner) -> None:
    s.at_the_consent()
    s.tell("back", "back", "back")
    s.write("Anna", "Anna Maria Nowak")


def an_open_order(s: Owner) -> None:
    s.is_in()
    s.will(renewal.BeginRenewal, renewal.RenewalNotBegun("order_open"), renewal.RenewalNotBegun("nothing_owned"))
    s.tap("shop", "shop")


def nothing_in_the_registers(s: Owner) -> None:
    s.is_in()
    begun = renewal.RenewalBegun(PROGRAMS, None, "1234563218", consented=True, product=None)
    s.will(renewal.BeginRenewal, begun)
    s.will(company.LookUpCompany, company.RegisterSilent())
    s.tap("shop", "go_on", "subscription")
    s.write("Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
    s.tap("change", "street")
    s.write("ul. Krótka 1")
    s.tap("right")


def an_account_s_order_is_open(s: Owner) -> None:
    s.at_the_consent()
    s.will(order.PlaceOrder, order.OrderRefused("order_open"))
    s.tap("agree", "card", "right", "order")


def the_renewal_by_itself(s: Owner) -> None:
    s.is_in()
    s.happens("seven days before the next end", _to_pay(7))
    s.will(payment.AskReturned, payment.PaymentChecked("payment-3", "failed", 1))
    s.happens("the payer comes back without having paid", payment.PaymentReturned("payment-3"))
    s.happens("five days before the end", structs.replace(_to_pay(5), again=True))
    s.happens("the end comes", renewal.SubscriptionLapsed("r2platnik", MOMENT, MOMENT + timedelta(days=14)))
    s.happens("two weeks later", renewal.SubscriptionLapsed("r2platnik", MOMENT, None))


def the_charge_of_a_renewal(s: Owner) -> None:
    with s.unheard("a customer who has agreed to automatic renewal logs in"):
        s.enters(agreed=True)
    bill = Bill((("r2platnik", 1),), 1, 46617, "PLN", was=43050)
    coming = renewal.ChargeComing("r2platnik", MOMENT, MOMENT, WAYS[0].label, 46617, "PLN", bill)
    s.happens("a month before the end; the price has risen", coming)
    declined = structs.replace(_to_pay(7), refusal="declined", label=WAYS[0].label, retry_at=MOMENT)
    s.happens("seven days before the end", declined)
    now = (replace(PROGRAMS[0], ends_at=PROGRAMS[0].ends_at + timedelta(days=365)), PROGRAMS[1])
    s.will(renewal.SeeRenewed, renewal.Renewed(now, None))
    told = _to_pay(5)
    receipt = ("r2platnik", told.account_id, told.order_id, told.number, told.payment_id, WAYS[0].label)
    s.happens("five days before the end", renewal.RenewalCharged(*receipt, 46617, "PLN", now[0].ends_at))
    s.tell("dont_renew")


def questions(s: Owner) -> None:
    s.is_in()
    s.tell("where_is_the_shop", "what_is_extension", "other_question")


def a_forgotten_password(s: Owner) -> None:
    s.tell("hello")
    s.tap("forgot")
    s.write(EMAIL)
    s.happens("a new password is set on the page of the link", account.PasswordReplaced())


def _to_pay(days: int) -> renewal.RenewalToPay:
    return renewal.RenewalToPay(
        plan="r2platnik",
        ends_at=MOMENT + timedelta(days=7),
        days=days,
        again=False,
        account_id="account-2",
        order_id="order-3",
        number="R2/2026/000002",
        method="blik",
        net=37900,
        vat=8717,
        gross=46617,
        currency="PLN",
        payment_id="payment-3",
        expires_at=MOMENT + timedelta(days=14),
    )


def ordering_again(s: Owner) -> None:
    """A program whose subscription has ended is in the cart with the others."""
    over = replace(PROGRAMS[0], ends_at=MOMENT - timedelta(days=3), status="ended")
    extension = replace(PROGRAMS[0], id="subscription-3", product="r2platnik_extension")
    view = replace(sample_view(company_view()), owned=(extension,), lapsed=(over,), email=EMAIL)
    s.tell("hello")
    s.tap("log_in")
    s.happens("e-mail and password are typed on the secure page", account.LoggedIn(view))
    s.write(END[s.locale], "zone:my_account")
    s.will(renewal.BeginRenewal, renewal.RenewalBegun((over,), company_view(), None, consented=True, product=None))
    s.write(BUY[s.locale])
    s.tap("go_on", "subscription")


SCENES: Mapping[str, Callable[[Owner], None]] = {
    "The straight way": the_straight_way,
    "The second time": the_second_time,
    "The reminder comes before the log-in": the_reminder_before_the_log_in,
    "Ordering again after the end": ordering_again,
    "Later": later,
    "A reminder left open": a_reminder_left_open,
    "No more reminders, and reminders again": no_more_reminders,
    "No more reminders, asked for by nobody knows whom": no_more_reminders_by_a_stranger,
    "The reminder's letter, without an account": the_letter_to_somebody_without_an_account,
    "Without the reminder: another program, an extension": without_the_reminder,
    "Wrong company data": wrong_company_data,
    "Wrong company data, seen in the zone": wrong_company_data_in_the_zone,
    "Company data that were right after all": wrong_after_all_right,
    "The consent refused, then given": the_consent_refused,
    "The consent refused, the order left for later": the_consent_refused_and_left,
    "The consent in my data": the_consent_in_my_data,
    "Back, and corrections": corrections,
    "Nothing can be ordered": an_open_order,
    "The registers are down, the consent was given before": nothing_in_the_registers,
    "An order of another conversation waits to be paid": an_account_s_order_is_open,
    "The renewal by itself": the_renewal_by_itself,
    "The charge of a renewal": the_charge_of_a_renewal,
    "Questions": questions,
    "A forgotten password": a_forgotten_password,
}
