"""What customers of a sign-up desk live through, in their own words of three languages."""

from datetime import UTC, datetime

from msgspec import structs

from dialogs.explorer.outcomes import FOUND, MOVED
from dialogs.explorer.samples import MOMENT
from dialogs.kit.silence import SILENCE
from dialogs.messages import account, company, contact, handoff, payment
from dialogs.payment import EXPIRY
from tests.journeys.again_scenes import Again
from tests.journeys.reading import NAMES, Words, told
from tests.journeys.teller import Teller

EMAIL = "anna.nowak@example.com"


class Scene(Teller):
    """A teller who knows the customer's language."""

    words: Words

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name in NAMES:
            self.words = told(self.name).words[self.locale]

    def sets_password(self) -> None:
        page = self.case.account.page or ""
        self.happens("the password is set on the secure page", account.PasswordSet(page, "credential-1"))

    def follows_link(self) -> None:
        proven = contact.EmailProven(self.context.books.email or EMAIL, MOMENT)
        self.happens("the link in the confirmation mail is followed", proven)

    def pays(self) -> None:
        paid = payment.PaymentNoticed(self.placed.payment_id or "", 1, {})
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


class Buyer(Scene):
    """A customer of FakturaSmart."""

    def a_wrong_code(self) -> None:
        self.signed_up()
        self.write("512 000 99", "512 000 999")
        wrong = (contact.CodeWrong(4), contact.CodeWrong(1), contact.CodeDead("exhausted"))
        self.will(contact.CheckCodes, *(contact.CodesChecked(one, None) for one in wrong))
        self.write("12345", "111111", "222222", "333333")
        self.will(contact.IssueCode, contact.CodeLimited("cool_down", 42))
        self.tell("no_code")
        self.write("123456")

    def the_letters_code(self) -> None:
        with self.unheard("all up to the company, as above"):
            self._signs_up()
            self.write("512 000 999", "123456", "123-456-32-18")
        self.tap("right")
        self.will(contact.CheckLetterCode, contact.CodeWrong(4), contact.CodeDead("exhausted"))
        self.write("12345", "111111", "222222")
        self.will(contact.CheckLetterCode, contact.EmailProven(EMAIL, MOMENT))
        self.write("123 456")

    def both_codes(self) -> None:
        self.signed_up()
        self.write("512 000 999")
        proven = contact.EmailProven(EMAIL, MOMENT)
        self.will(contact.CheckCodes, contact.CodesChecked(contact.CodeWrong(4), contact.CodeWrong(4)))
        self.will(contact.CheckCodes, contact.CodesChecked(contact.CodeRight("+48512000999"), proven))
        self.write("111111 222222", "123456 654321")

    def the_registers_are_down(self) -> None:
        self.contact_proven()
        self.will(company.LookUpCompany, company.RegisterSilent())
        self.write("123-456-32-18", "Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-83", "80-831", "Gdańsk")
        self.comes("a register answers after all", company.LookUpCompanyLater, company.CompanyFound(MOVED, "mf"))
        self.tap("register")

    def nobody_knows_the_number(self) -> None:
        self.contact_proven()
        self.later(company.LookUpCompany)
        self.write("8123456782")
        self.passes("three seconds pass", "slow")
        self.tell("hurry")
        self.comes("no register knows it", company.LookUpCompany, company.CompanyUnknown())

    def a_company_that_is_struck_off(self) -> None:
        self.contact_proven()
        gone = company.CompanyFound(FOUND, "mf", struck_off="vat", since=datetime(2024, 3, 31, 12, tzinfo=UTC))
        self.will(company.LookUpCompany, gone, structs.replace(gone, source="gus", struck_off="business"))
        self.write("5551112223")
        self.tap("change", "tax_number")
        self.write("9876543210")
        self.tap("right")

    def a_payment_that_fails(self) -> None:
        self.ordered()
        self.will(payment.AskReturned, payment.PaymentChecked(self.placed.payment_id or "", "failed", 1))
        self.happens("the payer comes back from the provider", payment.PaymentReturned(self.placed.payment_id or ""))
        self.tap("again")
        self.will(payment.AskPayment, payment.PaymentChecked(self.placed.payment_id or "", "pending"))
        self.tap("check")
        self.tap("card")
        self.passes("a week passes", EXPIRY)
        self.tap("order")
        self.pays()

    def a_person_is_wanted(self) -> None:
        self.will(handoff.RequestHuman, handoff.HumanRequested(MOMENT, True), handoff.HumanRequested(MOMENT, False))
        self.tell("hello", "human")
        self.write("anna.nowak@")
        self.tap("rather_here")
        self.tell("human")

    def a_forgotten_password(self) -> None:
        self.tell("hello", "forgot")
        self.write(EMAIL)
        self.tap("send_again")
        self.happens("a new password is set on the page of the link", account.PasswordReplaced())

    def silence(self) -> None:
        self.tell("hello")
        self.tap("buy", "new")
        self.passes("an hour passes", SILENCE)
        self.passes("three days pass", SILENCE)
        self.write(EMAIL)

    def ordering_again(self) -> None:
        again = Again(self, "standard")
        again.comes_back_after_the_end()
        self.chooses("terms:accept", "clauses:accept", "pay:now")
        again.is_paid()
        self.tap("later")
        again.buys_while_it_runs()
        self.chooses("edit:confirm", "confirm:yes", "method:blik", "terms:accept", "clauses:accept")
        again.gives_up()
        again.talks_of_methods()
