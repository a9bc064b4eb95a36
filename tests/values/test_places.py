"""Words with places: one pass, a closed list, nothing that a value says is ever read as a text."""

from hypothesis import given
from hypothesis import strategies as st

from values import places


def test_values_come_into_their_places() -> None:
    filled = places.fill("Dzień dobry, {customer}: {order}, {{nie}} {order}.", {"customer": "Anna", "order": "FS/1"})

    assert filled == places.Filled("Dzień dobry, Anna: FS/1, {nie} FS/1.")


def test_what_isnt_known_stays_and_is_named_once() -> None:
    filled = places.fill("{order} {agent} {order}", {"order": ""})

    assert filled == places.Filled("{order} {agent} {order}", ("order", "agent"))


def test_a_value_is_never_read_as_a_text() -> None:
    nasty = "{password} {{ {0.__class__} %s {agent}"

    assert places.fill("{customer}|{agent}", {"customer": nasty, "agent": "Ewa"}).text == f"{nasty}|Ewa"


def test_formats_and_attributes_are_no_places() -> None:
    assert places.names("{customer.__class__} {customer!r} {customer:>10} {0} {customer}") == ("customer",)
    assert places.mistakes("{customer} {{x}}", {"customer"}) == ()
    assert places.mistakes("{customer} {klient} {", {"customer"}) == ("klient", "{")
    assert "}" in places.mistakes("{customer.x}", {"customer"})


@given(st.text(max_size=80), st.dictionaries(st.sampled_from(["customer", "order"]), st.text(max_size=20)))
def test_no_text_and_no_value_raises(text: str, values: dict[str, str]) -> None:
    filled = places.fill(text, values)

    assert set(filled.missing) <= set(places.names(text))
    if "{" not in text and "}" not in text:
        assert filled.text == text
