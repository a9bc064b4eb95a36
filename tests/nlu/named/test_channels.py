"""The other channel for codes, wished for in whatever words."""

from nlu.named.channels import read_channel
from tests.table import table
from values.meaning import Correction, Expected, Expects

CODE = Expected(Expects.contact_code, "contact_code", correctable={"contact_channel": Expects.choice})


@table(
    ("text", "channel"),
    [
        ("przepraszam, SMS do mnie nie dochodzi, wolę na e-mail", "email"),
        ("bez SMS-ów proszę, mail", "email"),
        ("zamiast maila poproszę SMS-a", "sms"),
        ("oj, jednak SMS", "sms"),
        ("niente sms, fate via mail", "email"),
        ("non la posta elettronica: l'altro modo", "sms"),
        ("scusate, mi sono sbagliata: meglio un SMS", "sms"),
        ("not by text, I'd prefer mail", "email"),
        ("forget the e-mail, I can never get into it. The other one", "sms"),
        ("can I have an e-mail instead?", "email"),
        ("actually not by text", "email"),
        ("scratch the text, rather by mail", "email"),
        ("usuń SMS, jednak mail", "email"),
        ("soz, make it a text message after all", "sms"),
    ],
)
def test_the_channel_that_is_meant_is_taken(text: str, channel: str) -> None:
    assert read_channel(text, CODE) == Correction("contact_channel", channel)


@table(
    "text",
    [
        "SMS nie przyszedł",
        "przepraszam, ten SMS nie doszedł",
        "mój e-mail to nie ten, przepraszam",
        "niente sms ancora",
        "scusi, la mail è sbagliata",
        "sorry, no SMS yet",
        "no email received",
        "sorry, wrong e-mail",
    ],
)
def test_a_message_that_does_not_come_and_a_wrong_address_wish_for_no_channel(text: str) -> None:
    assert read_channel(text, CODE) is None
