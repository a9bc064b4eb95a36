"""The code that proves a phone, whichever step is open: tries, expiry, in pieces, again; the numbers that get none.

How many tries a code has and when it is over is in `tests/services/domain/test_codes.py`.
"""

from pathlib import Path

import pytest

from tests.desk.agent_turns import ANNA, acts
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.kit.codes import WRONG, another
from tests.kit.talks import place_of, plays
from tests.sellers.sellers import profile_with


async def awaited(desk: Running) -> tuple[Scripted, str]:
    """A buyer who is asked for the code, and the code."""
    buyer = await Scripted(desk).run("contact_code")
    return buyer, await buyer.last_code()


async def sent(desk: Running, buyer: Scripted) -> int:
    """How many codes went to the phone."""
    return len(await desk.outbox(buyer.person.phone))


async def test_a_code_is_good_for_ten_minutes(desk: Running) -> None:
    early, _ = await awaited(desk)
    late, old = await awaited(desk)
    where = await place_of(desk, late.customer)
    await acts(desk).take(where, ANNA, "take")
    await desk.advance(9 * 60 + 55)
    await early.type_code()
    assert early.customer.expects == "tax_number"
    await desk.advance(10)
    await acts(desk).give_back(where, ANNA, "back")
    await late.customer.settled()
    assert "Ten kod już nie działa" in late.customer.said[-1], "it isn't announced as on its way"
    assert late.customer.buttons[0] == "contact_code:again"
    await plays(late, (old, "contact_code"))
    assert await sent(desk, late) == 2
    await plays(late, (await late.last_code(), "tax_number"))


@pytest.mark.parametrize("line", [True, False])
async def test_the_text_ends_in_the_line_by_which_a_phone_enters_the_code_unless_the_seller_leaves_it_out(
    tmp_path: Path, line: bool
) -> None:
    seller = {} if line else {"profile": profile_with(tmp_path / "seller", "\n[sign_up]\ncode_line = false\n")}
    async with running_desk(tmp_path / "data", **seller) as desk:
        buyer, code = await awaited(desk)
        text = (await desk.outbox(buyer.person.phone))[-1]["text"]
        assert (text.splitlines()[-1] == f"@127.0.0.1 #{code}", "@" in text) == (line, line)


async def test_a_number_that_gets_no_codes_is_kept_and_the_e_mail_proves_the_contact(desk: Running) -> None:
    buyer = await Scripted(desk, Person(phone="+41791234567")).run()
    assert "contact.email_proof" in buyer.trail
    assert await desk.outbox(buyer.person.phone) == []
    card = await desk.card(buyer.person.email)
    proven = {contact["kind"]: contact["verified_at"] is not None for contact in card["contacts"]}
    assert (proven, card["account"]["status"]) == ({"email": True, "phone": False}, "active")
    assert [order["status"] for order in card["orders"]] == ["paid"]

    again = Scripted(desk, buyer.person)
    buyer.person.ways = ("start:log_in",)
    await again.run("secure_page")
    await again.act()
    assert again.customer.at == "zone.zone", "the second time it isn't asked for"

    early = await Scripted(desk, Person(phone="+41227676111")).run("phone")
    await early.follow_mail()
    await plays(early, (early.person.phone, "tax_number"))
    await desk.advance(1)
    events = (await desk.http.get("/sandbox/api/events")).json()
    card = await desk.card(early.person.email)
    told = [event["data"] for event in events if event["data"].get("customer_id") == card["id"]]
    assert {one["account_status"] for one in told if "account_status" in one} == {"pending", "active"}


async def test_values_in_two_messages_right_after_each_other_are_one(desk: Running) -> None:
    buyer = await Scripted(desk).run("email")
    name, _, domain = buyer.person.email.partition("@")
    await plays(buyer, (f"{name}@", ""), (domain, "secure_page"))
    buyer, code = await awaited(desk)
    await plays(buyer, (code[:3], "contact_code"), (code[3:], "tax_number"))
    buyer, code = await awaited(desk)
    await plays(buyer, (code[:3], "contact_code"))
    await desk.advance(3)
    await plays(buyer, (code[3:], "contact_code"))  # what comes later is an answer of its own


async def test_it_is_taken_after_going_back_to_the_number(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await plays(buyer, ("/back", "phone"), (another(code), "", WRONG), (code, "tax_number"))
    contacts = (await desk.card(buyer.person.email))["contacts"]
    assert [c["value"] for c in contacts if c["kind"] == "phone" and c["verified_at"]] == [buyer.person.phone]


async def test_the_same_number_again_goes_on_with_the_code_that_was_sent(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await plays(buyer, ("/back", "phone"), (buyer.person.phone, "contact_code"))
    assert await sent(desk, buyer) == 1
    await plays(buyer, (code, "tax_number"))
