"""One's own data and going on elsewhere, as transcripts: tests/journeys/transcripts/own_data.txt."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from dialogs.elsewhere import EXPIRY, carried
from dialogs.explorer.samples import MOMENT
from dialogs.messages import account, elsewhere, own_data
from tests.journeys.scenes import Scene, Words
from tests.journeys.teller import hold_to

SHARED = {
    "pl": {
        "buy": "Kup teraz", "new": "Nowe konto", "required": "Tylko wymagane", "right": "Zgadza się",
        "renew": "Tak, odnawiaj", "blik": "BLIK", "accept": "Akceptuję", "confirm": "Potwierdzam",
        "all_right": "Zgadza się", "order": "Zamawiam z obowiązkiem zapłaty", "later": "Później",
    },
    "it": {
        "buy": "Compra ora", "new": "Nuovo account", "required": "Solo obbligatori", "right": "Tutto giusto",
        "renew": "Sì, rinnova", "blik": "BLIK", "accept": "Accetto", "confirm": "Confermo",
        "all_right": "Tutto giusto", "order": "Ordine con obbligo di pagare", "later": "Più tardi",
    },
    "en": {
        "buy": "Buy now", "new": "New account", "required": "Required only", "right": "That’s right",
        "renew": "Yes, renew", "blik": "BLIK", "accept": "I accept", "confirm": "I confirm",
        "all_right": "That’s right", "order": "Order with obligation to pay", "later": "Later",
    },
}  # fmt: skip
OWN = {
    "pl": {
        "my_account": "Moje konto", "settings": "Ustawienia", "export": "Pobierz moje dane", "erase": "Usuń konto",
        "sure": "Tak, usuń konto", "back": "Wróć", "telegram": "Dalej w Telegramie", "here": "Zostaję tutaj",
        "not_me": "To nie ja", "new_page": "Nowy link",
    },
    "it": {
        "my_account": "Il mio account", "export": "Esporta i dati", "erase": "Cancella l’account",
        "settings": "Impostazioni",
        "sure": "Sì, cancella l’account", "back": "Indietro", "telegram": "Continua su Telegram",
        "here": "Resto qui", "not_me": "Non sono io", "new_page": "Nuovo link",
    },
    "en": {
        "my_account": "My account", "settings": "Settings", "export": "Export my data", "erase": "Delete account",
        "sure": "Yes, delete account", "back": "Go back", "telegram": "Continue on Telegram",
        "here": "I’ll stay here", "not_me": "That wasn’t me", "new_page": "New link",
    },
}  # fmt: skip
SAID = {
    "pl": {
        "hello": "Dzień dobry", "forget_me": "chcę zostać zapomniany, RODO", "go_on": "kontynuuj w Telegramie",
        "typed": "pobierz moje dane", "help": "pomoc", "back": "wstecz", "eh": "i co teraz",
    },
    "it": {
        "hello": "Buongiorno", "forget_me": "chiedo la cancellazione dei miei dati personali",
        "go_on": "continua su Telegram", "typed": "scarica i miei dati", "help": "aiuto", "back": "indietro",
        "eh": "e adesso",
    },
    "en": {
        "hello": "Hello", "forget_me": "I want to be forgotten, GDPR", "go_on": "continue on Telegram",
        "typed": "download my data", "help": "help", "back": "back", "eh": "and now",
    },
}  # fmt: skip


def a_paid_customer(s: Scene) -> None:
    with s.unheard("everything is bought and paid, as in the straight way"):
        s._answers()
        s.tap("all_right", "order")
        s.pays()
        s.tap("later")


def the_data_handed_out(s: Scene) -> None:
    a_paid_customer(s)
    s.tap("my_account", "settings", "export")
    s.tell("help")
    s.happens("the password is typed on the page, and the files are taken", own_data.DataHandedOut("account-1"))


def the_account_deleted(s: Scene) -> None:
    a_paid_customer(s)
    planned = own_data.ErasurePlanned(None, MOMENT + timedelta(days=365), renews=True, ordered=True, elsewhere=1)
    s.will(own_data.PlanErasure, planned)
    s.tap("my_account", "settings", "erase")
    s.tap("sure", "new_page")
    s.happens("the password is typed on the page", own_data.AccountErased("here", ordered=True))


def second_thoughts_in_the_middle(s: Scene) -> None:
    s.contact_proven()
    s.will(own_data.PlanErasure, own_data.ErasurePlanned(on_file=True))
    s.tell("forget_me", "eh", "back")
    s.write("123-456-32-18")


def nobody_is_logged_in(s: Scene) -> None:
    s.tell("hello", "forget_me", "typed", "go_on")


def deleted_elsewhere(s: Scene) -> None:
    s.ordered()
    s.happens("the account is deleted in another conversation", own_data.AccountErased("elsewhere", ordered=True))


def on_telegram(s: Scene) -> None:
    s.ordered()
    s.tell("go_on")
    s.happens("the link is opened on Telegram", elsewhere.OpenedElsewhere("telegram"))
    s.tap("not_me")


def a_link_that_nobody_opens(s: Scene) -> None:
    s.contact_proven()
    s.tell("go_on", "eh", "help")
    s.tap("here")
    s.tell("go_on")
    s.passes("ten minutes pass", EXPIRY)


def the_other_side(s: Scene) -> None:
    s.ordered()
    there = carried(s.case)
    s.scene("… and on the other side")
    s.will(account.TakeStartLink, elsewhere.CarriedOver(there, "web"))
    s.write("/start " + "A" * 43)
    s.happens("the first conversation has it closed", own_data.SessionEnded())


SCENES: Mapping[str, Callable[[Scene], None]] = {
    "My data": the_data_handed_out,
    "The account is deleted": the_account_deleted,
    "Second thoughts in the middle of an order": second_thoughts_in_the_middle,
    "Nobody is logged in": nobody_is_logged_in,
    "Deleted in another conversation": deleted_elsewhere,
    "Going on on Telegram": on_telegram,
    "A link that nobody opens": a_link_that_nobody_opens,
    "An order goes on elsewhere": the_other_side,
}


@pytest.mark.parametrize("locale", sorted(SAID))
def test_the_transcripts_are_as_they_were_read(locale: str) -> None:
    scene = Scene("fakturasmart", locale)
    scene.words = Words(buttons={**SHARED[locale], **OWN[locale]}, said=SAID[locale])
    scene.lines += [f"Own data ({locale})", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("own_data", locale, scene.transcript)
