"""What customers on file live through: registering by their number, a new password, e-invoices from home."""

from collections.abc import Callable, Mapping

from dialogs.explorer.outcomes import INVOICE
from dialogs.explorer.samples import MOMENT
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


def the_straight_way_by_sms(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("register")
    s.write("1000 0017")
    s.tap("sms")
    s.write("512 000 111", "123456")
    s.sets_password()
    s.logs_in()
    s.tap("details", "activate", "activate")


def the_straight_way_by_link(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("register")
    s.write("10000033")
    s.tap("email")
    s.write("Anna.Nowak@Example.com")
    s.happens(
        "the link in the letter is followed; it leads to the page", on_file.ProofFollowed("letter-5", "page-5", MOMENT)
    )
    s.sets_password()


def a_number_nobody_knows(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("register")
    s.will(on_file.FindOnFile, on_file.NumberRefused("unknown"))
    s.write("1000001", "99999999")
    s.tell("where_number")
    s.write("10000017")


def a_number_registered_already(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("register")
    s.will(on_file.FindOnFile, on_file.NumberRefused("registered"))
    s.write("10000058")
    s.tap("forgot")


def no_contact_on_file(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("register")
    s.will(on_file.FindOnFile, on_file.NumberRefused("no_contact"))
    s.write("10000041")
    s.tap("person")


def too_many_numbers(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("register")
    s.will(on_file.FindOnFile, on_file.NumbersLimited(3600))
    s.write("10000018")


def another_contact_than_on_file(s: Subscriber) -> None:
    s.channel_asked()
    s.tap("sms")
    s.will(on_file.MatchContact, on_file.ContactDiffers(), on_file.ContactDiffers(), on_file.MatchesLimited(3600))
    s.write("512 000 222")
    s.tap("other_way", "email")
    s.write("kto.inny@example.com", "jeszcze.inny@example.com")


def a_wrong_code_and_another_way(s: Subscriber) -> None:
    s.channel_asked()
    s.tap("sms")
    s.write("512 000 111")
    s.will(contact.CheckCode, contact.CodeWrong(4), contact.CodeDead("expired"))
    s.write("111111", "222222")
    s.tell("rather_mail")
    s.write(ANNA)
    s.tap("send_again")


def a_letter_that_cant_be_sent(s: Subscriber) -> None:
    s.channel_asked()
    s.tap("email")
    s.will(letters.SendLetter, letters.LetterFailed("recipient_refused"))
    s.write(ANNA)


def back_and_cancel(s: Subscriber) -> None:
    s.channel_asked()
    s.tap("sms")
    s.write("512 000 111")
    s.tell("back", "back", "back")
    s.write("10000025")
    s.tell("cancel")


def a_forgotten_password_by_link(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("forgot")
    s.write("10000058")
    s.tap("email")
    s.replaces_password("the page of the mailed link")
    s.logs_in()


def a_forgotten_password_by_code(s: Subscriber) -> None:
    s.tell("hello", "forgot_words")
    s.write("ewa.krol@example.com")
    s.tap("sms")
    s.will(on_file.CheckLoginCode, contact.CodeWrong(4))
    s.write("111111", "123456")
    s.replaces_password("the secure page")


def e_invoices_from_my_account(s: Subscriber) -> None:
    s.at_home()
    s.tap("my_account", "activate", "change")
    s.write("faktury@example.com")
    s.tap("later")
    s.tell("activate_words")
    s.tap("activate")
    s.tap("my_account")


def without_an_address_on_file(s: Subscriber) -> None:
    s.tell("hello")
    s.tap("log_in")
    known = known_account(email="", user_name="10000025")
    s.happens("the customer logs in by customer number", account.LoggedIn(known))
    s.tap("activate")
    s.write("faktury@example.com")
    s.tap("activate")


def issued_invoices(s: Subscriber) -> None:
    s.at_home()
    mine = s.case.account.id or ""
    s.happens("the seller issues an invoice", einvoice.InvoiceIssued(mine, INVOICE, "faktury@example.com"))
    s.tap("invoices", "an_invoice", "home")


def questions_on_the_screens(s: Subscriber) -> None:
    s.channel_asked()
    s.tell("what_is_zone", "where_is_invoice", "download", "password_rule", "app", "no_contacts", "help")


SCENES: Mapping[str, Callable[[Subscriber], None]] = {
    "The straight way, by SMS": the_straight_way_by_sms,
    "The straight way, by a link": the_straight_way_by_link,
    "A number that nobody has": a_number_nobody_knows,
    "A number that is registered already": a_number_registered_already,
    "No contact on file": no_contact_on_file,
    "Too many numbers": too_many_numbers,
    "Another contact than the one on file": another_contact_than_on_file,
    "A wrong code, and another way": a_wrong_code_and_another_way,
    "A letter that can't be sent": a_letter_that_cant_be_sent,
    "Back, and cancel": back_and_cancel,
    "A forgotten password, by a link": a_forgotten_password_by_link,
    "A forgotten password, by a code": a_forgotten_password_by_code,
    "E-invoices from my account": e_invoices_from_my_account,
    "E-invoices without an address on file": without_an_address_on_file,
    "Issued invoices": issued_invoices,
    "The questions on the guide's screens": questions_on_the_screens,
}
