"""A contact on file that is out of reach leads to a person."""

from pathlib import Path

import pytest

from tests.desk.running import running_desk

VECTRA = Path("profiles/vectra")


@pytest.mark.parametrize("said", ["nie mam dostępu do tego numeru ani maila", "non ho accesso a quel numero"])
async def test_who_reaches_no_contact_on_file_is_offered_a_person(tmp_path: Path, said: str) -> None:
    async with running_desk(tmp_path, profile=VECTRA) as desk:
        customer = desk.customer()
        for words in ("start:sign_up", "10000017"):
            await customer.say(words)
        await customer.say(said)
        assert "/agent" in customer.buttons
        assert customer.at == "contact.contact_channel"
