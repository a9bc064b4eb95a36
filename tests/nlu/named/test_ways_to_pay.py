"""The way to pay that is meant, among those that are asked about, turned down or taken back in one message."""

from nlu.languages.shipped import KNOWN, order_langs
from nlu.named.ways_to_pay import Role, changes_way, read_method, wanted_way, ways_to_pay
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import BindingAct, Correction, Expects, Press

ORDER = Expected(
    Expects.choice,
    "pay",
    (OptionWords("pay:now", ("Zamawiam z obowiązkiem zapłaty",), BindingAct.order),),
    correctable={"method": Expects.choice},
)

MEANT = [
    ("pl", "przelewu nie macie? to w takim razie karta", "card", True),
    *(("pl", "nie kartą, tylko blikiem", "blik", True), ("pl", "kartą nie zapłacę tylko blikiem", "blik", True)),
    ("pl", "karta mi nie przechodzi, dajcie PayPala", "paypal", True),
    *(("pl", "zamieńmy kartę na PayPal", "paypal", True), ("pl", "zamiast karty poproszę BLIK", "blik", True)),
    *(("pl", "czy mogę zmienić na kartę?", "card", True), ("pl", "zapłacę kartą", "card", False)),
    ("it", "il bollettino non c'è? allora la carta", "card", True),
    ("it", "cambi la carta con PayPal", "paypal", True),
    *(("it", "al posto della carta facciamo PayPal", "paypal", True), ("it", "anzi no, bonifico", "transfer", True)),
    ("it", "pago con PayPal", "paypal", False),
    *(("en", "no wire transfer? PayPal then", "paypal", True), ("en", "swap the card for PayPal", "paypal", True)),
    *(("en", "not card but PayPal", "paypal", True), ("en", "rather than card, PayPal please", "paypal", True)),
    ("en", "I'll pay by card", "card", False),
]


@table(("locale", "text", "value", "changes"), MEANT)
def test_the_one_that_is_meant(locale: str, text: str, value: str, changes: bool) -> None:
    way = wanted_way(text, order_langs(KNOWN, locale))
    assert way is not None
    assert (way.value, changes_way(text, order_langs(KNOWN, locale))) == (value, changes)


@all_rows
def test_none_where_it_is_asked_turned_down_or_doubted(locale: str, text: str) -> None:
    assert wanted_way(text, order_langs(KNOWN, locale)) is None


@table(
    ("text", "value"), [("nie, jednak karta", "card"), ("nie kartą, paypalem", "paypal"), ("karta mi nie działa", None)]
)
def test_at_the_order_another_method_is_a_correction(text: str, value: str | None) -> None:
    assert read_method(text, ORDER, order_langs(KNOWN, "pl")) == Correction("method", value)


@all_rows
def test_a_question_at_the_order_opens_no_ways_to_pay(locale: str, text: str) -> None:
    assert read_method(text, ORDER, order_langs(KNOWN, locale)) is None


REFUSED = [
    *(("pl", "blik mi nie działa"), ("pl", "kiedyś płaciłem kartą"), ("pl", "wszystko oprócz blika")),
    *(("pl", "kolega płaci blikiem"), ("pl", "gdybym płacił kartą"), ("pl", "moja żona płaci kartą")),
    *(("it", "tutto tranne la carta"), ("it", "la carta non funziona"), ("it", "una volta pagavo con paypal")),
    *(("en", "anything but blik"), ("en", "I used to pay by card"), ("en", "paypal doesn't work for me")),
]


@table(("lang", "text"), REFUSED)
def test_a_method_that_is_refused_old_or_anothers_is_not_set(lang: str, text: str) -> None:
    methods = tuple(OptionWords(f"method:{v}", (v.upper(),)) for v in ("card", "blik", "paypal"))
    at_method = understand(text, Expected(Expects.choice, "method", methods), locale=lang)
    assert not (isinstance(at_method, Press) and at_method.payload.startswith("method:"))
    assert wanted_way(text, order_langs(KNOWN, lang)) is None
    assert read_method(text, ORDER, order_langs(KNOWN, lang)) in (None, Correction("method"))


@table(
    ("locale", "text", "roles"),
    [
        ("pl", "blik nie działa, dajcie kartę", {"blik": Role.refused, "card": Role.preferred}),
        ("pl", "żona płaci kartą, a ja wolę blika", {"card": Role.told, "blik": Role.preferred}),
        ("it", "la carta si può usare? pago con PayPal", {"card": Role.asked, "paypal": Role.preferred}),
        ("en", "swap the card for PayPal", {"card": Role.refused, "paypal": Role.preferred}),
        ("en", "PayPal, and don't renew", {"paypal": Role.given}),
    ],
)
def test_each_has_a_part_by_its_own_clause(locale: str, text: str, roles: dict[str, Role]) -> None:
    assert {way.value: way.role for way in ways_to_pay(text, order_langs(KNOWN, locale))} == roles


@all_rows
def test_where_one_is_asked_the_wanted_one_of_two_is_pressed(locale: str, text: str, value: str) -> None:
    methods = tuple(OptionWords(f"method:{v}", (v.upper(),)) for v in ("card", "blik", "paypal", "przelewy24"))
    assert understand(text, Expected(Expects.choice, "method", methods), locale=locale) == Press(f"method:{value}")
