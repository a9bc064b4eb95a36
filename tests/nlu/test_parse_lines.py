"""The JSON lines of `okienko nlu parse`: one answer a line, whatever the line."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nlu.parse import parse_lines
from tests.table import table


def answers(*lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in parse_lines(lines)]


def test_the_form_is_rasas() -> None:
    (answer,) = answers(json.dumps({"text": "Ile to kosztuje?", "lang": "pl"}))
    assert (answer["text"], answer["intent"]["name"]) == ("Ile to kosztuje?", "ask_price")
    assert 0.5 <= answer["intent"]["confidence"] <= 1
    assert (answer["intent_ranking"][0], answer["entities"]) == (answer["intent"], [])


@table(
    "line",
    [
        "{",
        "[]",
        "null",
        "5",
        '"x"',
        '{"text": 5}',
        '{"text": null, "lang": 7, "asked": []}',
        '{"lang": "pl"}',
        "[" * 5000,
        '{"text": "\\ud800", "lang": "xx", "asked": "nonsense"}',
        '{"text": "123", "asked": "nip\\u0000"}',
    ],
)
def test_a_broken_line_is_answered_as_out_of_scope(line: str) -> None:
    (answer,) = answers(line)
    assert set(answer) == {"text", "intent", "entities", "intent_ranking"}


def test_blank_lines_are_passed_over_and_order_is_kept() -> None:
    rows = answers('{"text": "cześć", "lang": "pl"}', "  \n", '{"text": "ciao", "lang": "it"}')
    assert [row["text"] for row in rows] == ["cześć", "ciao"]


@given(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=200),
    st.sampled_from(["pl", "it", "en", "xx"]),
    st.sampled_from(
        [None, "nip", "phone", "sms_code", "codice_destinatario", "discount_code", "email", "quantity", "?"]
    ),
)
def test_no_text_makes_it_raise(text: str, lang: str, asked: str | None) -> None:
    (answer,) = answers(json.dumps({"text": text, "lang": lang, "asked": asked}))
    assert answer["text"] == text


def test_the_reasons_are_asked_for() -> None:
    line = json.dumps({"text": "kolega ma NIP 9876543210, zaraz znajdę swój", "lang": "pl"})
    (answer,) = (json.loads(one) for one in parse_lines([line], reasons=True))
    assert [clause["stance"] for clause in answer["why"]["clauses"]] == ["others", "later"]
    assert answer["why"]["not_given"] == ["NIP 9876543210"]
    assert "why" not in answers(line)[0]
