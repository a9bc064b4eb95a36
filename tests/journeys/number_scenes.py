"""What customers on file live through: registering by their number, a new password, e-invoices from home."""

from dialogs.explorer.samples import INVOICE, MOMENT
from dialogs.messages import account, contact, einvoice, letters, on_file
from tests.dialogs.driver import known_account
from tests.journeys.scenes import Scene

ANNA = "anna.nowak@example.com"


class Subscriber(Scene):
    """A customer whom the seller has on file."""

    def logs_in(self, **more: object) -> None:
        known = known_account(email=ANNA, user_name=ANNA, **more)
        self.happens("the customer logs in on the secure page, by customer number or login", account.LoggedIn(known))

    def sets_password(self) -> None:
        page = self.case.on_file.page or self.case.lost_password.page or ""
        self.happens("the password is typed twice on the secure page", account.PasswordSet(page, "credential-1"))

    def replaces_password(self, where: str) -> None:
        self.happens(f"a new password is typed twice on {where}", account.PasswordReplaced())

    def channel_asked(self) -> None:
        with self.unheard("the customer number is given, as above"):
            self.tell("hello")
            self.tap("register")
            self.write("10000017")

    def at_home(self) -> None:
        with self.unheard("the customer is logged in, as above"):
            self.tell("hello")
            self.tap("log_in")
            self.logs_in()

    def the_straight_way_by_link(self) -> None:
        self.tell("hello")
        self.tap("register")
        self.write("10000033")
        self.tap("email")
        self.write("Anna.Nowak@Example.com")
        self.happens(
            "the link in the letter is followed; it leads to the page",
            on_file.ProofFollowed("letter-5", "page-5", MOMENT),
        )
        self.sets_password()

    def a_number_nobody_knows(self) -> None:
        self.tell("hello")
        self.tap("register")
        self.will(on_file.FindOnFile, on_file.NumberRefused("unknown"))
        self.write("1000001", "99999999")
        self.tell("where_number")
        self.write("10000017")

    def a_number_registered_already(self) -> None:
        self.tell("hello")
        self.tap("register")
        self.will(on_file.FindOnFile, on_file.NumberRefused("registered"))
        self.write("10000058")
        self.tap("forgot")

    def no_contact_on_file(self) -> None:
        self.tell("hello")
        self.tap("register")
        self.will(on_file.FindOnFile, on_file.NumberRefused("no_contact"))
        self.write("10000041")
        self.tap("person")

    def too_many_numbers(self) -> None:
        self.tell("hello")
        self.tap("register")
        self.will(on_file.FindOnFile, on_file.NumbersLimited(3600))
        self.write("10000018")

    def another_contact_than_on_file(self) -> None:
        self.channel_asked()
        self.tap("sms")
        self.will(
            on_file.MatchContact, on_file.ContactDiffers(), on_file.ContactDiffers(), on_file.MatchesLimited(3600)
        )
        self.write("512 000 222")
        self.tap("other_way", "email")
        self.write("kto.inny@example.com", "jeszcze.inny@example.com")

    def a_wrong_code_and_another_way(self) -> None:
        self.channel_asked()
        self.tap("sms")
        self.write("512 000 111")
        self.will(contact.CheckCode, contact.CodeWrong(4), contact.CodeDead("expired"))
        self.write("111111", "222222")
        self.tell("rather_mail")
        self.write(ANNA)
        self.tap("send_again")

    def a_letter_that_cant_be_sent(self) -> None:
        self.channel_asked()
        self.tap("email")
        self.will(letters.SendLetter, letters.LetterFailed("recipient_refused"))
        self.write(ANNA)

    def a_forgotten_password_by_link(self) -> None:
        self.tell("hello")
        self.tap("forgot")
        self.write("10000058")
        self.tap("email")
        self.replaces_password("the page of the mailed link")
        self.logs_in()

    def a_forgotten_password_by_code(self) -> None:
        self.tell("hello", "forgot_words")
        self.write("ewa.krol@example.com")
        self.tap("sms")
        self.will(on_file.CheckLoginCode, contact.CodeWrong(4))
        self.write("111111", "123456")
        self.replaces_password("the secure page")

    def without_an_address_on_file(self) -> None:
        self.tell("hello")
        self.tap("log_in")
        known = known_account(email="", user_name="10000025")
        self.happens("the customer logs in by customer number", account.LoggedIn(known))
        self.tap("activate")
        self.write("faktury@example.com")
        self.tap("activate")

    def issued_invoices(self) -> None:
        self.at_home()
        mine = self.case.account.id or ""
        self.happens("the seller issues an invoice", einvoice.InvoiceIssued(mine, INVOICE, "faktury@example.com"))
        self.tap("invoices", "an_invoice", "home")
