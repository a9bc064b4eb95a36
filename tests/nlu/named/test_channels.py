"""The other channel for codes, wished for in whatever words."""

from nlu.named.channels import read_channel
from tests.kit.rows import all_rows
from values.meaning import Correction, Expected, Expects

CODE = Expected(Expects.contact_code, "contact_code", correctable={"contact_channel": Expects.choice})


@all_rows
def test_the_channel_that_is_meant_is_taken(text: str, channel: str) -> None:
    assert read_channel(text, CODE) == Correction("contact_channel", channel)


@all_rows
def test_a_message_that_does_not_come_and_a_wrong_address_wish_for_no_channel(text: str) -> None:
    assert read_channel(text, CODE) is None
