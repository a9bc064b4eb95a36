"""Values named as somebody else's: none is taken, one is offered by its button, and the next words forget it."""

from dialogs.state import Account, Cart, Company, ConversationState, LogIn
from tests.dialogs.driver import known_account
from tests.journeys.teller import Teller
from tests.kit.rows import all_rows

_PROVEN = ConversationState(
    account=Account(entry="buy", has_one="new", login=LogIn("a"), consents=()), cart=Cart(closed="none")
)


def at_the_tax_number(locale: str) -> Teller:
    customer = Teller("fakturasmart", locale, _PROVEN)
    customer.read_books(known_account(email="a@example.com", email_verified=False))
    return customer


@all_rows
def test_a_friends_number_is_offered_and_taken_by_its_button(locale: str, said: str, title: str) -> None:
    customer = at_the_tax_number(locale)
    customer.write(said)
    assert customer.firm.tax_number is None
    assert customer.at == "company.tax_number"
    customer.press(title)
    assert customer.firm.tax_number == "9876543210"


def test_the_next_words_forget_it() -> None:
    customer = at_the_tax_number("pl")
    customer.write("kolega ma nip 9876543210, mój zaraz znajdę")
    assert customer.case.offered.value is not None
    customer.write("ile to kosztuje?")
    assert customer.case.offered.value is None
    customer.press("Zapisz: NIP 987-654-32-10")
    assert customer.firm.tax_number is None


def test_of_several_none_is_offered() -> None:
    customer = at_the_tax_number("pl")
    customer.write("kolega ma nip 9876543210 i telefon 600700800, mój zaraz znajdę")
    assert customer.firm == Company()
    assert not any(title.startswith("Zapisz") for title in customer.buttons)
    said = " ".join(line.strip() for line in customer.lines)
    assert "NIP 987-654-32-10 i +48 600 700 800. Jeśli jednak ma tu być, napisz to w osobnej wiadomości." in said


def test_beside_a_value_of_theirs_a_question_is_answered() -> None:
    customer = at_the_tax_number("pl")
    customer.write("NIP 1234563218, a czy jest okres próbny?")
    assert customer.firm.tax_number == "1234563218"
    assert "Nie ma wersji bezpłatnej" in "\n".join(customer.lines)
