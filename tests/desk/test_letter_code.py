"""The six digits of the confirmation letter, typed where its link is awaited, at another step, beside the SMS's."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id
from sandbox.testing.pages import code_in
from services.store.tables import accounts as tables
from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, bought, until
from tests.kit.codes import LEFT, WRONG, another, letter, letters_code
from tests.kit.talks import NOT, plays, says, written

OVER = 601
"""Seconds after which a code is no longer good."""
UNKNOWN = "526-025-02-74"
"""A tax number that no register of the sandbox knows, so that the name is asked for."""
HERE = "order.email_link"
ON = "order.method"
"""The step that awaits the letter, and the one after it."""


async def awaited(desk: Running, step: str = "email_link") -> tuple[Scripted, str]:
    """A buyer at this step while the letter is out, and the letter's code."""
    buyer = await Scripted(desk, Person(nip=UNKNOWN) if step == "company_name" else Person()).run(step)
    return buyer, await letters_code(desk, buyer)


async def with_both(desk: Running) -> tuple[Scripted, str, str]:
    """A buyer at the SMS's code, its code and the letter's."""
    buyer, by_letter = await awaited(desk, "contact_code")
    return buyer, await buyer.last_code(), by_letter


async def status(desk: Running, buyer: Scripted) -> str:
    return str((await desk.card(buyer.person.email))["account"]["status"])


async def conversation(desk: Running, buyer: Scripted) -> str:
    return str((await desk.card(buyer.person.email))["conversations"][0]["id"])


async def test_the_code_proves_the_address_and_its_link_is_over(desk: Running) -> None:
    buyer, code = await awaited(desk)
    sent = await letter(desk, buyer)
    assert sent["text"].startswith(f"Kod: {code}\n")
    assert code in sent["subject"]
    assert code in sent["html"]
    assert sent["links"][0].startswith(f"{desk.url}/s/")
    await plays(buyer, (f"{code[:3]} {code[3:]}", ON))
    assert await status(desk, buyer) == "active"
    late = await desk.http.get(sent["links"][0])
    assert (late.status_code, "potwierdzon" in late.text) == (410, True)


async def test_the_code_is_over_once_the_link_was_followed(desk: Running) -> None:
    buyer, code = await awaited(desk)
    assert (await desk.http.post((await letter(desk, buyer))["links"][0])).status_code == 200
    await plays(buyer, (code, ON))
    assert len(await desk.outbox(buyer.person.email)) == 1, "no other letter is sent"
    buyer, code = await awaited(desk, "company_name")
    assert (await desk.http.post((await letter(desk, buyer))["links"][0])).status_code == 200
    await plays(buyer, (code, "company_name", "na żaden nie czekam"))


@pytest.mark.parametrize(
    ("step", "said", "then"),
    [
        ("email_link", "kod to {letter}", ON),
        ("company_name", "kod z maila: {letter}", "company_name"),
        ("contact_code", "sms {sms}, mail {letter}", "tax_number"),
    ],
)
async def test_it_isnt_kept_as_it_was_typed(desk: Running, step: str, said: str, then: str) -> None:
    buyer, code = await awaited(desk, step)
    sms = await buyer.last_code()
    await plays(buyer, (said.format(sms=sms, letter=code), then))
    lines = await written(desk, await conversation(desk, buyer))
    assert (code in lines, sms in lines) == (False, False)


async def test_to_an_agent_at_another_step_an_awaited_code_is_not_kept_either(desk: Running) -> None:
    buyer, code = await awaited(desk, "company_name")
    agent, where = await AgentHttp.logged_in(desk), await conversation(desk, buyer)
    await buyer.say("/agent")
    await agent.act(where, "take")
    await plays(buyer, (f"kod z maila: {code}", ""), ("chodzi o dwa biura, 12 i 14", ""))
    assert buyer.customer.custom["mode"] == "agent"
    lines = await written(desk, where)
    assert (code in lines, "12 i 14" in lines) == (False, True)
    await agent.get(f"/desk/c/{where}")
    assert (code in agent.page, "••••••" in agent.page) == (False, True)


@pytest.mark.parametrize("step", ["email_link", "company_name"])
async def test_five_wrong_ones_end_letter_and_link_and_another_is_sent(desk: Running, step: str) -> None:
    buyer, code = await awaited(desk, step)
    first = await letter(desk, buyer)
    await plays(buyer, *((another(code), step, WRONG, left) for left in LEFT), (another(code), step, "Za dużo prób"))
    second = await letter(desk, buyer)
    assert second["id"] != first["id"]
    assert (await desk.http.post(first["links"][0])).status_code == 410
    await plays(buyer, (code, step, WRONG))
    await plays(buyer, (code_in(second["text"]), ON if step == "email_link" else step, NOT + WRONG))


async def test_the_links_time_is_longer_than_the_codes(desk: Running) -> None:
    buyer, code = await awaited(desk)
    first = await letter(desk, buyer)
    await desk.advance(OVER)
    await plays(buyer, ("/help", "", "poproś o nową, z kodem"))
    assert (await desk.http.get(first["links"][0])).status_code == 200
    await plays(buyer, (code, "", "już nie działa"))
    await plays(buyer, (await letters_code(desk, buyer), ON))


async def test_a_new_letter_ends_the_code_of_the_one_before(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await buyer.say("email_link:again")
    newer = await letters_code(desk, buyer)
    assert newer != code
    await plays(buyer, (code, "", WRONG), (newer, ON))


async def test_an_address_that_is_taken_gets_no_code_and_no_other_words(desk: Running) -> None:
    owner = await bought(desk)
    before = len(await desk.outbox(owner.person.email))
    seen: list[list[str]] = []
    for email in (owner.person.email, "free.address@example.com"):
        buyer = await Scripted(desk, Person(email=email, phone=owner.person.phone)).run("email_link")
        told = len(buyer.customer.said) - 1
        await says(buyer, "12345", *["000000"] * 6, "email_link:again")
        await desk.advance(OVER)
        await plays(buyer, ("000000", HERE))
        seen.append([text.replace(email, "X") for text in buyer.customer.said[told:]])
        await desk.advance(24 * 3600)
    assert seen[0] == seen[1]
    written_to = (await desk.outbox(owner.person.email))[before:]
    assert written_to
    for sent in written_to:
        assert not re.search(r"(?<!\d)\d{6}(?!\d)", f"{sent['subject']} {sent['text']}")


@pytest.mark.desk(rate_limits="on")
async def test_ten_wrong_ones_a_day_are_enough_and_the_link_stays(desk: Running) -> None:
    buyer, code = await awaited(desk)
    for wrong, asks in ((5, ()), (4, ("email_link:again",)), (1, ())):
        await says(buyer, *[another(code)] * wrong, *asks)
        if wrong > 1:
            code = await letters_code(desk, buyer)
    await plays(buyer, (code, "", "Link z wiadomości nadal działa"))
    assert (await desk.http.post((await letter(desk, buyer))["links"][0])).status_code == 200


@pytest.mark.desk(rate_limits="on")
async def test_letters_count_for_no_limit_of_sms(desk: Running) -> None:
    buyer, _ = await awaited(desk, "contact_code")
    for _ in range(3):
        await says(buyer, "edit:email", f"other.{buyer.person.email}", "edit:email", buyer.person.email)
    await desk.advance(61)
    await buyer.say("contact_code:again")
    assert len(await desk.outbox(buyer.person.phone)) == 2


async def test_a_letter_sent_again_holds_the_same_code(desk: Running) -> None:
    await desk.fault("smtp", "lost")
    buyer = await Scripted(desk).run("contact_code")
    await desk.advance(60)
    sent = await desk.outbox(buyer.person.email)
    assert len(sent) > 1, "the answer to the first was lost"
    assert len({code_in(one["text"]) for one in sent}) == 1


async def test_an_older_letter_goes_on_with_its_link_and_a_code_brings_one_with_both(desk: Running) -> None:
    buyer, code = await awaited(desk)
    older = await letter(desk, buyer)
    await desk.installation.store.write(lambda c: c.execute(sa.delete(tables.code)))
    assert (await desk.http.get(older["links"][0])).status_code == 200
    await plays(buyer, (code, "", "już nie działa"))
    await plays(buyer, (await letters_code(desk, buyer), ON))


@pytest.mark.parametrize("at_once", [False, True])
async def test_the_seller_is_told_as_by_the_link_of_each(desk: Running, at_once: bool) -> None:
    buyer, code = await awaited(desk, "contact_code" if at_once else "email_link")
    await buyer.say(f"{await buyer.last_code()} {code}" if at_once else code)

    async def proven() -> list[tuple[str, str]]:
        arrived = [one["data"] for one in (await desk.http.get("/sandbox/api/events")).json()]
        return sorted((one["kind"], one["account_status"]) for one in arrived if one.get("kind"))

    async def told() -> bool:
        return len(await proven()) >= 2

    await until(told)
    assert {kind for kind, _ in await proven()} == {"email", "phone"}
    assert at_once or await proven() == [("email", "active"), ("phone", "pending")]


async def test_of_two_sign_ups_the_first_to_prove_the_address_has_it(desk: Running) -> None:
    first, code = await awaited(desk)
    second = await Scripted(desk, Person(email=first.person.email, phone=first.person.phone)).run("email_link")
    later = await letters_code(desk, second)
    await plays(first, (code, ON))
    await plays(second, (later, HERE, "już nie działa"))
    assert "konto już istnieje" in (await letter(desk, second))["text"]


async def test_an_activation_letter_holds_one_too(tmp_path: Path) -> None:
    async with running_desk(tmp_path, profile="profiles/konto_insert") as desk:
        holder = await Scripted(desk, Person(ways=("start:sign_up",))).run("email_link")
        sent = await letter(desk, holder)
        assert sent["subject"] == "Aktywuj Konto InsERT"
        assert "naciśnij link poniżej" in sent["text"]
        await plays(holder, (code_in(sent["text"]), "secure_page", "Konto InsERT jest aktywne"))
        assert await status(desk, holder) == "active"


# --- while the texted code is awaited ---


@pytest.mark.parametrize("asked", ["nie dostałem maila", "contact_code:letter"])
async def test_a_letter_is_sent_anew_while_the_texted_code_is_awaited(desk: Running, asked: str) -> None:
    buyer, _ = await awaited(desk, "contact_code")
    first, texts = await letter(desk, buyer), len(await desk.outbox(buyer.person.phone))
    assert {"contact_code:letter", "edit:email"} <= {*buyer.customer.buttons}
    await plays(buyer, (asked, "contact_code"))
    second = await letter(desk, buyer)
    assert second["id"] != first["id"]
    assert len(await desk.outbox(buyer.person.phone)) == texts, "no text goes out for a letter"
    await plays(buyer, (f"{await buyer.last_code()} {code_in(second['text'])}", "tax_number"))


async def test_an_address_is_put_right_while_the_texted_code_is_awaited(desk: Running) -> None:
    buyer, _ = await awaited(desk, "contact_code")
    right = f"right.{buyer.person.email}"
    await plays(buyer, ("edit:email", ""), (right, "contact_code"))
    await plays(buyer, (f"{code_in((await desk.outbox(right))[-1]['text'])} {await buyer.last_code()}", "tax_number"))


async def test_the_letters_code_alone_confirms_the_letter_and_is_no_wrong_answer(desk: Running) -> None:
    buyer, by_sms, by_letter = await with_both(desk)
    await plays(buyer, (by_letter, "contact_code", NOT + WRONG), (by_sms, "tax_number"))


async def test_guesses_run_out_as_they_do_one_by_one(desk: Running) -> None:
    buyer, by_sms, by_letter = await with_both(desk)
    both = f"{another(by_sms)} {another(by_letter)}"
    await plays(buyer, (both, ""), (both, "", "jedna próba"))  # four codes were tried
    await plays(buyer, (f"mail {by_letter}", "contact_code"), (by_sms, "tax_number"))


async def test_the_letters_boxes_stay_from_the_texts_code_until_it_is_proven_or_an_order_stands(desk: Running) -> None:
    async def shown(buyer: Scripted) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        now = await desk.installation.desk.standing(conversation_id("rest", buyer.customer.sender))
        return [(one.by, one.proven) for one in now.codes], [(one.by, one.proven) for one in now.docked]

    buyer, by_sms, by_letter = await with_both(desk)
    assert await shown(buyer) == ([("sms", False), ("letter", False)], [])
    docked = [("sms", True), ("letter", False)]
    for said, left in ((by_sms, docked), ("000000", docked), (by_letter, [])):
        await plays(buyer, (said, "tax_number"))
        assert await shown(buyer) == ([], left)

    buyer, by_sms, by_letter = await with_both(desk)
    await buyer.say(by_sms)
    await buyer.run("email_link")
    assert await shown(buyer) == ([("letter", False)], []), "asked for by its own step"
    await buyer.say(by_letter)
    await buyer.run("payment")
    assert await shown(buyer) == ([], [])
