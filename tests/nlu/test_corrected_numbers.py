"""Numbers said wrongly and put right: in the middle, at either end, by naming the wrong digits, and by a letter O."""

from nlu.parse import parse
from tests.table import table


def read(text: str, lang: str, asked: str) -> list[str]:
    return [e["value"] for e in parse(text, lang, asked)["entities"] if e["entity"] == asked]


@table(
    ("lang", "asked", "text", "value"),
    [
        # At either end:
        ("en", "sms_code", "552981, hang on, the final two ought to be 18", "552918"),
        ("en", "sms_code", "552981, whoops, the last digit is a 7", "552987"),
        ("en", "nip", "123 456 32 17, oh dear, the last one should have been 8", "1234563218"),
        ("it", "sms_code", "552981, ah no, termina con 18", "552918"),
        ("en", "sms_code", "five five two, nine eight one. Sorry, make the last one a three", "552983"),
        ("it", "sms_code", "552981, l'ultima cifra è un tre", "552983"),
        ("it", "sms_code", "uno due tre, no, ricomincio: uno tre tre quattro cinque sei", "133456"),
        ("pl", "sms_code", "552981, na końcu ma być 3", "552983"),
        ("pl", "sms_code", "552981, nie, dwie ostatnie to 18", "552918"),
        ("en", "sms_code", "552981, the first digit is 7, not 5", "752981"),
        ("it", "sms_code", "552981, no, la prima cifra è 7", "752981"),
        ("pl", "sms_code", "552981, nie, pierwsza to 7", "752981"),
        ("en", "sms_code", "552981, sorry, the second to last is 4", "552941"),
        ("it", "sms_code", "552981, no scusi, la penultima è 4", "552941"),
        ("pl", "sms_code", "552981, nie, przedostatnia to 4", "552941"),
        # A group in the middle, said anew:
        (
            "en",
            "phone",
            "four eight six oh two, three three one, oh wait, three one three, double one one",
            "+48602313111",
        ),
        ("it", "phone", "tre quattro sette, due due uno, no scusi, due uno due, trentaquattro 56", "+393472123456"),
        ("pl", "phone", "602 331, nie czekaj, 313, 911", "+48602313911"),
        ("it", "sms_code", "dodici, trentaquattro, anzi quarantatré, cinquantasei", "124356"),
        ("en", "sms_code", "sixty, eighty eight, one one, no, the correct one is 60, eighty seven, eleven", "608711"),
        ("en", "sms_code", "two hundred and eight, four four four, actually four hundred and five", "208405"),
        # The wrong digits, named:
        ("en", "nip", "123 465 32 18, sorry, instead of 465 it should read 456", "1234563218"),
        ("en", "nip", "123 465 32 18, sorry, not 465 but 456", "1234563218"),
        ("it", "partita_iva", "046 489 701 53, scusi, al posto di 489 va 498", "04649870153"),
        ("it", "partita_iva", "046 489 701 53, no, non 489 ma 498", "04649870153"),
        ("pl", "nip", "123 465 32 18, nie 465, tylko 456", "1234563218"),
        ("pl", "nip", "123 465 32 18, przepraszam, w miejsce 465 proszę wpisać 456", "1234563218"),
        ("pl", "nip", "123 456 32 17, ostatnia powinna być 8, nie 7", "1234563218"),
        ("pl", "nip", "123 456 32 17, ostatnia cyfra to 8, a nie 7", "1234563218"),
        ("en", "sms_code", "123465, not 123456", "123465"),
        ("it", "sms_code", "123465, non 123456", "123465"),
        ("pl", "sms_code", "123465, a nie 123456", "123465"),
        ("pl", "sms_code", "123465, a nie, 123456", "123456"),
        ("pl", "sms_code", "nie 123456, tylko 123465", "123465"),
    ],
)
def test_new_digits_take_the_place_that_the_words_say(lang: str, asked: str, text: str, value: str) -> None:
    assert read(text, lang, asked) == [value]


@table(
    ("lang", "asked", "text", "value"),
    [
        ("en", "sms_code", "8 O 3 3 1 9", "803319"),
        ("pl", "sms_code", "8 3 3 1 9 O", "833190"),
        ("pl", "sms_code", "8 o 3 l 1 9", "803119"),
        ("it", "sms_code", "O8 33 19", "083319"),
        ("pl", "nip", "l23 456 32 l8", "1234563218"),
        ("it", "phone", "347 22O 3O 4O", "+393472203040"),
    ],
)
def test_a_letter_among_typed_digits_is_the_digit_it_looks_like(lang: str, asked: str, text: str, value: str) -> None:
    assert read(text, lang, asked) == [value]


def test_a_word_of_one_letter_between_two_numbers_is_a_word() -> None:
    assert "302" not in read("3 o 2 licenze", "it", "quantity")
