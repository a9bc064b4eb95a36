"""The client of the help desk's API against the stand-in, and against answers that no help desk gives."""

from pathlib import Path

import httpx
import pytest

from sandbox.faults import Mode
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.support.chatwoot.client import PAGE, Chatwoot, ChatwootGone
from tests.kit.narrow import present
from tests.services.outside import FarEnd, breaker
from tests.services.standins import PASSING, StandIns


def chatwoot(world: StandIns, token: str | None = None) -> Chatwoot:
    ends = world.endpoints["chatwoot"]
    return Chatwoot(
        world.client,
        url=ends["url"],
        account_id=ends["account_id"],
        inbox_id=ends["inbox_id"],
        token=ends["token"] if token is None else token,
        breaker=world.breaker("chatwoot"),
        timeout_s=0.2,
    )


async def test_a_contact_and_its_conversation_are_found_by_our_names(tmp_path: Path) -> None:
    desk = chatwoot(StandIns(tmp_path))
    assert await desk.find_contact("okienko-ab") is None
    made = await desk.make_contact({"identifier": "okienko-ab", "name": "x", "email": "Anna@example.com"})
    assert await desk.find_contact("okienko-ab") == made
    assert await desk.find_contact("anna@EXAMPLE.com") == made
    assert await desk.find_contact("okienko-a") is None, "a part of it isn't it"
    with pytest.raises(ProviderRefused):
        await desk.make_contact({"identifier": "okienko-cd", "name": "x", "email": "Anna@example.com"})
    with pytest.raises(ProviderRefused):
        await desk.make_contact({"identifier": "okienko-cd", "name": "x", "phone_number": "512"})
    assert await desk.find_conversation(made.id, "ab") is None
    first = await desk.make_conversation(made.id, "ab", {"okienko_step": "a.b"})
    last = await desk.make_conversation(made.id, "ab", {})
    await desk.make_conversation(made.id, "another", {})
    assert present(await desk.find_conversation(made.id, "ab")).id == last.id > first.id
    await desk.describe(last.id, "ab", {"okienko_step": "c.d"})
    assert (await desk.conversation(last.id)).custom_attributes == {"okienko_conversation": "ab", "okienko_step": "c.d"}


async def test_messages_come_in_order_page_by_page(tmp_path: Path) -> None:
    desk = chatwoot(StandIns(tmp_path))
    contact = await desk.make_contact({"identifier": "okienko-ab", "name": "x"})
    there = await desk.make_conversation(contact.id, "ab", {})
    for number in range(PAGE + 3):
        await desk.add(there.id, str(number), from_customer=number % 2 == 0, source_id=f"okienko:{number}")
    found = await desk.messages(there.id, 0)
    assert [message.content for message in found] == [str(number) for number in range(PAGE + 3)]
    assert [(m.message_type, m.private) for m in found[:2]] == [(0, False), (1, True)]
    assert await desk.messages(there.id, found[-1].id) == []
    await desk.set_status(there.id, "resolved")
    await desk.add(there.id, "und?", from_customer=True, source_id="okienko:999")
    assert (await desk.conversation(there.id)).status == "open", "a customer's word opens it again"


async def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    desk = chatwoot(StandIns(tmp_path))
    contact = await desk.make_contact({"identifier": "okienko-ab", "name": "x"})
    there = await desk.make_conversation(contact.id, "ab", {})
    await desk.delete_conversation(there.id)
    await desk.delete_contact(contact.id)
    for asked in (desk.conversation(there.id), desk.messages(there.id, 0), desk.delete_conversation(there.id)):
        with pytest.raises(ChatwootGone):
            await asked
    with pytest.raises(ChatwootGone):
        await desk.add(there.id, "x", from_customer=True, source_id="okienko:1")


async def test_a_wrong_token_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        await chatwoot(StandIns(tmp_path), "wrong").me()


@pytest.mark.parametrize("mode", PASSING)
async def test_a_passing_fault_is_ridden_out_where_nothing_is_made(tmp_path: Path, mode: Mode) -> None:
    world = StandIns(tmp_path)
    world.fault("chatwoot", mode, 1)
    assert await chatwoot(world).me() == 1


async def test_what_may_stand_there_is_not_sent_again_at_once(tmp_path: Path) -> None:
    world = StandIns(tmp_path)
    desk = chatwoot(world)
    contact = await desk.make_contact({"identifier": "okienko-ab", "name": "x"})
    there = await desk.make_conversation(contact.id, "ab", {})
    world.fault("chatwoot", "lost", 1)
    with pytest.raises(ProviderUnavailable) as lost:
        await desk.add(there.id, "Halo", from_customer=True, source_id="okienko:1")
    assert lost.value.uncertain
    assert [m.source_id for m in await desk.messages(there.id, 0)] == ["okienko:1"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, text="<html>"), ProviderUnavailable),
        (httpx.Response(200, json={"payload": {}}), ProviderUnavailable),
        (httpx.Response(404, text="<html>no such page"), ProviderUnavailable),
        (httpx.Response(404, json={"error": "Resource could not be found"}), ChatwootGone),
        (httpx.Response(422, json={"message": "canary"}), ProviderRefused),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), Misconfigured),
        (httpx.Response(500, json={"error": "canary"}), ProviderUnavailable),
    ],
)
async def test_answers_that_are_none(answer: httpx.Response, error: type[ServiceError]) -> None:
    far = FarEnd(*[answer] * 3)
    desk = Chatwoot(
        far.client, url="http://h", account_id=1, inbox_id=1, token="t", breaker=breaker("chatwoot"), timeout_s=0.2
    )
    with pytest.raises(error) as raised:
        await desk.find_contact("okienko-ab")
    assert "canary" not in str(raised.value)
