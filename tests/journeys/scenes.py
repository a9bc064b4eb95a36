"""What customers of a sign-up desk live through, in their own words of three languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import structs

from dialogs.explorer.outcomes import FOUND, MOVED
from dialogs.explorer.samples import MOMENT
from dialogs.kit.decide import SILENCE
from dialogs.messages import account, company, contact, handoff, payment
from dialogs.payment import EXPIRY
from tests.journeys.again_scenes import Again
from tests.journeys.teller import Teller

EMAIL = "anna.nowak@example.com"


@dataclass(frozen=True)
class Words:
    """How a customer of one language says things; `press` are the buttons by what they are for."""

    buttons: Mapping[str, str]
    said: Mapping[str, str]


class Scene(Teller):
    """A teller who knows the customer's language."""

    words: Words

    def sets_password(self) -> None:
        page = self.case.account.page or ""
        self.happens("the password is set on the secure page", account.PasswordSet(page, "credential-1"))

    def follows_link(self) -> None:
        proven = contact.EmailProven(self.case.account.email or EMAIL, MOMENT)
        self.happens("the link in the confirmation mail is followed", proven)

    def pays(self) -> None:
        paid = payment.PaymentNoticed(self.case.payment.id or "", 1, {})
        self.happens("the provider's notice comes, and is confirmed", paid)

    def signed_up(self) -> None:
        with self.unheard("an account is made, as above"):
            self._signs_up()

    def contact_proven(self) -> None:
        with self.unheard("an account is made, phone and e-mail are confirmed, as above"):
            self._proves()

    def summary(self) -> None:
        with self.unheard("all up to the summary, as above"):
            self._answers()

    def ordered(self) -> None:
        with self.unheard("all up to the payment, as above"):
            self._answers()
            self.tap("order")

    def _signs_up(self) -> None:
        self.tell("hello")
        self.tap("buy", "new")
        self.write(EMAIL)
        self.sets_password()
        self.tap("required")

    def _proves(self) -> None:
        self._signs_up()
        self.write("512 000 999", "123456")
        self.follows_link()

    def _answers(self) -> None:
        self._proves()
        self.write("123-456-32-18")
        self.tap("right", "renew", "blik", "accept", "confirm")


def the_straight_way(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "new")
    s.write(EMAIL)
    s.sets_password()
    s.tap("news", "required")
    s.write("512 000 999", "123456", "NIP 123-456-32-18")
    s.tap("right")
    s.follows_link()
    s.tap("renew", "blik", "accept", "confirm", "order")
    s.pays()
    s.tap("activate", "my_account")


def a_wrong_tax_number(s: Scene) -> None:
    s.contact_proven()
    s.write("123-456-32-1", "123-456-32-19", "abc", "123-456-32-18")


def a_wrong_code(s: Scene) -> None:
    s.signed_up()
    s.write("512 000 99", "512 000 999")
    wrong = (contact.CodeWrong(4), contact.CodeWrong(1), contact.CodeDead("exhausted"))
    s.will(contact.CheckCodes, *(contact.CodesChecked(one, None) for one in wrong))
    s.write("12345", "111111", "222222", "333333")
    s.will(contact.IssueCode, contact.CodeLimited("cool_down", 42))
    s.tell("no_code")
    s.write("123456")


def the_letters_code(s: Scene) -> None:
    with s.unheard("all up to the company, as above"):
        s._signs_up()
        s.write("512 000 999", "123456", "123-456-32-18")
    s.tap("right")
    s.will(contact.CheckLetterCode, contact.CodeWrong(4), contact.CodeDead("exhausted"))
    s.write("12345", "111111", "222222")
    s.will(contact.CheckLetterCode, contact.EmailProven(EMAIL, MOMENT))
    s.write("123 456")


def both_codes(s: Scene) -> None:
    s.signed_up()
    s.write("512 000 999")
    proven = contact.EmailProven(EMAIL, MOMENT)
    s.will(contact.CheckCodes, contact.CodesChecked(contact.CodeWrong(4), contact.CodeWrong(4)))
    s.will(contact.CheckCodes, contact.CodesChecked(contact.CodeRight(), proven))
    s.write("111111 222222", "123456 654321")


def a_phone_of_another_country(s: Scene) -> None:
    s.signed_up()
    s.write("+370 612 34567", "123456")
    s.write("NIP DE136695976")


def a_phone_that_gets_no_codes(s: Scene) -> None:
    s.signed_up()
    s.write("+41 79 123 45", "+41 79 123 45 67")
    s.tell("help")
    s.tap("new_code")
    s.follows_link()
    s.write("123-456-32-18")


def the_registers_are_down(s: Scene) -> None:
    s.contact_proven()
    s.will(company.LookUpCompany, company.RegisterSilent())
    s.write("123-456-32-18", "Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-83", "80-831", "Gdańsk")
    s.comes("a register answers after all", company.LookUpCompanyLater, company.CompanyFound(MOVED, "mf"))
    s.tap("register")


def nobody_knows_the_number(s: Scene) -> None:
    s.contact_proven()
    s.later(company.LookUpCompany)
    s.write("8123456782")
    s.passes("three seconds pass", "slow")
    s.tell("hurry")
    s.comes("no register knows it", company.LookUpCompany, company.CompanyUnknown())


def a_company_that_is_struck_off(s: Scene) -> None:
    s.contact_proven()
    gone = company.CompanyFound(FOUND, "mf", struck_off="vat", since=datetime(2024, 3, 31, 12, tzinfo=UTC))
    s.will(company.LookUpCompany, gone, structs.replace(gone, source="gus", struck_off="business"))
    s.write("5551112223")
    s.tap("change", "tax_number")
    s.write("9876543210")
    s.tap("right")


def a_payment_that_fails(s: Scene) -> None:
    s.ordered()
    s.will(payment.AskReturned, payment.PaymentChecked("payment-1", "failed", 1))
    s.happens("the payer comes back from the provider", payment.PaymentReturned(s.case.payment.id or ""))
    s.tap("again")
    s.will(payment.AskPayment, payment.PaymentChecked("payment-1", "pending"))
    s.tap("check")
    s.tap("card")
    s.passes("a week passes", EXPIRY)
    s.tap("order")
    s.pays()


def discounts(s: Scene) -> None:
    s.contact_proven()
    s.write("start20")
    s.write("1234563218")
    s.tap("right", "renew", "card", "accept", "confirm")
    s.chooses("edit:discount")
    s.write("STARY", "NIEMA5")
    s.tap("no_code_then")


def corrections(s: Scene) -> None:
    s.tell("hello", "buy_words")
    s.tap("new")
    s.write("anna.nowak.example.com", EMAIL)
    s.tell("wrong_email")
    s.sets_password()
    s.tap("required")
    s.write("512 000 999", "123456", "1234563218")
    s.tap("change", "street")
    s.write("ul. Krótka 1")
    s.tap("right")
    s.follows_link()
    s.tap("renew")
    s.tell("back")
    s.tap("no_renewal", "paypal")
    s.tell("wrong_tax_number")


def questions_in_the_middle(s: Scene) -> None:
    s.contact_proven()
    s.tell("price", "ksef", "must_consent", "help", "where", "weather", "thanks")


def moves(s: Scene) -> None:
    s.contact_proven()
    s.write("1234563218")
    s.tell("back", "restart")
    s.tap("buy")
    s.tell("cancel")


def a_card_number_in_the_chat(s: Scene) -> None:
    s.ordered()
    s.write("4242 4242 4242 4242")
    s.sends("photo")
    s.tell("did_it_arrive")
    s.tell("cancel")


def a_person_is_wanted(s: Scene) -> None:
    s.will(handoff.RequestHuman, handoff.HumanRequested(MOMENT, True), handoff.HumanRequested(MOMENT, False))
    s.tell("hello", "human")
    s.write("anna.nowak@")
    s.tap("rather_here")
    s.tell("human")


def a_forgotten_password(s: Scene) -> None:
    s.tell("hello", "forgot")
    s.write(EMAIL)
    s.tap("send_again")
    s.happens("a new password is set on the page of the link", account.PasswordReplaced())


def silence(s: Scene) -> None:
    s.tell("hello")
    s.tap("buy", "new")
    s.passes("an hour passes", SILENCE)
    s.passes("three days pass", SILENCE)
    s.write(EMAIL)


def another_language(s: Scene) -> None:
    s.tell("hello", "change_language")
    s.tap("other_language")


def an_order_that_stands(s: Scene) -> None:
    s.ordered()
    s.pays()
    s.tell("activation_status")
    s.tap("later", "payments", "renewal", "no_renewal", "payments", "methods", "paypal", "my_data", "street")
    s.tell("cancel", "activation_status")
    s.tap("einvoice")
    s.tell("cancel")


def ordering_again(s: Scene) -> None:
    again = Again(s, "standard")
    again.comes_back_after_the_end()
    s.chooses("terms:accept", "clauses:accept", "pay:now")
    again.is_paid()
    s.tap("later")
    again.buys_while_it_runs()
    s.chooses("edit:confirm", "confirm:yes", "method:blik", "terms:accept", "clauses:accept")
    again.gives_up()
    again.talks_of_methods()


SCENES: Mapping[str, Callable[[Scene], None]] = {
    "The straight way": the_straight_way,
    "Ordering again": ordering_again,
    "A wrong tax number, three times": a_wrong_tax_number,
    "A wrong phone, a wrong code": a_wrong_code,
    "The letter's code": the_letters_code,
    "Both codes in one message": both_codes,
    "A phone of Lithuania, a company of Germany": a_phone_of_another_country,
    "A phone of Switzerland": a_phone_that_gets_no_codes,
    "The registers are down": the_registers_are_down,
    "A slow register, and a number nobody knows": nobody_knows_the_number,
    "A company that is struck off": a_company_that_is_struck_off,
    "A payment that fails, another method, a payment that runs out": a_payment_that_fails,
    "Discount codes": discounts,
    "Corrections": corrections,
    "Questions in the middle": questions_in_the_middle,
    "Back, start again, cancel": moves,
    "A card number in the chat, an order given up": a_card_number_in_the_chat,
    "A person is wanted": a_person_is_wanted,
    "A forgotten password": a_forgotten_password,
    "Silence": silence,
    "Another language": another_language,
    "After the payment": an_order_that_stands,
}
