"""Every text of every profile in every language, said with each kind of value that may reach it, and read for style."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice, product
from pathlib import Path

import pytest

from bot.profile.load import load
from bot.profile.profile import Profile
from bot.texts.catalogue import MissingText, Value
from bot.texts.text import SELLER_CASES, Text, TextChoice, choices, includes, names
from bot.web.page_texts import words
from dialogs.kit import Word
from tests.architecture.rooms import ROOT
from tests.table import table
from values.money import Money

PROFILES = [*sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml")), ROOT / "bot/profile/template"]
AT = datetime(2026, 11, 8, 10, 46, tzinfo=UTC)
MOST = 64  # combinations of one text's choices; what they choose is said in each case at least once
MONEY = {"gross", "net", "vat", "unit_net", "off"}
DAYS = {"ends", "grace", "on", "until", "since", "issued", "due", "expires", "again", "vat_checked"}


def sample(name: str) -> Value:
    """A value of the kind that a place of this name gets."""
    if name in MONEY:
        return Money(123450, "PLN")
    if name in DAYS or name.endswith("_at"):
        return AT
    return "Bursztyn sp. z o.o."


def cases(choice: TextChoice) -> tuple[Value, ...]:
    if choice.kind == "plural":
        return (0, 1, 2, 5, 22, None)
    known: dict[str, Value] = {"none": None, "yes": True, "no": False, "other": "anything else"}
    return tuple(known.get(case, case) for case in choice.cases)


def needed(profile: Profile, text: Text, locale: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The places of a text and of all that it puts in."""
    found = set(names(text)) - SELLER_CASES.keys()
    for key in includes(text) - seen:
        found |= needed(profile, profile.catalogue.find(key, locale), locale, seen | {key})
    return found


def said(profile: Profile, locale: str) -> Iterator[tuple[str, str]]:
    """Each text with each wording that it may come to. What a seller never says may put in texts that it hasn't."""
    catalogue = profile.catalogue
    fixed = {"seller": profile.seller.name, **profile.facts, "plan": Word("word.unlisted", (("product", "basic"),))}
    for key, text in catalogue.texts[locale].items():
        try:
            places: dict[str, Value] = {name: sample(name) for name in needed(profile, text, locale)} | fixed
        except MissingText:
            continue
        chosen = {choice.param: cases(choice) for choice in choices(text) if choice.kind != "form"}
        for values in islice(product(*chosen.values()), MOST):
            yield key, catalogue.fill(key, {**places, **dict(zip(chosen, values, strict=True))}, locale)


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_every_text_can_be_said_with_every_value(folder: Path) -> None:
    profile = load(folder)
    for locale in profile.seller.locales:
        told = list(said(profile, locale))
        assert len({key for key, _ in told}) > 0.95 * len(profile.catalogue.texts[locale])
        for key, wording in told:
            assert wording or key in EMPTY or isinstance(profile.catalogue.find(key, locale), TextChoice), key


# What a native never writes, by language, with what is wrong with it; names, example addresses and the guides' own
# sentences aside.
PERSON = "a person is asked for, not a human being"
WORD_FOR_WORD = "translated word for word"
QUOTES = "the language has quotation marks of its own"
NEVER = {
    "pl": {
        r"[Cc]złowie[kc]": PERSON,
        r"idzie (?:tam|wiadom|SMS|e-mail)|\bstoi\b|zapytasz pod": WORD_FOR_WORD,
        r"Podaj Twój": "the reader's own things are 'swój'",
        r"\(wymagana\)": "say it in a sentence",
        r"\"": QUOTES,
    },
    "it": {
        r"fino a (?:\d|\{)": "a day takes its article: fino al 20",
        r"[Uu]na persona può|Sei uscito|in viaggio": WORD_FOR_WORD,
        r"\b(?:[Ii]l|[Aa]l|[Dd]al) (?:8|11) \w+ 20": "before 8 and 11 the article is l'",
        r"\"": QUOTES,
    },
    "en": {
        r"\b(?:[Aa]|[Tt]he|[Tt]his|this) letter\b": "an e-mail is no letter",
        r"goes by\b|[Aa]ccount (?:was|has been|is) made|stands (?:on|there)": WORD_FOR_WORD,
    },
    "de": {r"\bMensch(?:en)?\b": PERSON, r"\"": QUOTES},
}
EVERYWHERE = {
    r"(?<!\.)\.\.(?!\.)|!!|\?\?": "a sign stands twice",
    r" ,|\(\s*\)|: :": "a place was empty",
    r"\{|\}": "a place wasn't filled",
}
EMPTY = frozenset[str]()
QUOTED = {"on_file.password_rule"}  # published words that name signs


def faults(wording: str, rules: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with a wording: the words, and the rule that they break."""
    for rule, why in rules.items():
        if hit := re.search(rule, wording):
            around = wording[max(0, hit.start() - 40) : hit.end() + 20]
            yield f"…{around}… has {hit[0]!r}: {why} (rule {rule})"


def test_a_fault_names_its_rule() -> None:
    found = list(faults("Wie viele Menschen?", NEVER["de"]))
    assert found == [rf"…Wie viele Menschen?… has 'Menschen': {PERSON} (rule \bMensch(?:en)?\b)"]


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_nothing_is_said_that_a_native_stumbles_over(folder: Path) -> None:
    profile = load(folder)
    for locale in profile.seller.locales:
        found = {
            f"{key}: {fault}"
            for key, wording in said(profile, locale)
            if QUOTED.isdisjoint({key, *includes(profile.catalogue.find(key, locale))})
            for fault in faults(wording, NEVER[locale] | EVERYWHERE)
        }
        assert not found, locale


@table("locale", ["pl", "it", "en"])
def test_pages_keep_the_same_rules(locale: str) -> None:
    assert [(key, fault) for key, text in words(locale).texts.items() for fault in faults(text, NEVER[locale])] == []
