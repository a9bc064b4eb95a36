"""Channels, codes, terms, renewal, consents, ways to pay and withdrawals in whatever words, and what names none."""

import tomllib
from pathlib import Path
from typing import Any

from bot.conversation.sent_codes import says_only_codes
from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, order_langs
from nlu.named.channels import read_channel
from nlu.named.consents import only_required
from nlu.named.log_ins import log_out_wanted
from nlu.named.renewals import renewal_beside, takes_back_renewal, turns_renewal_off
from nlu.named.taken_back import COMPLAINT, read_grievance, states_withdrawal
from nlu.named.terms_of_years import meant_term
from nlu.understand import understand
from tests.kit.narrow import a, present
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, Nameable, OptionWords
from values.meaning import BindingAct, Correction, Discount, Expects, Intent, Press

HERE = Path(__file__).parent
CODE = Expected(Expects.contact_code, "contact_code", correctable={"contact_channel": Expects.choice})


@all_rows
def test_the_channel_that_is_meant_is_taken(text: str, channel: str) -> None:
    assert read_channel(text, CODE) == Correction("contact_channel", channel)


@all_rows
def test_a_message_that_does_not_come_and_a_wrong_address_wish_for_no_channel(text: str) -> None:
    assert read_channel(text, CODE) is None


LINES = (HERE / "log_outs.tsv").read_text(encoding="utf-8").splitlines()


@table(("lang", "wanted", "text"), [line.split("\t") for line in LINES])
def test_a_wish_to_log_out_reaches_as_far_as_it_says(lang: str, wanted: str, text: str) -> None:
    assert (log_out_wanted(text, order_langs(KNOWN, lang)) or "-") == wanted


@all_rows
def test_a_code_with_its_name(locale: str, text: str) -> None:
    assert says_only_codes(text, order_langs(KNOWN, locale))


@all_rows
def test_other_words_and_numbers_are_none(text: str) -> None:
    assert not says_only_codes(text, order_langs(KNOWN, "pl"))


@all_rows
def test_the_term_that_is_meant(locale: str, text: str, years: str, *, wished: bool, changes: bool) -> None:
    meant = present(meant_term(text, order_langs(KNOWN, locale)))
    assert (meant.value, meant.wished, meant.changes) == (years, wished, changes)


@all_rows
def test_how_long_it_has_lasted_and_a_question_are_no_wish(locale: str, text: str) -> None:
    assert meant_term(text, order_langs(KNOWN, locale)) is None


_MAY_BE: dict[str, set[str | None]] = {"on": {"yes"}, "off": {"no"}, "unsaid": {None, "no"}}


def test_renewal_is_heard_where_it_is_asserted() -> None:
    told: dict[str, Any] = tomllib.loads((HERE / "renewal_beside.toml").read_text(encoding="utf-8"))
    wrong = [
        (lang, sentence, heard)
        for part in (told, told["unread"])
        for lang in ("pl", "it", "en")
        for kind, wanted in _MAY_BE.items()
        for sentence in part[lang][kind]
        if (heard := renewal_beside(sentence, order_langs(KNOWN, lang))) not in wanted
    ]
    assert wrong == []


@all_rows
def test_it_is_taken_back_or_not(text: str, is_one: bool) -> None:
    assert takes_back_renewal(text) is is_one


@all_rows
def test_it_is_ordered_to_be_off_or_not(locale: str, text: str, is_one: bool) -> None:
    assert turns_renewal_off(text, order_langs(KNOWN, locale)) is is_one


CONSENTS = Expected(
    Expects.consents,
    "consents",
    (
        OptionWords("consents:required", ("Tylko wymagane",), BindingAct.agree),
        OptionWords("consents:all", ("Wszystkie",), BindingAct.agree),
        OptionWords("consents:done", ("Zaznaczone",), BindingAct.agree),
    ),
)


@all_rows
def test_only_the_required_ones_are_agreed_to(locale: str, text: str) -> None:
    assert only_required(text, order_langs(KNOWN, locale))
    meant = a(Press, understand(text, CONSENTS, locale=locale))
    assert meant.payload == "consents:required"


@all_rows
def test_whoever_asks_doubts_or_refuses_agrees_to_nothing(locale: str, text: str) -> None:
    assert not only_required(text, order_langs(KNOWN, locale))
    assert not isinstance(understand(text, CONSENTS, locale=locale), Press)


METHODS = tuple(OptionWords(f"method:{name}", (name.title(),)) for name in ("card", "paypal", "blik"))
ORDERING = Expected(Expects.choice, "method", METHODS)
PAGE = Expected(Expects.choice, "method", (*METHODS, OptionWords("forget:way-1", ("Usuń: Visa 4242",))))

WISHES = [
    *(("pl", "chcę usunąć zapisaną kartę"), ("pl", "odepnijcie podpiętą kartę")),
    ("pl", "podmień zapisanego PayPala"),
    *(("it", "voglio togliere la carta salvata"), ("it", "cambiate la carta memorizzata")),
    *(("en", "please delete my stored card"), ("en", "replace the card on file")),
]


@table(("locale", "text"), WISHES)
def test_no_method_is_chosen_by_it(locale: str, text: str) -> None:
    meant = a(Intent, understand(text, ORDERING, locale=locale))
    assert meant.name == "choose_payment_method"
    assert find_facts(text, ORDERING, order_langs(KNOWN, locale), lambda: (Nameable("method", METHODS),)) == ()


def test_the_only_one_stored_is_forgotten_where_its_button_is() -> None:
    assert understand("usuń zapisaną kartę", PAGE, locale="pl") == Press("forget:way-1")


@table("text", ["zapłacę zapisaną kartą", "karta", "czy mogę usunąć zapisaną kartę?"])
def test_paying_with_it_or_asking_is_no_such_wish(text: str) -> None:
    meant = understand(text, PAGE, locale="pl")
    assert not (isinstance(meant, Press) and meant.payload.startswith("forget:"))


@all_rows
def test_a_statement_is_one_and_a_question_or_anothers_wish_is_none(locale: str, said: str, is_one: bool) -> None:
    assert states_withdrawal(said, order_langs(KNOWN, locale)) is is_one


@all_rows
def test_money_wrongly_taken_is_a_complaint(locale: str, said: str) -> None:
    assert read_grievance(said, order_langs(KNOWN, locale)) == COMPLAINT


@all_rows
def test_a_worry_about_money_is_no_complaint(locale: str, said: str) -> None:
    assert read_grievance(said, order_langs(KNOWN, locale)) is None


def taken(text: str, locale: str, expects: Expects = Expects.choice) -> bool:
    meaning = understand(text, Expected(expects, "method", discount_codes=("START20",)), locale=locale)
    return isinstance(meaning, Press) and meaning.payload == "discount:skip"


@all_rows
def test_these_take_it_out_and_these_dont(locale: str, text: str, is_one: bool) -> None:
    assert taken(text, locale) is is_one


def test_beside_a_texted_code_the_word_alone_is_that_one() -> None:
    assert not taken("nie chcę tego kodu", "pl", Expects.contact_code)
    assert taken("nie chcę kodu rabatowego", "pl", Expects.contact_code)


def test_a_seller_without_codes_has_none_to_take_out() -> None:
    assert understand("usuń kod rabatowy", Expected(Expects.choice, "method"), locale="pl") != Press("discount:skip")


BUYING = Expected(
    Expects.choice, "start", options=(OptionWords("start:buy", ("Kup teraz",)),), discount_codes=("START20",)
)


@table("text", ["START20", "mój kod to START20", "mam kod START20"])
def test_a_code_alone_is_a_code(text: str) -> None:
    assert understand(text, BUYING, locale="pl") == Discount("START20")


@table(("locale", "text"), [("pl", "kup teraz, kod START20"), ("en", "I'd like to buy, code START20")])
def test_the_rest_of_a_sentence_with_a_code_is_read(locale: str, text: str) -> None:
    meaning = understand(text, BUYING, locale=locale)

    assert meaning == Press("start:buy") or (isinstance(meaning, Intent) and meaning.name == "choose_plan")
