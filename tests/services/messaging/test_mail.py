from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.errors import ProviderRefused
from services.messaging.mail import Mail, compose, message_id
from tests.services.outside import NOON
from tests.table import table

SENDER = "Okienko <desk@okienko.example>"


def letter(**changes: str) -> bytes:
    known = Mail("anna@example.com", "Potwierdź adres", "Zażółć\n", "<p>Zażółć</p>")
    return compose(replace(known, **changes), sender=SENDER, key="conv:7:1", at=NOON).as_bytes()


def test_a_letter_carries_both_forms_and_its_key() -> None:
    read = message_from_bytes(letter(reply_to="biuro@example.com"), policy=default)
    assert read["To"] == "anna@example.com"
    assert read["From"] == SENDER
    assert read["Subject"] == "Potwierdź adres"
    assert read["Message-ID"] == "<conv=3A7=3A1@okienko.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Reply-To"] == "biuro@example.com"
    assert read["Date"].datetime == NOON
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Zażółć"
    assert html.get_content().strip() == "<p>Zażółć</p>"


def test_a_line_break_in_the_subject_adds_no_header() -> None:
    read = message_from_bytes(letter(subject="Hi\r\nBcc: all@example.com"), policy=default)
    assert read["Bcc"] is None
    assert read["Subject"] == "Hi Bcc: all@example.com"


@table("to", ["a@x.pl, b@y.pl", "a@x.pl\r\nBcc: b@y.pl", "", "anna", "a b@x.pl", "<a@x.pl", "@", "a@"])
def test_what_is_not_one_address_is_refused(to: str) -> None:
    with pytest.raises(ProviderRefused, match="recipient_refused"):
        letter(to=to)


def test_an_address_in_other_letters_may_stand_in_a_letter() -> None:
    assert "łukasz@example.com".encode() in letter(to="łukasz@example.com")


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_message_ids_are_one_to_one_and_plain(one: str, other: str) -> None:
    ids = [message_id(key, SENDER) for key in (one, other)]
    assert (ids[0] == ids[1]) == (one == other)
    assert ids[0].isascii()
    assert " " not in ids[0]


def test_a_letter_does_not_show_itself() -> None:
    mail = Mail("anna@example.com", "subject-x", "text-x", "html-x")
    assert not any(part in repr(mail) for part in ("anna", "subject-x", "text-x", "html-x"))
