"""A contact on file that is out of reach leads to a person."""

from pathlib import Path

import pytest

from tests.desk.running import Running

VECTRA = Path("profiles/vectra")


@pytest.mark.parametrize("said", ["nie mam dostępu do tego numeru ani maila", "non ho accesso a quel numero"])
@pytest.mark.desk(profile=VECTRA)
async def test_who_reaches_no_contact_on_file_is_offered_a_person(desk: Running, said: str) -> None:
    customer = desk.customer()
    for words in ("start:sign_up", "10000017"):
        await customer.say(words)
    await customer.say(said)
    assert "/agent" in customer.buttons
    assert customer.at == "contact.contact_channel"
