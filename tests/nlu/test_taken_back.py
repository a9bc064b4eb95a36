"""Of two values the one that stands: "not this but that", "that, not this", "this, sorry, that"."""

from nlu.parse import parse
from tests.table import table


@table(
    ("lang", "text", "address"),
    [
        ("en", "not info@alfa.example but office@alfa.example", "office@alfa.example"),
        ("en", "office@alfa.example, not info@alfa.example", "office@alfa.example"),
        ("en", "it's office@alfa.example instead of info@alfa.example", "office@alfa.example"),
        ("en", "don't use info@alfa.example, use office@alfa.example", "office@alfa.example"),
        ("it", "non info@alfa.example ma ufficio@alfa.example", "ufficio@alfa.example"),
        ("it", "al posto di info@alfa.example metta ufficio@alfa.example", "ufficio@alfa.example"),
        ("pl", "nie info@alfa.example, tylko biuro@alfa.example", "biuro@alfa.example"),
        ("pl", "zamiast info@alfa.example biuro@alfa.example", "biuro@alfa.example"),
        ("pl", "biuro@alfa.example, a nie info@alfa.example", "biuro@alfa.example"),
        ("pl", "biuro@alfa.example, nie przepraszam info@alfa.example", "info@alfa.example"),
        ("en", "biuro@alfa.example, no, info@alfa.example", "info@alfa.example"),
    ],
)
def test_the_address_that_stands_is_read(lang: str, text: str, address: str) -> None:
    assert [e["value"] for e in parse(text, lang, "email")["entities"] if e["entity"] == "email"] == [address]


def test_the_number_that_stands_is_read_though_none_was_asked_for() -> None:
    found = parse("nie 1234563218, tylko 5260250274", "pl")["entities"]
    assert [(e["entity"], e["value"]) for e in found] == [("nip", "5260250274")]


def test_an_address_beside_a_pec_is_none() -> None:
    found = parse("PEC ditta@pec.it, e-mail info@ditta.it", "it")["entities"]
    assert [(e["entity"], e["value"]) for e in found] == [("pec", "ditta@pec.it"), ("email", "info@ditta.it")]


def test_the_only_address_stands_even_behind_a_not() -> None:
    found = parse("why not info@alfa.example", "en", "email")["entities"]
    assert [e["value"] for e in found] == ["info@alfa.example"]


@table(
    ("lang", "text", "address"),
    [
        ("en", "m, o, l, l at alfa dot com", "moll@alfa.com"),
        ("pl", "m, o, l, l, małpa alfa kropka pl", "moll@alfa.pl"),
        ("it", "b, e, l, l, i chiocciola alfa punto it", "belli@alfa.it"),
        ("en", "a for alpha, d for delta, a, m at alfa dot com", "adam@alfa.com"),
        ("en", "b as in bravo o b at alfa dot com", "bob@alfa.com"),
        ("it", "a come ancona, d come domodossola, a chiocciola alfa punto it", "ada@alfa.it"),
        ("pl", "a jak Anna, d jak Dorota, a, m małpa alfa kropka pl", "adam@alfa.pl"),
        ("en", "mike at hotel dot com", "mike@hotel.com"),
        ("en", "mike india charlie at alfa dot com", "mic@alfa.com"),
        ("en", "s, m, i, t, h, dot, j, o, h, n, s, o, n at alfa dot com", "smith.johnson@alfa.com"),
    ],
)
def test_an_address_is_spelled_letter_by_letter(lang: str, text: str, address: str) -> None:
    assert [e["value"] for e in parse(text, lang, "email")["entities"] if e["entity"] == "email"] == [address]


@table(
    ("lang", "text", "number"),
    [
        ("en", "three dozen", "36"),
        ("it", "due dozzine", "24"),
        ("pl", "dwa tuziny", "24"),
        ("en", "half a dozen", "6"),
        ("it", "un paio", "2"),
        ("it", "un paio di dozzine", "24"),
        ("pl", "było 5, teraz ma być 7", "7"),
        ("en", "it was 12, now 14 please", "14"),
        ("pl", "sto dwadzieścia dwa", "122"),
    ],
)
def test_a_quantity_is_the_number_that_counts(lang: str, text: str, number: str) -> None:
    assert [e["value"] for e in parse(text, lang, "quantity")["entities"] if e["entity"] == "quantity"] == [number]
