"""What holders of an account with several companies live through: an activation letter, then company after company."""

from msgspec.structs import replace

from dialogs.explorer.outcomes import FOUND
from dialogs.explorer.samples import MOMENT, company_view, sample_view
from dialogs.messages import account, company, contact
from tests.journeys.scenes import EMAIL, Scene
from values.account_view import CompanyView

ABROAD = CompanyView(
    "company-3", "FR", "FR44732829320", "Atelier du Port SARL", "12 quai des Chartrons", "33000", "Bordeaux",
    "vies", "verified", MOMENT,
)  # fmt: skip


class Holder(Scene):
    """Somebody who signs up by the activation letter."""

    def signs_up(self) -> None:
        self.tell("hello")
        self.tap("sign_up")
        self._gives_data()

    def _gives_data(self) -> None:
        self.write("Anna Nowak", EMAIL)
        self.sets_password()
        self.tap("required")

    def logs_in(self, known: CompanyView | None = None) -> None:
        view = replace(sample_view(known), email=EMAIL, email_verified=True)
        self.happens("the customer logs in on the secure page", account.LoggedIn(view))

    def adds_a_company(self, number: str = "123-456-32-18") -> None:
        self.will(company.LookUpCompany, company.CompanyFound(FOUND, "gus"))
        self.tap("nexo")
        self.write(number)
        self.tap("right", "confirm", "by_email")


def the_straight_way(s: Holder) -> None:
    s.signs_up()
    s.follows_link()
    s.logs_in()
    s.adds_a_company()
    s.tap("my_account")


def from_a_programs_registration(s: Holder) -> None:
    s.will(account.TakeStartLink, account.StartLinkTaken("program"))
    s.write("/start QmPj7aXw2kR9tLsB")
    s.tap("new")
    s.write("Anna", "Anna Nowak")


def an_activation_letter_that_doesnt_come(s: Holder) -> None:
    with s.unheard("an account is made, as above"):
        s.signs_up()
    s.tell("no_letter")
    s.tap("send_again", "other_email")
    s.write("anna@example.com")
    s.will(contact.CheckLetterCode, contact.EmailProven("anna@example.com", MOMENT))
    s.write("123456")


def a_gt_licence(s: Holder) -> None:
    _at_the_company(s)
    s.tap("gt")
    s.tell("how_gt", "registered")


def numbers(s: Holder) -> None:
    _at_the_company(s)
    s.tap("nexo")
    s.write("123-456-32-19", "44732829320", "FR44732829321", "EL 123", "fr 44 732 829 320")


def the_register_is_down(s: Holder) -> None:
    _at_the_company(s)
    s.tap("nexo")
    s.will(company.LookUpCompany, company.RegisterSilent())
    s.write("1234563218", "Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
    s.tap("right", "confirm", "by_phone")


def back_after_days(s: Holder) -> None:
    s.tell("hello")
    s.tap("log_in")
    s.logs_in()
    s.tap("nexo")


def two_companies(s: Holder) -> None:
    s.tell("hello")
    s.tap("log_in")
    s.logs_in(company_view())
    s.tap("add_company")
    s.tell("cancel")
    s.tap("add_company", "nexo")
    s.write("FR44732829320")
    s.tap("right", "confirm", "by_email")
    s.will(company.ListCompanies, company.CompaniesListed((company_view(), ABROAD)))
    s.tap("companies")
    s.press("Pracownia Bursztyn sp. z o.o.")


def was_it_helpful(s: Holder) -> None:
    s.tell("hello", "what_is_it")
    s.tap("not_helpful")
    s.tell("reason")
    s.tap("sign_up")
    s.write("Anna Nowak")
    s.tell("what_is_it", "what_password", "helpful_words", "what_is_vatin")
    s.tap("not_helpful", "skip")


def not_helpful_and_on_with_the_step(s: Holder) -> None:
    _at_the_company(s)
    s.tap("nexo")
    s.tell("what_is_vatin", "not_helpful_words")
    s.write("123-456-32-18")
    s.tap("right", "confirm", "by_email", "helpful")


def _at_the_company(s: Holder) -> None:
    with s.unheard("an account is made and activated, the customer has logged in, as above"):
        s.signs_up()
        s.follows_link()
        s.logs_in()


SCENES = {
    "The straight way": the_straight_way,
    "From a program's registration": from_a_programs_registration,
    "An activation letter that doesn't come": an_activation_letter_that_doesnt_come,
    "A GT licence": a_gt_licence,
    "Numbers": numbers,
    "The register is down": the_register_is_down,
    "Back after days": back_after_days,
    "Two companies": two_companies,
    "Was it helpful?": was_it_helpful,
    "Not helpful, and on with the step": not_helpful_and_on_with_the_step,
}
