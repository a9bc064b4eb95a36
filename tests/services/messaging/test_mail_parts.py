"""What a letter carries beside its words: a picture that stands in it, and the way out of such letters."""

from datetime import UTC, datetime

from msgspec.structs import replace

from services.messaging.mail import Mail, Picture, compose
from tests.kit.narrow import present

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LETTER = Mail("anna@example.com", "Przelew", "Dane", '<body><img src="cid:qr" alt="Kod"></body>')
SENDER = "Desk <desk@example.com>"


def test_a_picture_belongs_to_the_html_and_the_words_stay_readable_without_it() -> None:
    letter = compose(replace(LETTER, picture=Picture("qr", b"\x89PNG")), sender=SENDER, key="k", at=AT)
    parts = {part.get_content_type(): part for part in letter.walk()}
    assert parts["image/png"]["Content-ID"] == "<qr>"
    assert parts["image/png"].get_content() == b"\x89PNG"
    assert parts["image/png"].get_content_disposition() == "inline"
    for kind, words in (("plain", "Dane"), ("html", 'src="cid:qr"')):
        assert words in present(letter.get_body(preferencelist=(kind,))).get_content()


def test_a_mail_program_can_offer_the_way_out_by_itself() -> None:
    letter = compose(replace(LETTER, leave="https://desk.example.com/s/abc"), sender=SENDER, key="k", at=AT)
    assert letter["List-Unsubscribe"] == "<https://desk.example.com/s/abc>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert compose(LETTER, sender=SENDER, key="k", at=AT)["List-Unsubscribe"] is None
