"""What only speech has: filled pauses, addresses in words, a choice taken back in one breath, numbers in doubt."""

from nlu.aloud.heard import as_typed, with_addresses
from nlu.aloud.speech import spoken_name, taken_back, with_its_mark, with_spelled_words, with_titles, without_pauses
from nlu.languages.shipped import KNOWN, order_langs
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected
from values.meaning import Expects


@all_rows
def test_pauses_and_openings_go(lang: str, said: str, kept: str) -> None:
    assert without_pauses(said, KNOWN[lang]) == kept  # type: ignore[index]


def test_a_firm_may_be_called_like_an_opening() -> None:
    assert without_pauses("Ecco srl", KNOWN["it"], named=True) == "Ecco srl"  # type: ignore[index]


@all_rows
def test_addresses_in_words_are_typed(lang: str, said: str, typed: str) -> None:
    read = with_addresses(said, order_langs(KNOWN, lang))

    assert (read.text, read.sure) == (typed, True)


@all_rows
def test_an_address_in_doubt_is_none(lang: str, said: str) -> None:
    assert not with_addresses(said, order_langs(KNOWN, lang)).sure


@all_rows
def test_a_name_is_taken_out_of_its_sentence(said: str, name: str | None) -> None:
    read = spoken_name(said)

    assert (None if read is None else read.text) == name


@all_rows
def test_what_is_taken_back_in_one_breath(said: str, parts: tuple[str, str] | None) -> None:
    assert taken_back(said) == parts


def test_spelled_and_split_titles_are_one_word() -> None:
    assert with_spelled_words("to B L I K proszę") == "to BLIK proszę"
    assert with_titles("by pay pal", ["PayPal", "24"]) == "by PayPal"


@all_rows
def test_a_question_gets_its_mark(said: str, written: str) -> None:
    assert with_its_mark(said) == written


TAX = Expected(Expects.tax_number, "tax_number")
PHONE = Expected(Expects.phone, "phone")
EMAIL = Expected(Expects.email, "email")


@table(
    ("asked", "said", "typed", "sure"),
    [
        (EMAIL, "mój mail to będzie anna małpa wp kropka pl dziękuję", "anna@wp.pl", True),
        (EMAIL, "to nie jest anna małpa wp kropka pl", "to nie jest anna@wp.pl", True),
        (TAX, "782 719 54 00", "7827195400", True),
        # Two right numbers, and no word that takes the first one back.
        (TAX, "782 719 54 00 albo 782 580 73 07", "782 719 54 00 albo 782 580 73 07", False),
        # 80 2 36 … and 82 30 6 … both pass the check digit.
        (TAX, "osiemdziesiąt dwa trzydzieści sześć dziewięćdziesiąt dwa sześćdziesiąt cztery dziewięć", None, False),
        (PHONE, "numer klienta plus czterdzieści osiem 601 202 303", "+48601202303", True),
        # A right number is in it, but more was said.
        (PHONE, "601 202 303, 4", "601 202 303, 4", False),
        (PHONE, "601 202 303 albo 601 202 304", "601 202 303 albo 601 202 304", False),
        (PHONE, "kod z sms 441207", "kod z sms 441207", True),
    ],
)
def test_a_number_in_doubt_is_asked_again(asked: Expected, said: str, typed: str | None, sure: bool) -> None:
    read = as_typed(said, asked, order_langs(KNOWN, "pl"))

    assert read.sure is sure
    assert typed is None or read.text == typed
