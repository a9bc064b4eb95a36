"""Methods, plans, languages, years and quantities: slips in their words, and words that mean something else."""

from nlu.entities.meant_terms import has_lasted
from nlu.entities.term_words import TYPED_OFTEN, repaired
from nlu.entities.terms import TERMS, find_methods, find_terms, names_a_method
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, among
from nlu.parse import parse
from tests.table import table


def langs(lang: str) -> Languages:
    return among(KNOWN, lang)


def terms(lang: str, text: str) -> set[tuple[str, str]]:
    return {(e.entity, e.value) for e in find_terms(text, langs(lang))}


@table(
    ("lang", "text", "expected"),
    [
        ("pl", "niech będą przeleyw24", ("payment_method", "przelewy24")),
        ("pl", "zapłacę przez papyal", ("payment_method", "paypal")),
        ("it", "faccio un bonfiico", ("payment_method", "bank_transfer")),
        ("it", "bolletino postale grazie", ("payment_method", "bollettino")),
        ("en", "bank trasnfer then", ("payment_method", "bank_transfer")),
        ("pl", "a epl pej działa?", ("payment_method", "apple_pay")),
        ("pl", "gugl pejem", ("payment_method", "google_pay")),
        ("pl", "przelewy, te dwadzieścia cztery", ("payment_method", "przelewy24")),
        ("en", "SEPA direct debit", ("payment_method", "direct_debit")),
        ("it", "in contanti", ("payment_method", "cash")),
        ("it", "prendo il premuim", ("plan", "premium")),
        ("pl", "wersja podstaowwa", ("plan", "basic")),
        ("en", "speak itlaian please", ("language", "it")),
        ("pl", "mówmy po angeilsku", ("language", "en")),
        ("en", "for 3 yeras", ("years", "3")),
        ("pl", "jeszcze 2 uzytkwonikow", ("quantity", "2")),
        ("it", "altri 6 utetni", ("quantity", "6")),
    ],
)
def test_a_slip_of_the_keyboard_hides_no_term(lang: str, text: str, expected: tuple[str, str]) -> None:
    assert expected in terms(lang, text)


def test_a_term_with_a_slip_stands_where_it_was_typed() -> None:
    text = "Zapłacę 👍 przelwey24 albo papyalem"
    assert [text[e.start : e.end] for e in find_terms(text, langs("pl"))] == ["przelwey24", "papyalem"]


@table(
    "word",
    "cara caro carota crate karate kartka pieno plan ushers moths anther papal polki anielski wlosi rozek placco carita"
    " licenziato usr katr".split(),
)
def test_real_and_short_words_are_no_slips(word: str) -> None:
    assert repaired(word) is None


def test_words_that_slips_are_looked_for_stand_for_themselves() -> None:
    assert {word for word in TYPED_OFTEN if repaired(word) is not None} == set()
    assert [repaired(word) for word in ("przelewy24", "12345", "papya٣", "²²²²²")] == [None] * 4


def test_the_cheap_look_for_a_method_sees_slips_as_well() -> None:
    assert names_a_method("place papyal", langs("pl"))
    assert not names_a_method("place wiht polsih", langs("pl"))
    assert not names_a_method("una carota", langs("it"))


@table(
    ("lang", "text"),
    [
        ("pl", "mam osiemdziesiąt jeden lat"),
        ("pl", "nie działa od trzech lat"),
        ("pl", "nazwa sprzed dwóch lat"),
        ("it", "ho sessantacinque anni"),
        ("it", "era tre anni fa"),
        ("it", "dopo nove anni chiudo"),
        ("en", "we've been with you for three years"),
        ("en", "it is two years old"),
        ("en", "it goes on every twelve months"),
        ("it", "siamo quattro persone e non so che piano prendere"),
        ("pl", "jest nas pięć osób"),
        ("en", "there are six people in my office"),
        ("pl", "stolik dla czterech osób"),
        ("it", "dove metto un foglio con il nome utente"),
        ("pl", "gdzie jest PUK do mojej karty SIM?"),
        ("en", "it says so on my identity card"),
        ("it", "la carta d'identità è scaduta"),
        ("it", "basta carta, mandatemi tutto in digitale"),
        ("it", "non mandate più le fatture su carta"),
        ("en", "what does pierogi mean in Polish?"),
        ("it", "come si dice fattura in inglese?"),
        ("pl", "jak jest po włosku dzień dobry?"),
        ("it", "una società polacca e una ditta francese"),
        ("pl", "mam niemiecką spółkę i polski oddział"),
        ("en", "an Italian company with a Polish tax number"),
        ("en", "my company is Polish"),
        ("en", "what's that in plain English?"),
        ("it", "in italiano semplice"),
        ("pl", "dlaczego piszecie po angielsku?"),
    ],
)
def test_words_that_mean_something_else_are_no_terms(lang: str, text: str) -> None:
    assert terms(lang, text) == set()


@table(
    ("lang", "text", "expected"),
    [
        ("en", "I don't speak Polish, angielski proszę", {("language", "en")}),
        ("en", "My English is poor, parliamo italiano", {("language", "it")}),
        ("it", "l'inglese lo parlo male, meglio in tedesco", {("language", "de")}),
        ("pl", "słabo mówię po polsku, po angielsku proszę", {("language", "en")}),
        ("en", "my Polish is better than this, so Polish please", {("language", "pl")}),
        ("en", "can't you speak Italian?", {("language", "it")}),
        ("pl", "czy jest polska wersja?", {("language", "pl")}),
        ("it", "la pagina in lingua tedesca", {("language", "de")}),
        ("pl", "blika nie mam, zapłacę kartą", {("payment_method", "card")}),
        ("en", "I don't have a card, only PayPal", {("payment_method", "paypal")}),
        ("en", "don't you take PayPal?", {("payment_method", "paypal")}),
        ("it", "la carta no, faccio il bonifico", {("payment_method", "bank_transfer")}),
        ("it", "pago con carta e voglio la fattura elettronica", {("payment_method", "card")}),
        ("pl", "przejdźmy z podstawowego na premium", {("plan", "premium")}),
        ("pl", "wersja podstawowa na dwa lata", {("plan", "basic"), ("years", "2")}),
        ("en", "two more years", {("years", "2")}),
        ("en", "for a year", {("years", "1")}),
        ("pl", "na dwa kolejne lata", {("years", "2")}),
        ("it", "altri cinque accessi", {("quantity", "5")}),
        ("pl", "one more user poproszę", {("quantity", "1")}),
        ("pl", "dodaj jeszcze trzy osoby", {("quantity", "3")}),
        ("en", "there are five new people and each needs access", {("quantity", "5")}),
    ],
)
def test_what_is_meant_beside_it_is_kept(lang: str, text: str, expected: set[tuple[str, str]]) -> None:
    assert terms(lang, text) == expected


def test_a_method_turned_down_behind_its_name_is_among_the_denied() -> None:
    named, denied = find_methods("Blika nie mam, zrobię przelew", langs("pl"))
    assert [e.value for e in named] == ["bank_transfer"]
    assert [e.value for e in denied] == ["blik"]


@table(
    ("before", "after", "lasted"),
    [
        ("seit", "", True),
        ("juz", "", True),
        ("", " fa", True),
        ("na", "", False),
        ("have been here for", "", True),
        ("for", "", False),
    ],
)
def test_time_that_has_passed_is_no_wish(before: str, after: str, lasted: bool) -> None:
    said = f"{before} 2 lata{after}"
    assert has_lasted(said, len(before) + 1, len(before) + len(" 2 lata")) is lasted


@table("text", ["zmieńcie w kodzie pocztowym na 31-120", "il codice postale è 20154", "post code 01234"])
def test_a_postal_code_is_no_code_by_sms(text: str) -> None:
    assert not [e for e in parse(text, "pl")["entities"] if e["entity"] == "sms_code"]


def test_another_firms_business_names_no_terms() -> None:
    text = "my spotify premium keeps logging me out"
    assert ("plan", "premium") in terms("en", text)
    answer = parse(text, "en")
    assert answer["intent"]["name"] == "out_of_scope"
    assert not [e for e in answer["entities"] if e["entity"] in TERMS]
