from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtplib.email import parse_address
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.errors import ProviderRefused
from services.messaging import qr_codes
from services.messaging.mail import Mail, Picture, compose, message_id
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.services.outside import NOON
from tests.table import table
from values import email
from values.parsing import Ok

SENDER = "Okienko <desk@okienko.example>"
ENCODED = (
    "=?utf-8?q?ofiara?=@example.com",
    "=?utf-8?q?a=0d=0aBcc=3a=20x=40evil.example?=@example.com",
    "x=?utf-8?q?y?=z@example.com",
    "ofiara@=?utf-8?q?example.com?=",
)


def letter(**changes: str) -> bytes:
    known = Mail("anna@example.com", "Potwierdź adres", "Zażółć\n", "<p>Zażółć</p>")
    return compose(replace(known, **changes), sender=SENDER, key="conv:7:1", at=NOON).as_bytes()


def test_a_letter_carries_both_forms_and_its_key() -> None:
    read = message_from_bytes(letter(reply_to="biuro@example.com"), policy=default)
    assert (read["To"], read["From"], read["Subject"]) == ("anna@example.com", SENDER, "Potwierdź adres")
    assert (read["Message-ID"], read["Auto-Submitted"]) == ("<conv=3A7=3A1@okienko.example>", "auto-generated")
    assert (read["Reply-To"], read["Date"].datetime) == ("biuro@example.com", NOON)
    for folded in (f"{'x' * n} addebitiamo 60,27 PLN – Żółć" for n in range(1, 60)):
        assert message_from_bytes(letter(subject=folded), policy=default)["Subject"] == folded
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Zażółć"
    assert html.get_content().strip() == "<p>Zażółć</p>"


def test_a_persons_answer_isnt_declared_as_a_machines_and_stops_by_one_press() -> None:
    known = Mail("anna@example.com", "Odpowiedź", "Tak\n", "<p>Tak</p>", leave="https://desk.example/a/x/stop")
    answer = replace(known, reply_to="biuro@example.com", personal=True)
    read = message_from_bytes(compose(answer, sender=SENDER, key="answer:1", at=NOON).as_bytes(), policy=default)
    assert (read["Auto-Submitted"], read["Reply-To"]) == (None, "biuro@example.com")
    assert read["List-Unsubscribe"] == "<https://desk.example/a/x/stop>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@all_rows
def test_a_line_break_in_the_subject_adds_no_header(subject: str, read_as: str) -> None:
    written = letter(subject=subject)
    assert b"\nBcc:" not in written
    read = message_from_bytes(written, policy=default)
    assert (read["Bcc"], read["Subject"]) == (None, read_as)


@table("to", ["a@x.pl, b@y.pl", "a@x.pl\r\nBcc: b@y.pl", "", "anna", "a b@x.pl", "<a@x.pl", "@", "a@", *ENCODED])
def test_what_is_not_one_address_is_refused(to: str) -> None:
    with pytest.raises(ProviderRefused, match="recipient_refused"):
        letter(to=to)


@given(st.emails())
@example("0@A.A0000000000000000.A0000000000.A0000000.A000.A.A.A.A.A.A.A.A.A.A.A.A.COM")
def test_an_address_that_we_take_stands_in_the_header_as_it_stands_in_the_envelope(typed: str) -> None:
    taken = email.parse(typed)
    if isinstance(taken, Ok):
        unfolded = letter(to=taken.value).replace(b"\r\n ", b" ")  # a long one stands in a line of its own
        assert next(line for line in unfolded.splitlines() if line.startswith(b"To:")).decode() == f"To: {taken.value}"
        assert parse_address(taken.value) == taken.value, "as the SMTP client reads it"


@table("reply_to", [*ENCODED, "a@x.pl, b@y.pl"])
def test_a_letter_goes_out_without_an_address_for_answers_that_cant_stand_in_it(reply_to: str) -> None:
    read = message_from_bytes(letter(reply_to=reply_to), policy=default)
    assert (read["To"], read["Reply-To"], read["Bcc"]) == ("anna@example.com", None, None)


def test_words_that_cant_be_written_down_are_refused_for_good() -> None:
    with pytest.raises(ProviderRefused, match="recipient_refused"):
        letter(text="\ud800")


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


AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LETTER = Mail("anna@example.com", "Przelew", "Dane", '<body><img src="cid:qr" alt="Kod"></body>')
DESK = "Desk <desk@example.com>"


def test_a_picture_belongs_to_the_html_and_the_words_stay_readable_without_it() -> None:
    letter = compose(replace(LETTER, picture=Picture("qr", b"\x89PNG")), sender=DESK, key="k", at=AT)
    parts = {part.get_content_type(): part for part in letter.walk()}
    assert (parts["image/png"]["Content-ID"], parts["image/png"].get_content()) == ("<qr>", b"\x89PNG")
    assert parts["image/png"].get_content_disposition() == "inline"
    for kind, words in (("plain", "Dane"), ("html", 'src="cid:qr"')):
        assert words in present(letter.get_body(preferencelist=(kind,))).get_content()


def test_a_mail_program_can_offer_the_way_out_by_itself() -> None:
    letter = compose(replace(LETTER, leave="https://desk.example.com/s/abc"), sender=DESK, key="k", at=AT)
    assert letter["List-Unsubscribe"] == "<https://desk.example.com/s/abc>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert compose(LETTER, sender=DESK, key="k", at=AT)["List-Unsubscribe"] is None


TEXT = "BCD\n002\n1\nSCT\nBLOPIT22\nDemo S.p.A.\nIT60X0542811101000000123456\nEUR292.80\n\n\nCP/2026/000001"


@table("level", ["L", "M"])
def test_it_is_drawn_in_both_forms(level: qr_codes.Level) -> None:
    svg, png = qr_codes.svg(TEXT, level), qr_codes.png(TEXT, level)
    assert svg is not None
    assert svg.startswith("<svg ")
    assert "style=" not in svg, "the page's policy forbids it"
    assert png is not None
    assert png.startswith(b"\x89PNG")


def test_what_is_too_long_is_not_drawn() -> None:
    assert qr_codes.svg("x" * 400, "M") is None
    assert qr_codes.png("x" * 9000, "L") is None
