"""The texts that all profiles share: the same in three languages, complete, and free of what doesn't belong."""

import ast
import re
from collections.abc import Iterator

from bot.profile.text_checks import counted_forms
from bot.texts.text import TextChoice, choices, includes, leaves, merge_seller_cases, names
from bot.texts.toml_tables import HERE, LOCALES, common
from tests.architecture.rooms import sources, tree
from tests.table import table
from values.sms import is_one_part

LONGEST_TITLE = 32


def every(locale: str) -> Iterator[tuple[str, str]]:
    """Each key with each wording of it, places shown as {}."""
    for key, text in common(locale).items():
        for words in leaves(text):
            yield key, "".join(piece if isinstance(piece, str) else "{}" for piece in words.pieces)


def used(locale: str, key: str) -> set[str]:
    """The places of a text and of all that it includes."""
    text = common(locale)[key]
    included = (used(locale, other) for other in includes(text) if other in common(locale))
    return set(merge_seller_cases(names(text))).union(*included)


def test_every_language_has_the_same_keys() -> None:
    keys = {str(locale): set(common(locale)) for locale in LOCALES}

    for locale, own in keys.items():
        assert not set().union(*keys.values()) - own, f"add these to bot/texts/{locale}/"
    assert len(keys["pl"]) > 400


@table("key", sorted(common("pl")))
def test_every_language_fills_the_same_places(key: str) -> None:
    # A count that one language says in words may stand as a choice only: then its name is used all the same.
    assert used("pl", key) == used("it", key) == used("en", key)


@table("locale", LOCALES)
def test_plurals_are_complete(locale: str) -> None:
    for key, text in common(locale).items():
        for choice in choices(text):
            if choice.kind == "plural":
                lacking = counted_forms(locale) - set(choice.cases) - {"many" if "other" in choice.cases else ""}
                assert not lacking, f"{key} lacks {lacking}"


@table("locale", LOCALES)
def test_no_value_falls_through_a_choice(locale: str) -> None:
    for key, text in common(locale).items():
        for choice in choices(text):
            cases = set(choice.cases)
            assert choice.kind == "form" or "other" in cases or {"yes", "no"} <= cases, key


@table("locale", LOCALES)
def test_nothing_that_the_house_forbids(locale: str) -> None:
    strange = set("„”«»“") - set({"pl": "„”", "it": "«»", "en": "“”"}[locale])
    parts = {part for text in common(locale).values() for part in includes(text)}
    for key, words in every(locale):
        assert "!" not in words, f"{key}: the desk doesn't shout"
        assert "'" not in words or locale == "it" or key == "sms.code", f"{key}: a straight apostrophe"
        assert '"' not in words, f"{key}: straight quotation marks"
        assert not strange & set(words), f"{key}: quotation marks of another language"
        assert not re.search(r"[\U0001F000-\U0001FFFF\u2600-\u27BF]", words), f"{key}: a picture"
        assert not re.search(r"\.\.\.|  | \n|\w(?:łeś|łaś)\b|\(a\)", words), f"{key}: {words}"
        assert words == words.strip() or key in parts, f"{key}: blanks at an end"


@table("locale", LOCALES)
def test_a_number_never_stands_alone_at_a_lines_end(locale: str) -> None:
    units = r"(?:dni|znaków|cyfr|minut|rok|lat|giorni|cifre|minuti|anni|days|digits|minutes|years|%)"
    for key, words in every(locale):
        if key != "sms.code":
            assert not re.search(rf"(?:\d|\{{\}}) {units}\b", words), f"{key}: {words}"


@table("locale", LOCALES)
def test_one_question_a_message(locale: str) -> None:
    for key, words in every(locale):
        if key.endswith(".ask"):
            assert words.count("?") <= 1 or key in ("account.account.ask", "account.reset_email.ask"), f"{key}: {words}"


ACTS = (
    "option.zone.withdraw",
    "option.pay.now",
    "option.pay.later",
    "option.trial.start",
    "option.terms_clauses.accept",
)
"""Buttons that say in full what is done by pressing them."""
SUMS = ("option.term",)
"""Buttons that say what is paid, and what instead of."""


@table("locale", LOCALES)
def test_buttons_are_short(locale: str) -> None:
    for key, words in every(locale):
        if key.startswith(("option.", "edit.")):
            assert len(words) <= LONGEST_TITLE or key == "option.pay.later", f"{key}: {words}"
            assert len(words.split()) <= 3 or key in (*ACTS, *SUMS), f"{key}: {words}"
            assert not words[0].islower(), f"{key}: {words}"


def test_the_paying_button_says_by_law_that_it_obliges() -> None:
    assert {locale: dict(every(locale))["option.pay.now"] for locale in LOCALES} == {
        "pl": "Zamawiam z obowiązkiem zapłaty",
        "it": "Ordine con obbligo di pagare",
        "en": "Order with obligation to pay",
    }


@table("locale", LOCALES)
@table("seller", ["FakturaSmart", "A Rather Long Seller’s Name"[:20]])
def test_the_sms_is_one_part_with_one_number(locale: str, seller: str) -> None:
    words = dict(every(locale))["sms.code"].replace("{}", seller, 1).replace("{}", "123456", 1)

    assert is_one_part(words)
    assert re.findall(r"\d{4,8}", words) == ["123456"]


REASON = re.compile(r"([a-z_]+)\.[a-z_]+")


def reasons() -> set[str]:
    """Every reason for which a parser refuses: the literals of each kind that `ParseRefused` is made with."""
    nodes = [node for path in sources("values", "dialogs") for node in ast.walk(tree(path))]
    made = [node.args[0] for node in nodes if isinstance(node, ast.Call) and called(node.func) == "ParseRefused"]
    kinds = {found[1] for first in made for node in ast.walk(first) if (found := _reason(node))}
    return {found[0] for node in nodes if (found := _reason(node)) and found[1] in kinds}


def _reason(node: ast.AST) -> re.Match[str] | None:
    return REASON.fullmatch(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_reason_for_a_refusal_has_words() -> None:
    lacking = {reason for reason in reasons() - {"tax_number.parse"} if f"refused.{reason}" not in common("pl")}

    assert len(reasons()) > 50
    assert not lacking, "add refused.REASON to the dialog's file in bot/texts/LANGUAGE/, or to refused.toml"


def said_in_code() -> Iterator[tuple[str, str]]:
    """Every text key that stands literally in the dialogs and the root, with where."""
    for path in sources("dialogs", "bot"):
        for node in ast.walk(tree(path)):
            match node:
                case ast.Call(func, args) if len(args) > (at := KEY_AT.get(called(func), 99)):
                    if isinstance(key := getattr(args[at], "value", None), str):
                        yield key, f"{path.name}:{node.lineno}"
                case _:
                    pass


def called(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


KEY_AT = {"Say": 0, "Option": 1, "Word": 0, "words": 0}


def test_every_key_in_the_code_has_words() -> None:
    keys = [(key, where) for key, where in said_in_code() if re.fullmatch(r"[a-z_]+(?:\.[a-z_0-9]+)+", key)]
    lacking = {f"{key} at {where}" for key, where in keys if key not in common("pl")}

    assert len(keys) > 100
    assert not lacking, "add them to the dialog's file in bot/texts/pl/"


def test_each_file_holds_only_texts() -> None:
    for locale in LOCALES:
        assert {path.name for path in (HERE / locale).iterdir()} == {path.name for path in (HERE / "pl").iterdir()}


def test_choices_are_used() -> None:
    assert any(isinstance(text, TextChoice) for locale in LOCALES for text in common(locale).values())
