"""Placeholders are filled in one pass, deceptive characters become marks."""

from hypothesis import given
from hypothesis import strategies as st

from tests.kit.rows import all_rows
from values.incoming_text import Filled, fill_placeholders, placeholder_mistakes, visible


def test_values_come_into_their_places() -> None:
    filled = fill_placeholders(
        "Dzień dobry, {customer}: {order}, {{nie}} {order}.", {"customer": "Anna", "order": "FS/1"}
    )

    assert filled == Filled("Dzień dobry, Anna: FS/1, {nie} FS/1.")


def test_what_isnt_known_stays_and_is_named_once() -> None:
    filled = fill_placeholders("{order} {agent} {order}", {"order": ""})

    assert filled == Filled("{order} {agent} {order}", ("order", "agent"))


def test_a_value_is_never_read_as_a_text() -> None:
    nasty = "{password} {{ {0.__class__} %s {agent}"

    assert fill_placeholders("{customer}|{agent}", {"customer": nasty, "agent": "Ewa"}).text == f"{nasty}|Ewa"


def test_formats_and_attributes_are_no_places() -> None:
    assert placeholder_mistakes("{customer} {{x}}", {"customer"}) == ()
    assert placeholder_mistakes("{customer} {klient} {", {"customer"}) == ("klient", "{")
    assert "}" in placeholder_mistakes("{customer.x}", {"customer"})


@given(st.text(max_size=80), st.dictionaries(st.sampled_from(["customer", "order"]), st.text(max_size=20)))
def test_no_text_and_no_value_raises(text: str, values: dict[str, str]) -> None:
    filled = fill_placeholders(text, values)

    assert all(f"{{{name}}}" in text for name in filled.missing)
    if "{" not in text and "}" not in text:
        assert filled.text == text


@all_rows
def test_signs_are_seen(text: str, seen: str) -> None:
    assert visible(text) == seen
    assert visible(seen) == seen
