"""Masked contact data never shows more than it says it does."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.table import table
from values import masked, phone

anything = st.text(max_size=60)


@table(
    ("mask", "value", "shown"),
    [
        (masked.email, "anna@example.com", "a•••@example.com"),
        (masked.email, "a@example.com", "•••@example.com"),
        (masked.email, '"a@b"@example.com', '"•••@example.com'),
        (masked.email, "no address", "n••• a•••"),
        (masked.email, "@example.com", "@•••"),
        (masked.phone, phone.display("+48600700789"), "+48 ••• ••• 789"),
        (masked.phone, "+48600700789", "••• ••• 789"),
        (masked.phone, "12345", "••• •••"),
        (masked.words, "Anna Nowak", "A••• N•••"),
        (masked.words, "", "•••"),
    ],
)
def test_what_is_shown(mask: Callable[[str], str], value: str, shown: str) -> None:
    assert mask(value) == shown


@given(local=st.text(min_size=1, max_size=40), domain=st.from_regex(r"[a-z]{1,9}\.[a-z]{2,4}", fullmatch=True))
def test_of_an_address_the_first_sign_and_the_domain_at_most(local: str, domain: str) -> None:
    shown = masked.email(f"{local}@{domain}")

    assert shown in (f"{local[0]}•••@{domain}", f"•••@{domain}")
    assert len(local) > 1 or shown.startswith("•••")


@given(anything)
def test_of_a_number_three_signs_at_most(text: str) -> None:
    shown = masked.phone(text)
    assert len(shown.rpartition("•")[2].strip()) <= 3
    assert sum(sign.isalnum() for sign in shown) <= 3 + 4, "and the country"


@given(st.from_regex(r"\+[1-9][0-9]{0,2} [0-9]{3} [0-9]{3} [0-9]{3}", fullmatch=True))
def test_of_a_phone_number_the_middle_is_never_seen(number: str) -> None:
    code, *groups = number.split()

    assert masked.phone(number) == f"{code} ••• ••• {groups[-1]}"


@given(anything)
def test_how_long_a_word_is_stays_unknown(text: str) -> None:
    for word, shown in zip(text.split(), masked.words(text).split(), strict=False):
        assert shown in (f"{word[0]}•••", "•••")


@given(st.lists(st.text(alphabet="0123456789", min_size=6, max_size=14), min_size=2, max_size=2, unique=True))
def test_numbers_with_the_same_end_look_the_same(numbers: list[str]) -> None:
    for one, other in pairwise(numbers):
        assert masked.phone(one[:-3] + "789") == masked.phone(other[:-3] + "789")
