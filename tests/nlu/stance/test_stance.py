"""Clauses, and values in them, as their author means them."""

from nlu.languages.shipped import KNOWN, among
from nlu.stance import Stance, asserted, clauses, denies, stance, stance_at, withheld
from tests.table import table

CLAUSES = (
    ("pl", "chcę rozmawiać z konsultantem", Stance.asserted),
    ("pl", "nie chcę konsultanta", Stance.negated),
    ("pl", "szefowa zamawia", Stance.others),
    ("pl", "chciałbym zamówić", Stance.asserted),
    ("pl", "reszta dobrze", Stance.reserved),
    ("pl", "tak sobie", Stance.filler),
    ("pl", "yhm", Stance.filler),
    ("pl", "czy moja księgowa może się zalogować?", Stance.others),
    ("pl", "wystawię fakturę po angielsku?", Stance.asked),
    ("pl", "mogę prosić o konsultanta?", Stance.requested),
    ("pl", "nie dostałem kodu", Stance.complained),
    ("pl", "kupiłem u was program i chcę konsultanta", Stance.asserted),
    ("it", "sì insomma", Stance.filler),
    ("it", "ho comprato per errore", Stance.past),
    ("it", "la mia commercialista può entrare?", Stance.others),
    ("it", "posso parlare con una persona?", Stance.requested),
    ("en", "I see", Stance.filler),
    ("en", "everything except the street", Stance.reserved),
    ("en", "if my boss agrees", Stance.conditional),
    ("en", "I'll log in tomorrow", Stance.later),
    ("en", "can I talk to a human?", Stance.requested),
)


@table(("locale", "text", "how"), CLAUSES)
def test_a_clause_is_judged(locale: str, text: str, how: Stance) -> None:
    assert stance(text, among(KNOWN, locale)) is how


def test_a_message_is_asserted_where_the_clause_that_counts_is() -> None:
    langs = among(KNOWN, "en")
    text = "I don't understand this, get me a human"
    assert clauses(text) == ("I don't understand this,", "get me a human")
    assert not asserted(text, langs)
    assert asserted(text, langs, about=lambda clause: "human" in clause)
    assert not asserted("can I talk to a human?", langs)
    assert asserted("can I talk to a human?", langs, polite=True)


KEPT = (
    ("pl", "mój numer to 600700800"),
    ("pl", "zmień stary numer na 600700800"),
    ("pl", "nie 512000111 tylko 600700800"),
    ("pl", "nie mam innego numeru niż 600700800"),
    ("it", "il mio numero è 333 111 2223"),
    ("en", "don't forget my number 600700800"),
    ("en", "if needed call me on 600700800"),
    ("en", "we also have 600700800"),
    ("it", "anche ho il 333 111 2223"),
)
WITHHELD = (
    ("pl", "nie dzwońcie na 600700999"),
    ("pl", "żona ma 600700800 a ja nie mam telefonu"),
    ("pl", "mój stary numer to 600700800"),
    ("pl", "kolega ma nip 9876543210, mój zaraz znajdę"),
    ("pl", "gdybym miał inny telefon, to byłoby 600700800"),
    ("it", "non chiamate il 333 111 2223"),
    ("it", "il mio vecchio numero era 333 111 2223"),
    ("en", "don't ring +48600700800"),
    ("en", "my old NIP was 9876543210, this new one is fine"),
    ("en", "is 600700800 ok?"),
    ("en", "600700800 isn't my number"),
    ("pl", "600700800? to nie ja"),
    ("pl", "pod 600700800 odbiera sekretarka, nie ja"),
    ("pl", "zamknąłem firmę 9876543210"),
    ("it", "9876543210 era la ditta di mio padre"),
    ("en", "600700800 is disconnected"),
    ("en", "does it go to 600700800 then"),
    ("en", "a sample like 600700800 or what"),
    ("en", "a message came from 600700800"),
)


@table(("locale", "text"), KEPT)
def test_a_value_that_is_given_stays(locale: str, text: str) -> None:
    assert withheld(text, among(KNOWN, locale)) == text


@table(("locale", "text"), WITHHELD)
def test_a_value_that_is_refused_old_or_anothers_is_withheld(locale: str, text: str) -> None:
    left = withheld(text, among(KNOWN, locale))
    assert len(left) == len(text)
    assert not any(char.isdecimal() for char in left)


def test_the_stance_of_a_value_says_why() -> None:
    langs = among(KNOWN, "pl")
    assert stance_at("kolega ma nip 9876543210", 14, 24, langs) is Stance.others
    assert stance_at("mój nip to 9876543210", 11, 21, langs) is Stance.asserted
    assert stance_at("mamy też nip 9876543210", 13, 23, langs) is Stance.besides


def test_the_words_behind_a_full_stop_of_a_name_are_its_own() -> None:
    text = "Alfa sp. z o.o. è il concorrente"
    assert stance_at(text, 0, 15, among(KNOWN, "it")) is Stance.others


@table(
    ("locale", "before", "denied"),
    [
        ("pl", "nie chcę tej", True),
        ("it", "al posto della", True),
        ("en", "anything but", True),
        ("en", "not that but", False),
        ("en", "I don't want to wait any longer, so", False),
    ],
)
def test_a_denial_reaches_what_stands_right_behind_it(locale: str, before: str, *, denied: bool) -> None:
    assert denies(before, among(KNOWN, locale)) is denied


def test_a_wish_in_the_place_of_something_is_one() -> None:
    assert stance("vorrei la fattura elettronica al posto della carta", among(KNOWN, "it")) is Stance.asserted


@table(
    ("locale", "text"),
    [
        ("pl", "mój stary numer to pięćset dwanaście zero zero zero sto jedenaście"),
        ("pl", "żona ma 600 siedemset osiemset"),
        ("it", "il mio vecchio numero era sei zero zero sette zero zero otto zero zero"),
        ("en", "don't text six zero zero seven zero zero eight zero zero"),
    ],
)
def test_a_dictated_number_is_withheld_like_a_typed_one(locale: str, text: str) -> None:
    langs = among(KNOWN, locale)
    assert withheld(text, langs, dictated=True) != text
    number = " ".join(text.split()[-8:]) if locale != "pl" else "mój numer to sześćset siedemset osiemset"
    assert withheld(number, langs, dictated=True) == number


@table(
    ("locale", "text"),
    [
        ("pl", "136 659 976, nie, zamiast 659 ma być 695"),
        ("pl", "136 659 976, nie 659, tylko 695"),
        ("it", "136 659 976, no, invece di 659 deve essere 695"),
        ("en", "136 659 976, not 659, but 695"),
        ("en", "136 6598 976, not 6598, but 6958"),
    ],
)
def test_a_refused_part_that_is_put_right_stays_with_its_number(locale: str, text: str) -> None:
    langs = among(KNOWN, locale)
    assert withheld(text, langs, dictated=True) == text
    refused = "600 700 800, not five one two zero zero zero one one one"
    assert withheld(refused, among(KNOWN, "en"), dictated=True).strip() == "600 700 800, not"
