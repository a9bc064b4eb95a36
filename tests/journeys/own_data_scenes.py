"""One's own data and going on elsewhere, as acts of their customer."""

from msgspec.structs import replace

from dialogs.elsewhere import EXPIRY, carry_state_over
from dialogs.messages import account, elsewhere, own_data
from tests.journeys.scenes import Scene


class Withdrawing(Scene):
    """A customer who asks for their data, or goes on elsewhere."""

    def a_paid_customer(self) -> None:
        with self.unheard("everything is bought and paid, as in the straight way"):
            self._answers()
            self.tap("all_right", "order")
            self.pays()
            self.tap("later")

    def the_data_handed_out(self) -> None:
        self.a_paid_customer()
        self.tap("my_account", "settings", "export")
        self.tell("help")
        self.happens("the password is typed on the page, and the files are taken", own_data.DataHandedOut("account-1"))

    def the_account_deleted(self) -> None:
        self.a_paid_customer()
        self.read_books(replace(self.books, ordered=True, log_ins=2))
        self.tap("my_account", "settings", "erase")
        self.tap("sure", "new_page")
        self.happens("the password is typed on the page", own_data.AccountErased("here", ordered=True))

    def second_thoughts_in_the_middle(self) -> None:
        self.contact_proven()
        self.read_books(replace(self.books, on_file=True))
        self.tell("forget_me", "eh", "back")
        self.write("123-456-32-18")

    def deleted_elsewhere(self) -> None:
        self.ordered()
        gone = own_data.AccountErased("elsewhere", ordered=True)
        self.happens("the account is deleted in another conversation", gone)

    def on_telegram(self) -> None:
        self.ordered()
        self.tell("go_on")
        self.happens("the link is opened on Telegram", elsewhere.OpenedElsewhere("telegram"))
        self.tap("not_me")

    def a_link_that_nobody_opens(self) -> None:
        self.contact_proven()
        self.tell("go_on", "eh", "help")
        self.tap("here")
        self.tell("go_on")
        self.passes("ten minutes pass", EXPIRY)

    def the_other_side(self) -> None:
        self.ordered()
        there, books = carry_state_over(self.case), self.books
        self.scene("… and on the other side")
        self.read_books(books)
        self.will(account.TakeStartLink, elsewhere.CarriedOver(there, "web"))
        self.write("/start " + "A" * 43)
        self.happens("the first conversation has it closed", own_data.SessionEnded())
