"""An e-mail is one mailbox for letters' quotas however it is spelled, and none of its spellings is an alarm."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.usecases.command_deps import LETTERS
from sandbox.testing.pages import code_in
from services.contacts.code_quotas import RECOMMENDED
from services.store.tables.accounts import contact
from tests.desk.replicas import replicas
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.desk.test_customer_numbers import EWA, REGISTERED
from tests.desk.test_quotas_by_network import NetworkDoor, forgets
from tests.kit.talks import says

NETWORKS = ("203.0.113.9", "192.0.2.99", "198.51.100.7")
ENCODED = (
    "=?utf-8?q?ofiara?=@example.com",
    "=?utf-8?q?=6ffiara?=@example.com",
    "=?iso-8859-1?q?ofiara?=@example.com",
    "=?utf-8?b?b2ZpYXJh?=@example.com",
    "=?utf-8?q?x=40evil.example?=@example.com",
    "=?utf-8?q?a=0d=0aBcc=3a=20x=40evil.example?=@example.com",
    '"ofiara"@example.com',
)


async def test_however_an_address_is_spelled_its_mailbox_gets_so_many_letters_of_three_processes(
    tmp_path: Path, postgres: str
) -> None:
    spelled = [*ENCODED, "OFIARA@Example.com", *(f"ofiara+{n}@example.com" for n in range(1, 17))]
    async with replicas(tmp_path, postgres, 3, rate_limits="on") as desks:
        with capture_logs() as lines:
            chats = [NetworkDoor(desks.each[n % 3], NETWORKS[n % 3]) for n in range(len(spelled))]
            await asyncio.gather(*(forgets(chat, email) for chat, email in zip(chats, spelled, strict=True)))
            held = NetworkDoor(desks.all, None)
            await forgets(held, "ofiara@example.com")
        assert "wysłaliśmy już kilka wiadomości" in held.said[-1]
        sent = [letter["to"] for letter in (await desks.all.http.get("/sandbox/api/messages")).json()]
        assert len(sent) == next(rule for rule in LETTERS if rule.scope == "letters to").n, sent
        assert all(to.startswith("ofiara") and to.endswith("@example.com") for to in sent), sent
        assert [line for line in lines if line.get("alarm")] == []
        refused = [chat.said[-1] for chat in chats[: len(ENCODED)]]
        assert all(said.startswith("Taki adres nie może istnieć") for said in refused), refused
        await forgets(NetworkDoor(desks.all, None), "kto.inny+1@example.com")
        assert len(await desks.all.outbox("kto.inny+1@example.com")) == 1, "nobody else's letters wait for it"


@pytest.mark.desk(profile=Path("profiles/vectra"))
async def test_an_address_stored_long_ago_as_an_encoded_word_is_a_recipient_refused_at_once(desk: Running) -> None:
    spelled = sa.update(contact).where(contact.c.value == EWA).values(value=ENCODED[5])
    await desk.installation.store.write(lambda connection: connection.execute(spelled).rowcount)
    with capture_logs() as lines:
        ewa = await says(desk.customer(), "start:forgot_password", REGISTERED, "contact_channel:email")
        await ewa.settled()
    assert ewa.expects != "wait"
    assert [line["event"] for line in lines if line.get("alarm")] == []
    assert (await desk.http.get("/sandbox/api/messages")).json() == []


@pytest.mark.desk(rate_limits="on")
async def test_wrong_codes_from_letters_are_counted_for_the_mailbox(desk: Running) -> None:
    async def awaited(n: int) -> tuple[Scripted, str]:
        buyer = await Scripted(desk, Person(email=f"anna+{n}@example.com", phone=f"+4850{n}100200")).run("email_link")
        return buyer, code_in((await desk.outbox(buyer.person.email))[-1]["text"])

    for n in range(2):
        guesser, code = await awaited(n)
        for _ in range(RECOMMENDED.tries_per_code):
            await guesser.say(f"{(int(code) + 1) % 10**6:06d}")
    held, code = await awaited(2)
    await held.say(code)
    assert held.customer.expects == "email_link", "ten wrong ones a day: not even the right one is compared"
    assert (await desk.http.post((await desk.outbox("anna+2@example.com"))[-1]["links"][0])).status_code == 200
