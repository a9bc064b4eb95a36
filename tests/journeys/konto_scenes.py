"""What holders of an account with several companies live through: an activation letter, then company after company."""

from msgspec.structs import replace

from dialogs.explorer.outcomes import FOUND
from dialogs.explorer.samples import MOMENT, company_view, sample_view
from dialogs.messages import account, company, contact
from dialogs.state import CompanyData
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

    def from_a_programs_registration(self) -> None:
        self.will(account.TakeStartLink, account.StartLinkTaken("program"))
        self.write("/start QmPj7aXw2kR9tLsB")
        self.tap("new")
        self.write("Anna", "Anna Nowak")

    def an_activation_letter_that_doesnt_come(self) -> None:
        with self.unheard("an account is made, as above"):
            self.signs_up()
        self.tell("no_letter")
        self.tap("send_again", "other_email")
        self.write("anna@example.com")
        self.will(contact.CheckLetterCode, contact.EmailProven("anna@example.com", MOMENT))
        self.write("123456")

    def the_register_is_down(self) -> None:
        self.at_the_company()
        self.tap("nexo")
        self.will(company.LookUpCompany, company.RegisterSilent())
        self.write("1234563218", "Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
        self.tap("right", "confirm", "by_phone")

    def two_companies(self) -> None:
        self.tell("hello")
        self.tap("log_in")
        self.logs_in(company_view())
        self.tap("add_company")
        self.tell("cancel")
        self.tap("add_company", "nexo")
        where = CompanyData(ABROAD.name, ABROAD.street, ABROAD.postal_code, ABROAD.city)
        self.will(company.LookUpCompany, company.CompanyFound(where, "vies", MOMENT))
        self.write("FR44732829320")
        self.tap("right", "confirm", "by_email")
        self.tap("companies")
        self.press("Pracownia Bursztyn sp. z o.o.")

    def at_the_company(self) -> None:
        with self.unheard("an account is made and activated, the customer has logged in, as above"):
            self.signs_up()
            self.follows_link()
            self.logs_in()
