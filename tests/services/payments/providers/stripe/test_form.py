"""The form that Stripe is sent: whatever is in it, the far end reads the same out of it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.payments.stripe.api import parse, pattern
from services.payments.providers.stripe.form import encode, pairs

NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True).filter(lambda name: name != "metadata")
LEAVES = st.text(max_size=12) | st.integers(-10, 10**9) | st.booleans() | st.none()
TREES = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=4,
)


def left(tree: Any) -> Any:
    """What of it can be said in a form: texts, nothing that is None or empty."""
    if isinstance(tree, bool):
        return "true" if tree else "false"
    if isinstance(tree, dict):
        inner = {name: left(value) for name, value in tree.items()}
        return {name: value for name, value in inner.items() if value is not None} or None
    if isinstance(tree, list):
        return [value for value in map(left, tree) if value is not None] or None
    return None if tree is None else str(tree)


@given(TREES)
def test_what_is_written_is_what_is_read(tree: dict[str, Any]) -> None:
    known = {pattern(name) for name, _ in pairs(tree)}
    assert parse(encode(tree).decode(), known) == (left(tree) or {})


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=3))
def test_metadata_bear_any_text(metadata: dict[str, str]) -> None:
    plain = {name: value for name, value in metadata.items() if not set(name) & set("[]") and not name.isdecimal()}
    assert parse(encode({"metadata": plain}).decode(), {"metadata[*]", "metadata[#]"}) == (
        {"metadata": plain} if plain else {}
    )


def test_names_are_nested_in_brackets() -> None:
    form = {"line_items": [{"price_data": {"unit_amount": 4900}}], "confirm": True, "left": None, "ż": "ó &="}
    assert encode(form) == (
        b"line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=4900&confirm=true&%C5%BC=%C3%B3+%26%3D"
    )
