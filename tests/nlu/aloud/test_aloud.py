"""What only speech has: filled pauses, addresses in words, a choice taken back in one breath, numbers in doubt."""

from nlu.aloud.addresses import with_addresses
from nlu.aloud.heard import as_typed
from nlu.aloud.speech import spoken_name, taken_back, with_its_mark, with_spelled_words, with_titles, without_pauses
from nlu.languages.shipped import KNOWN, among
from tests.table import table
from values.meaning import Expected, Expects


@table(
    ("lang", "said", "kept"),
    [
        ("pl", "yyy tak", "tak"),
        ("pl", "No więc, eee, kartą", "kartą"),
        ("pl", "no tak, zgadza się", "tak, zgadza się"),
        ("pl", "er em es", "er em es"),
        ("it", "Allora, ehm, la carta", "la carta"),
        ("en", "Um, like, by card", "by card"),
        ("en", "so", "so"),
        ("pl", "yyy, eee…", ""),
        ("pl", "hmmm.", ""),
        ("pl", "anna@eee.pl", "anna@eee.pl"),
    ],
)
def test_pauses_and_openings_go(lang: str, said: str, kept: str) -> None:
    assert without_pauses(said, KNOWN[lang]) == kept  # type: ignore[index]


def test_a_firm_may_be_called_like_an_opening() -> None:
    assert without_pauses("Ecco srl", KNOWN["it"], named=True) == "Ecco srl"  # type: ignore[index]


@table(
    ("lang", "said", "typed"),
    [
        ("pl", "Mój mail to Anna, kropka, Nowak małpa gmail.com.", "Mój mail to anna.nowak@gmail.com."),
        ("pl", "A. Wrona małpa o dwa kropka pl", "a.wrona@o2.pl"),
        ("pl", "adam dwa tysiące jeden małpa wp kropka pl", "adam2001@wp.pl"),
        ("pl", "A jak Anna, K jak Karol małpa wp kropka pl", "ak@wp.pl"),
        ("pl", "ka kropka be kropka lis małpa onet kropka eu", "k.b.lis@onet.eu"),
        ("pl", "ewa kropka sowa nie przepraszam ewa kropka lis małpa wp kropka pl", "ewa.lis@wp.pl"),
        ("it", "luna duemilauno chiocciola yahoo punto it", "luna2001@yahoo.it"),
        ("it", "marco millenovecentosettanta chiocciola gmail com", "marco1970@gmail.com"),
        ("it", "sara chiocciola libero punto it, cioè no, gmail punto com", "sara@gmail.com"),
        ("en", "Mary dot jones@mail.com", "mary.jones@mail.com"),
        ("en", "tom under score cook at gmail dot com", "tom_cook@gmail.com"),
        ("en", "bee eye are dee at new home all one word dot com", "bird@newhome.com"),
        ("en", "ann at mail dot com sorry I mean anna at mail dot com", "anna@mail.com"),
    ],
)
def test_addresses_in_words_are_typed(lang: str, said: str, typed: str) -> None:
    read = with_addresses(said, among(KNOWN, lang))

    assert (read.text, read.sure) == (typed, True)


@table(
    ("lang", "said"),
    [
        ("pl", "anna małpa nie pamiętam"),
        ("pl", "ten co zawsze małpa wp kropka pl"),
        ("pl", "jan małpa wp kropka pl albo jan małpa onet kropka pl"),
        ("pl", "jan kot przez zet małpa wp kropka pl"),
        ("pl", "ewa kropka sowa nie lis małpa wp kropka pl"),
        ("en", "look at my website dot com"),
    ],
)
def test_an_address_in_doubt_is_none(lang: str, said: str) -> None:
    assert not with_addresses(said, among(KNOWN, lang)).sure


@table(
    ("said", "name"),
    [
        ("Dzień dobry, nazywam się Jan Kowalski.", "Jan Kowalski"),
        ("mi chiamo marco de santis", "Marco De Santis"),
        ("my full name is Fiona O'Brien, thanks", "Fiona O'Brien"),
        ("nie wiem czyje", None),
        ("Anna", None),
        ("sam at gmail dot com", None),
    ],
)
def test_a_name_is_taken_out_of_its_sentence(said: str, name: str | None) -> None:
    read = spoken_name(said)

    assert (None if read is None else read.text) == name


@table(
    ("said", "parts"),
    [
        ("kartą, albo nie, jednak blikiem", ("kartą", "blikiem")),
        ("paypal no anzi carta", ("paypal", "carta")),
        ("yes, no wait, no", ("yes", "")),
        ("kartą, nie blikiem", None),
        ("jednak kartą", None),
    ],
)
def test_what_is_taken_back_in_one_breath(said: str, parts: tuple[str, str] | None) -> None:
    assert taken_back(said) == parts


def test_spelled_and_split_titles_are_one_word() -> None:
    assert with_spelled_words("to B L I K proszę") == "to BLIK proszę"
    assert with_titles("by pay pal", ["PayPal", "24"]) == "by PayPal"


@table(
    ("said", "written"),
    [
        ("ile to kosztuje", "ile to kosztuje?"),
        ("Is there somebody.", "Is there somebody?"),
        ("card please", "card please"),
        ("co", "co"),
    ],
)
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
        (
            TAX,
            "osiemdziesiąt dwa trzydzieści sześć dziewięćdziesiąt dwa sześćdziesiąt cztery dziewięć",
            None,
            False,
        ),
        (PHONE, "numer klienta plus czterdzieści osiem 601 202 303", "+48601202303", True),
        # A right number is in it, but more was said.
        (PHONE, "601 202 303, 4", "601 202 303, 4", False),
        (PHONE, "601 202 303 albo 601 202 304", "601 202 303 albo 601 202 304", False),
        (PHONE, "kod z sms 441207", "kod z sms 441207", True),
    ],
)
def test_a_number_in_doubt_is_asked_again(asked: Expected, said: str, typed: str | None, sure: bool) -> None:
    read = as_typed(said, asked, among(KNOWN, "pl"))

    assert read.sure is sure
    assert typed is None or read.text == typed
