"""Derived values: told apart by purpose and parts, never made from a weak key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.keyed_hash import derived_id, keyed, token
from tests.services.domain.people import KEY


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_other_parts_make_another_value(left: list[str], right: list[str]) -> None:
    assert (keyed(KEY, "p", *left) == keyed(KEY, "p", *right)) == (left == right)


def test_purposes_and_keys_are_apart() -> None:
    made = {token(key, purpose, "x") for key in (KEY, b"k" * 32) for purpose in ("one", "two")}
    assert len(made) == 4
    assert all(len(text) == 43 and text.isascii() for text in made)
    assert keyed(KEY, "p", "\ud800") != keyed(KEY, "p", "?")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        keyed(b"short", "purpose")


def test_an_id_follows_from_its_parts() -> None:
    assert derived_id("o1", "subscription", "0") == derived_id("o1", "subscription", "0")
    assert len({derived_id("o1", "a"), derived_id("o1", "b"), derived_id("o1a")}) == 3
