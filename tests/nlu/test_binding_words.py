"""The word lists of binding answers: what they must not hold, and which slips are repaired."""

from itertools import product

from nlu.binding import read_binding, refuses
from nlu.binding_words import load_words, vocabulary
from nlu.languages.shipped import KNOWN, order_langs
from nlu.slips import InnerSlips
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.locale import SHIPPED, Locale
from values.meaning import BindingAct, Expects, Press

DENIALS = {
    "pl": ("nie", "nigdy nie", "wcale nie"),
    "it": ("non", "mai", "nn"),
    "en": ("not", "don't", "never", "won't"),
}
ORDER = OptionWords("pay:now", ("Zamawiam z obowiązkiem zapłaty", "Order with obligation to pay"), BindingAct.order)
PAY = Expected(Expects.choice, "pay", (ORDER,))
TERMS = OptionWords("terms:accept", ("Akceptuję",), BindingAct.agree)


def given(text: str, option: OptionWords = ORDER, locale: str = "pl") -> bool:
    expected = Expected(Expects.choice, option.payload.partition(":")[0], (option,))
    return read_binding(text, (option,), expected, order_langs(KNOWN, locale)) == Press(option.payload)


@table("code", SHIPPED)
def test_a_denial_before_a_verb_gives_nothing_and_refuses(code: Locale) -> None:
    for act in (BindingAct.order, BindingAct.agree):
        verbs = [verb for verb in load_words(code).verbs[act] if "..." not in verb and len(verb.split()) <= 2]
        option = ORDER if act is BindingAct.order else TERMS
        for denial, verb in product(DENIALS[code], verbs):
            assert not given(f"{denial} {verb}", option, code), (denial, verb)
            assert refuses(f"{denial} {verb}", order_langs(KNOWN, code)), (denial, verb)


@table("code", SHIPPED)
def test_a_denial_is_no_part_of_a_phrase_that_others_may_stand_in(code: Locale) -> None:
    words = load_words(code)
    denials = {denial for of in DENIALS.values() for denial in of}
    assert not [verb for verbs in words.verbs.values() for verb in verbs if verb.partition(" ... ")[0] in denials]
    assert not denials & (words.beside | words.yes | words.parting)


def test_only_verbs_stand_in_two_parts() -> None:
    for words in map(load_words, SHIPPED):
        rest = (*words.about.values(), words.yes, words.beside, words.parting, words.particles, words.only, words.so)
        assert not [phrase for of in rest for phrase in of if "..." in phrase]


def test_the_lists_stay_small_enough_to_be_kept() -> None:
    assert (
        sum(len(of) for code in SHIPPED for of in (load_words(code).beside, *load_words(code).verbs.values())) < 25_000
    )


@all_rows
def test_slips_inside_a_word_are_repaired(typed: str, meant: str | None) -> None:
    known = ("zamawiam", "zatwierdzam", "zamow", "ordino", "accetto", "attivo", "wlacz")
    assert InnerSlips(known).repaired(typed) == meant


def test_a_slip_binds_nobody_and_refuses_all_the_same() -> None:
    for text in ("ordno e pago", "oridno", "zamaiwam", "i oredr and pay", "pya", "place teh ordre"):
        assert not given(text, locale="it"), text
        assert not given(text, locale="en"), text
    assert refuses("nie zamwiam", order_langs(KNOWN, "pl"))


def test_what_is_longer_than_can_be_read_gives_nothing() -> None:
    assert given("zamawiam " * 40)
    assert not given("zamawiam " * 50 + "nie")


def test_words_that_only_look_like_a_slip_stand_for_themselves() -> None:
    words = vocabulary(order_langs(KNOWN, "pl"))
    for word in ("placze", "wlacze", "odnowie", "attimo"):
        assert words.mended([word]) == [word]


def test_a_reason_may_stand_before_and_nothing_else() -> None:
    assert given("Pracujemy na tym od lat w całym biurze, więc zamawiam")
    for text in (
        "pracujemy na tym od lat w całym biurze, zamawiam",
        "zamawiam, więc gdzie jest rabat",
        "jeśli dacie rabat, więc zamawiam",
        "biorę trzy licencje, więc zamawiam",
        "szef mówi „spokojnie”, więc zamawiam",
        "pracujemy na tym od lat, więc tak",
    ):
        assert not given(text), text


@all_rows
def test_a_reason_for_an_order_calls_itself_one_and_tells_a_motive(locale: str, text: str) -> None:
    assert given(text, locale=locale)
    words = text.split(" ", 1)
    for other in (
        f"{text} 😂",
        f'{text} "tak"',
        f"{text}...",
        f"{text}, haha",
        f"{words[0]}: {words[1]}",
        text + " " * 400,
    ):
        assert not given(other, locale=locale), other


def test_a_yes_and_a_bare_story_have_no_reason_beside_them() -> None:
    for text in (
        "tak, bo stara licencja się skończyła",
        "stara licencja się skończyła, zamawiam",
        "zamawiam, stara licencja się skończyła",
        "zamawiam, bo stara licencja się skończyła i świnie latają",
        "zamawiam, bo w biurze jest ładnie",
        "zamawiam, bo nie potrzebujemy tego",
    ):
        assert not given(text), text
    assert not given("dobra, bo znam regulamin", TERMS)


def test_how_the_matter_is_known_needs_no_word_of_cause_where_the_matter_is_named() -> None:
    assert given("Akceptuję regulamin, znam go od lat", TERMS)
    assert given("Klauzule są jasne, akceptuję je", TERMS)
    assert not given("akceptuję, znam go od lat", TERMS)
    assert not given("akceptuję regulamin, biuro się przyda", TERMS)
    assert not given("akceptuję regulamin, i znam się na prawie", TERMS)


def test_words_that_mean_a_thing_in_one_language_alone_take_no_reason_of_another() -> None:
    assert given("zamawiam, bo księgowa ma bałagan w papierach")  # "ma" is "but" in Italian
    assert not given("ordino, perché la licenza è scaduta ma aspetto", locale="it")


def test_polish_no_is_a_yes_in_polish_alone() -> None:
    assert given("no zamawiam")
    assert given("no to zamawiam", locale="en")
    assert not given("no order", locale="en")
    assert not given("no, I order")
    assert not given("no ordino", locale="it")


def test_goodbye_takes_a_mere_yes_away() -> None:
    assert given("ok", TERMS)
    assert given("akceptuję, cześć", TERMS)
    assert not given("ok, cześć", TERMS)
    assert not given("dobra, to ja spadam", TERMS)


def test_signs_that_take_the_words_back() -> None:
    assert given("zamawiam 👍")
    assert given("👍", TERMS)
    for text in ("zamawiam 🤔", "zamawiam 🙄", "zamawiam？", "👎"):
        assert not given(text), text
