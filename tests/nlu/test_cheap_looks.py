"""A cheap look before a reader of messages lets through every message in which the reader finds something."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import pytest

from nlu import commands
from nlu.corrections import step_back
from nlu.entities import addresses
from nlu.facts import company_facts, stated
from nlu.languages.shipped import KNOWN, order_langs
from nlu.named import channels, consent_names, discount_codes, taken_back
from nlu.numbers import groups
from nlu.phrase_lines import Forms
from nlu.stance import values as stance_values
from tests.architecture.rooms import ROOT
from tests.nightly import portion
from values import redaction
from values.expected import Expected
from values.meaning import Expects
from values.parsing import fold_words

ANY = re.compile("")
LANGS = order_langs(KNOWN, "pl")
EMAIL = Expected(Expects.email, "email", home="IT", correctable={channels.CHANNEL: Expects.choice})
ODD = (
    "one\u0335 two three",
    "FOUR\u200bfive",
    "\uff50\uff41\uff53\uff53word: Abc123!",
    "pa\u017f\u017fword: Abc123!x",
    "has\u0141o: Abc123!x",
    "\u0664\u0665\u0666 \u216bII 512",
    "xoxb-abcdefghij",
    "-----BEGIN PRIVATE KEY-----\nabc",
    "pin \uff11\uff12\uff13\uff14",
    "dwadzie\u015bcia trzy",
    "ventitremila",
    "4111-1111 1111_1111",
    "RSSMRA85T10A562S",
    "firma \u00d7Alfa srl",
    "sede a \u0130zmir",
    "F\u0131rma Alfa sp. z o.o.",
    "krok di-prima",
    "rece\u200bdo dal contratto",
    "Rescind the contract",
    "anna [at] firma.pl",
    "Kod  CVC: 123",
    "CODICE DESTINATARIO: M5UXCR1",
    "prosze, pomoc, grazie",
    "Zamówiłem przez pomyłkę",
)
"""What is folded in unusual ways, or has the least that a reader needs."""


@cache
def texts() -> tuple[str, ...]:
    """Return the held-back sentences of all languages, as they are and in capitals, and odd ones."""
    files = sorted((ROOT / "tests/nlu/held_back").glob("*.jsonl"))
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    said = [row["text"] for row in map(json.loads, lines) if "text" in row]
    return (*portion(said, 4), *portion(map(str.upper, said[::7]), 4), *ODD)


def secrets(text: str) -> object:
    return redaction.redact(text, Expects.payment)


def companies(text: str) -> object:
    return tuple(company_facts.company_facts(text, Expects.email, LANGS))


class Any:
    """A set that every word may be in."""

    @staticmethod
    def isdisjoint(_words: object) -> bool:
        return False


def facts(text: str) -> object:
    return stated.find_facts(text, EMAIL, LANGS)


Look = tuple[ModuleType, str, object, Callable[[str], object]]


def looks() -> Iterator[Look]:
    """Yield each look with what lets everything through, and the reader behind it."""
    yield redaction, "_may_count", lambda *_: True, secrets
    yield redaction, "_LIKE_A_KEY", ANY, secrets
    yield redaction, "_LIKE_A_CUE", ANY, secrets
    yield groups, "may_count", lambda *_: True, lambda text: repr(groups.runs.__wrapped__(text, LANGS))
    yield company_facts, "_MAY_BEGIN", ANY, companies
    yield company_facts, "_MAY_CALL", ANY, companies
    yield addresses, "_MAY_LOOSE", ANY, lambda text: addresses.find_addresses(text, LANGS)
    yield stance_values, "_MAY_VALUE", ANY, lambda text: stance_values.hide_withheld.__wrapped__(text, LANGS)
    yield step_back, "_TURNS", ANY, step_back.reads_step_back
    yield redaction, "_LIKE_A_DIGIT_CUE", ANY, secrets
    yield discount_codes, "_A_DIGIT", ANY, lambda text: discount_codes.typed_codes.__wrapped__(text, LANGS)
    yield stated, "_MAY_DELIVER", ANY, facts
    yield consent_names, "_MAY_CALL", ANY, lambda text: consent_names.speaks_of_ads(fold_words(text))
    yield taken_back, "_MISTAKE", ANY, lambda text: taken_back.read_grievance(text, LANGS)
    yield commands, "_OF_COURTESY", Any(), lambda text: commands.read_command(text, LANGS)
    yield channels, "_may_name_one", lambda _words: True, lambda text: channels.read_channel(text, EMAIL)
    yield taken_back, "_LIKE_ONE", ANY, lambda text: taken_back.states_withdrawal(text, LANGS)


@cache
def read_behind(read: Callable[[str], object]) -> list[object]:
    """Return what a reader finds in each of the texts."""
    return [read(text) for text in texts()]


def test_each_pattern_that_a_reader_names_is_in_its_table() -> None:
    for path in (ROOT / "nlu").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for table in re.findall(r'_SAYS = Forms\("(\w+)"\)', source):
            assert vars(Forms(table)).keys() >= {*re.findall(r"\b_SAYS\.(\w+)", source)}, path.name


@pytest.mark.parametrize("look", [*looks()], ids=lambda look: f"{look[0].__name__}.{look[1]}")
def test_a_look_hides_nothing_from_its_reader(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, open_, read = look
    behind = read_behind(read)
    monkeypatch.setattr(module, name, open_)
    assert not [text for text, found in zip(texts(), behind, strict=True) if read(text) != found]
