"""The code that proves a phone: tries, expiry, sending it again, and the numbers that get none."""

from pathlib import Path

import pytest

from bot.usecases.agents.acts import By
from sandbox.testing.pages import code_in
from tests.abroad import profile_with
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted

ANNA = By("agent-anna", "Anna", "pl")


def wrong_for(code: str, n: int = 1) -> str:
    """Six digits that aren't the code."""
    return f"{(int(code) + n) % 10**6:06d}"


async def codes_sent(desk: Running, scripted: Scripted) -> list[str]:
    return [code_in(message["text"]) for message in await desk.outbox(scripted.person.phone)]


async def test_five_wrong_tries_kill_a_code(desk: Running) -> None:
    scripted = await Scripted(desk).run("contact_code")
    code = await scripted.last_code()
    for n in range(1, 5):
        await scripted.customer.say(wrong_for(code, n))
        assert scripted.customer.expects == "contact_code"
        assert str(5 - n) in scripted.customer.said[-1], "it says how many tries are left"
    await scripted.customer.say(wrong_for(code, 5))
    assert len(await codes_sent(desk, scripted)) == 2, "a new code is on its way"
    await scripted.customer.say(code)
    assert scripted.customer.expects == "contact_code", "the right one comes too late"
    await scripted.type_code()
    assert scripted.customer.expects == "tax_number"


async def test_a_code_is_good_for_ten_minutes(desk: Running) -> None:
    early = await Scripted(desk).run("contact_code")
    late = await Scripted(desk).run("contact_code")
    old = await late.last_code()
    where = await desk.installation.desk.conversation("rest", late.customer.sender) or ""
    await desk.installation.container.agent_acts.take(where, ANNA, "take")
    await desk.advance(9 * 60 + 55)
    await early.type_code()
    assert early.customer.expects == "tax_number"
    await desk.advance(10)
    await desk.installation.container.agent_acts.give_back(where, ANNA, "back")
    await late.customer.settled()
    assert "Ten kod już nie działa" in late.customer.said[-1], "it isn't announced as on its way"
    assert late.customer.buttons[0] == "contact_code:again"
    await late.customer.say(old)
    assert late.customer.expects == "contact_code"
    assert len(await codes_sent(desk, late)) == 2
    await late.type_code()
    assert late.customer.expects == "tax_number"


async def test_the_text_ends_in_the_line_by_which_a_phone_enters_the_code(desk: Running) -> None:
    scripted = await Scripted(desk).run("contact_code")
    text = (await desk.outbox(scripted.person.phone))[-1]["text"]
    assert text.splitlines()[-1] == f"@127.0.0.1 #{code_in(text)}"


async def test_a_seller_may_leave_that_line_out(tmp_path: Path) -> None:
    plain = profile_with(tmp_path / "seller", "\n[sign_up]\ncode_line = false\n")
    async with running_desk(tmp_path / "data", profile=plain) as desk:
        scripted = await Scripted(desk).run("contact_code")
        assert "@" not in (await desk.outbox(scripted.person.phone))[-1]["text"]


@pytest.mark.parametrize(
    "typed", ["{0}{1} {2}", "{0}-{1}-{2}", "kod: {0}{1}{2}", "{0} {1} {2}.", "moj kod to {0}{1}{2}"]
)
async def test_a_code_is_read_as_people_write_it(desk: Running, typed: str) -> None:
    scripted = await Scripted(desk).run("contact_code")
    code = await scripted.last_code()
    await scripted.customer.say(typed.format(code[:2], code[2:4], code[4:]))
    assert scripted.customer.expects == "tax_number"


@pytest.mark.desk(rate_limits="on")
async def test_ten_wrong_tries_a_day_whatever_the_number_of_codes(desk: Running) -> None:
    scripted = await Scripted(desk).run("contact_code")
    for n in range(1, 16):
        await _type(scripted, wrong_for(await scripted.last_code(), n))
        await desk.advance(61)
    assert len(await codes_sent(desk, scripted)) == 2, "ten wrong tries: two codes were enough for them"
    assert "/agent" in scripted.customer.buttons
    await desk.advance(24 * 3600)
    await _type(scripted, "contact_code:again")
    await scripted.type_code()
    assert scripted.customer.expects == "tax_number"


async def _type(scripted: Scripted, code: str) -> None:
    """Types a code, or the number again if that is what is asked for."""
    await scripted.customer.say(scripted.person.phone if scripted.customer.expects == "phone" else code)


async def test_a_number_that_gets_no_codes_is_kept_and_the_e_mail_proves_the_contact(desk: Running) -> None:
    scripted = await Scripted(desk, Person(phone="+41791234567")).run()
    assert "contact.email_proof" in scripted.trail
    assert await desk.outbox(scripted.person.phone) == []
    card = await desk.card(scripted.person.email)
    proven = {contact["kind"]: contact["verified_at"] is not None for contact in card["contacts"]}
    assert (proven, card["account"]["status"]) == ({"email": True, "phone": False}, "active")
    assert [order["status"] for order in card["orders"]] == ["paid"]

    again = Scripted(desk, scripted.person)
    scripted.person.ways = ("start:log_in",)
    await again.run("secure_page")
    await again.act()
    assert again.customer.at == "zone.zone", "the second time it isn't asked for"

    early = await Scripted(desk, Person(phone="+41227676111")).run("phone")
    await early.follow_mail()
    await early.say(early.person.phone)
    assert early.customer.expects == "tax_number"
    await desk.advance(1)
    events = (await desk.http.get("/sandbox/api/events")).json()
    card = await desk.card(early.person.email)
    told = [event["data"] for event in events if event["data"].get("customer_id") == card["id"]]
    assert {one["account_status"] for one in told if "account_status" in one} == {"pending", "active"}
