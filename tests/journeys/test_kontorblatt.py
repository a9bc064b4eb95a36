"""Kontorblatt's journey, in the language that its own folder brings: tests/journeys/transcripts/kontorblatt.txt."""

from dialogs.explorer.samples import MOMENT
from dialogs.messages import account, company, contact, order, payment
from dialogs.messages.company import CompanyData
from tests.journeys.again_scenes import Again
from tests.journeys.teller import Teller, hold_to
from values.money import Money

WITHHELD = company.CompanyFound(CompanyData("", "", "", ""), "vies")
NUMBER = "KB/2026/000001"
EMAIL = "anna.schmidt@beispiel.example"


def signs_up(s: Teller) -> None:
    s.write("Guten Tag")
    s.press("Jetzt kaufen", "Neues Konto")
    s.write("Ich heiße Anna Schmidt", EMAIL)
    s.happens("the password is set on the secure page", account.PasswordSet(s.case.account.page or "", "credential-1"))
    s.press("Nur erforderliche")


def names_the_company(s: Teller) -> None:
    s.will(company.LookUpCompany, WITHHELD)
    s.write("Unsere USt-IdNr. ist DE 136 695 976", "Bäckerei Morgenrot GmbH", "Lindenstraße 12", "80331", "München")


def follows_link(s: Teller) -> None:
    proven = contact.EmailProven(s.case.account.email or EMAIL, MOMENT)
    s.happens("the link in the confirmation mail is followed", proven)


def the_straight_way(s: Teller) -> None:
    signs_up(s)
    names_the_company(s)
    s.press("Stimmt")
    s.write("Team bitte", "nichts mehr")
    follows_link(s)
    s.press("Nicht verlängern", "PayPal")
    s.write("zwei Jahre")
    s.press("Ich stimme zu", "Ich bestätige")
    s.will(order.PlaceOrder, order.OrderPlaced("order-1", NUMBER, first=True))
    s.press("Stimmt", "Zahlungspflichtig bestellen")
    s.will(
        payment.BookPayment, payment.PaymentBooked("payment-1", "order-1", NUMBER, "paid", Money(54264, "EUR"), True)
    )
    paid = payment.PaymentNoticed(s.case.payment.id or "", 1, {})
    s.happens("the provider's notice comes, and is confirmed", paid)


def in_words_with_mistakes(s: Teller) -> None:
    with s.unheard("an account is made, as above"):
        signs_up(s)
    s.write("12/345/67890", "Was ist die USt-IdNr.?", "DE136695977", "falsch, meine E-Mail ist anna@beispiel.example")
    names_the_company(s)
    s.write("Die Straße ist falsch, richtig ist Lindenstraße 14", "ja, stimmt")
    s.write("Was kostet das?", "Kanzlei", "weitere Mandanten", "zwei Pakete", "nein danke")
    follows_link(s)
    s.write("lieber nicht", "per Überweisung", "ein Jahr", "noch nicht", "auf Englisch bitte", "auf deutsch")
    s.write("zurück", "von vorn", "ich möchte mit einem Menschen sprechen", "abbrechen")


def without_a_number(s: Teller) -> None:
    with s.unheard("an account is made, as above"):
        signs_up(s)
    s.write("12/345/67890", "Ich bin Kleinunternehmer, ich habe keine", "Deutschland")
    s.write("Anna Schmidt Buchbinderei", "Lindenstraße 12", "80331", "München")
    s.chooses("edit:tax_number")
    s.press("Keine USt-IdNr.")
    s.write("Deutschland", "Anna Schmidt", "Lindenstraße 12", "80331", "München")
    s.press("Stimmt")


def ordering_again(s: Teller) -> None:
    again = Again(s, "team")
    again.comes_back_after_the_end()
    again.gives_up()
    again.anew()
    s.write("/start", "start:log_in")
    again.logs_in(again.running)
    again.buys_while_it_runs()
    again.gives_up()
    again.talks_of_methods()


SCENES = {
    "Der gerade Weg": the_straight_way,
    "Ohne USt-IdNr.": without_a_number,
    "Noch einmal bestellen": ordering_again,
    "In Worten, mit Irrtümern": in_words_with_mistakes,
}


def test_the_transcript_is_as_it_was_read() -> None:
    teller = Teller("kontorblatt", "de")
    teller.lines += ["Kontorblatt (de)", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        teller.scene(title)
        play(teller)

    hold_to("kontorblatt", "de", teller.transcript)
