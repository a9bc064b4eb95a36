"""The six digits of the confirmation letter, typed where its link is awaited."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.testing.pages import code_in
from services.store import journal
from services.store.tables import accounts as tables
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, bought, until

WRONG = "To nie ten kod."
OVER = 601
"""Seconds after which a code is no longer good."""


async def letter(desk: Running, who: Scripted) -> Any:
    return (await desk.outbox(who.person.email))[-1]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def awaited(desk: Running) -> tuple[Scripted, str]:
    """A buyer who has been asked for the letter's code, and the letter's code."""
    buyer = await Scripted(desk).run("email_link")
    return buyer, code_in((await letter(desk, buyer))["text"])


async def test_the_code_proves_the_address_and_its_link_is_over(desk: Running) -> None:
    buyer, code = await awaited(desk)
    sent = await letter(desk, buyer)
    assert sent["text"].startswith(f"Kod: {code}\n")
    assert code in sent["subject"]
    assert code in sent["html"]
    assert sent["links"][0].startswith(f"{desk.url}/s/")
    await buyer.say(f"{code[:3]} {code[3:]}")
    assert buyer.customer.at == "order.method"
    assert (await desk.card(buyer.person.email))["account"]["status"] == "active"
    late = await desk.http.get(sent["links"][0])
    assert late.status_code == 410
    assert "potwierdzon" in late.text


async def test_the_code_is_over_once_the_link_was_followed(desk: Running) -> None:
    buyer, code = await awaited(desk)
    assert (await desk.http.post((await letter(desk, buyer))["links"][0])).status_code == 200
    await buyer.say(code)
    assert buyer.customer.at == "order.method"
    assert len(await desk.outbox(buyer.person.email)) == 1, "no other letter is sent"


async def test_it_isnt_kept_as_it_was_typed(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await buyer.say(f"kod to {code}")
    assert buyer.customer.at == "order.method"
    talks = (await desk.card(buyer.person.email))["conversations"]
    lines = await desk.installation.store.read(lambda c: journal.everything(c, talks[0]["id"]))
    assert lines
    assert code not in repr(lines)


async def test_five_wrong_ones_end_letter_and_link_and_another_is_sent(desk: Running) -> None:
    buyer, code = await awaited(desk)
    first = await letter(desk, buyer)
    for left in ("4 próby", "3 próby", "2 próby", "jedna próba"):
        await buyer.say(another(code))
        assert WRONG in buyer.customer.said[-1]
        assert left in buyer.customer.said[-1]
    await buyer.say(another(code))
    assert "Za dużo prób" in buyer.customer.said[-1]
    assert buyer.customer.at == "order.email_link"
    second = await letter(desk, buyer)
    assert second["id"] != first["id"]
    assert (await desk.http.post(first["links"][0])).status_code == 410
    await buyer.say(code)
    assert WRONG in buyer.customer.said[-1], "the first letter's"
    await buyer.say(code_in(second["text"]))
    assert buyer.customer.at == "order.method"


async def test_the_links_time_is_longer_than_the_codes(desk: Running) -> None:
    buyer, code = await awaited(desk)
    first = await letter(desk, buyer)
    await desk.advance(OVER)
    await buyer.say("/help")
    assert "poproś o nową, z kodem" in buyer.customer.said[-1]
    assert (await desk.http.get(first["links"][0])).status_code == 200
    await buyer.say(code)
    assert "już nie działa" in buyer.customer.said[-1]
    await buyer.say(code_in((await letter(desk, buyer))["text"]))
    assert buyer.customer.at == "order.method"


async def test_a_new_letter_ends_the_code_of_the_one_before(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await buyer.say("email_link:again")
    newer = code_in((await letter(desk, buyer))["text"])
    assert newer != code
    await buyer.say(code)
    assert WRONG in buyer.customer.said[-1]
    await buyer.say(newer)
    assert buyer.customer.at == "order.method"


async def test_other_words_mean_what_they_mean_elsewhere(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await buyer.say("12345")
    assert "To 5\u00a0cyfr" in buyer.customer.said[-1]
    for words in ("Czy to link 123456?", f"anna{another(code)}@example", "ile to kosztuje?", "nie wiem"):
        await buyer.say(words)
        assert WRONG not in buyer.customer.said[-1]
    await buyer.say(code)
    assert buyer.customer.at == "order.method"


async def test_an_address_that_is_taken_gets_no_code_and_no_other_words(desk: Running) -> None:
    owner = await bought(desk)
    before = len(await desk.outbox(owner.person.email))
    seen: list[list[str]] = []
    for email in (owner.person.email, "free.address@example.com"):
        buyer = await Scripted(desk, Person(email=email, phone=owner.person.phone)).run("email_link")
        told = len(buyer.customer.said) - 1
        for typed in ("12345", *["000000"] * 6):
            await buyer.say(typed)
        await buyer.say("email_link:again")
        await desk.advance(OVER)
        await buyer.say("000000")
        seen.append([text.replace(email, "X") for text in buyer.customer.said[told:]])
        assert buyer.customer.at == "order.email_link"
        await desk.advance(24 * 3600)
    assert seen[0] == seen[1]
    written = (await desk.outbox(owner.person.email))[before:]
    assert written
    for sent in written:
        assert not re.search(r"(?<!\d)\d{6}(?!\d)", f"{sent['subject']} {sent['text']}")


@pytest.mark.desk(rate_limits="on")
async def test_ten_wrong_ones_a_day_are_enough_and_the_link_stays(desk: Running) -> None:
    buyer, code = await awaited(desk)
    for _ in range(5):
        await buyer.say(another(code))
    code = code_in((await letter(desk, buyer))["text"])
    for _ in range(4):
        await buyer.say(another(code))
    await buyer.say("email_link:again")
    code = code_in((await letter(desk, buyer))["text"])
    await buyer.say(another(code))
    await buyer.say(code)
    assert "Link z wiadomości nadal działa" in buyer.customer.said[-1]
    assert (await desk.http.post((await letter(desk, buyer))["links"][0])).status_code == 200


@pytest.mark.desk(rate_limits="on")
async def test_letters_count_for_no_limit_of_sms(desk: Running) -> None:
    buyer = await Scripted(desk).run("contact_code")
    for _ in range(3):
        await buyer.say("edit:email")
        await buyer.say(f"other.{buyer.person.email}")
        await buyer.say("edit:email")
        await buyer.say(buyer.person.email)
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
    await buyer.say(code)
    assert "już nie działa" in buyer.customer.said[-1]
    await buyer.say(code_in((await letter(desk, buyer))["text"]))
    assert buyer.customer.at == "order.method"


async def test_the_seller_is_told_as_by_the_link(desk: Running) -> None:
    buyer, code = await awaited(desk)
    await buyer.say(code)

    async def proven() -> list[tuple[str, str]]:
        arrived = [one["data"] for one in (await desk.http.get("/sandbox/api/events")).json()]
        return [(one["kind"], one["account_status"]) for one in arrived if one.get("kind")]

    async def told() -> bool:
        return len(await proven()) >= 2

    await until(told)
    assert sorted(await proven()) == [("email", "active"), ("phone", "pending")]


async def test_of_two_sign_ups_the_first_to_prove_the_address_has_it(desk: Running) -> None:
    first, code = await awaited(desk)
    second = await Scripted(desk, Person(email=first.person.email, phone=first.person.phone)).run("email_link")
    later = code_in((await letter(desk, second))["text"])
    await first.say(code)
    assert first.customer.at == "order.method"
    await second.say(later)
    assert second.customer.at == "order.email_link"
    assert "już nie działa" in second.customer.said[-1]
    assert "konto już istnieje" in (await letter(desk, second))["text"]


async def test_an_activation_letter_holds_one_too(tmp_path: Path) -> None:
    async with running_desk(tmp_path, profile="profiles/konto_insert") as desk:
        holder = await Scripted(desk, Person(ways=("start:sign_up",))).run("email_link")
        sent = await letter(desk, holder)
        assert sent["subject"] == "Aktywuj Konto InsERT"
        assert "naciśnij link poniżej" in sent["text"]
        await holder.say(code_in(sent["text"]))
        assert holder.customer.expects == "secure_page"
        assert any("Konto InsERT jest aktywne" in said for said in holder.customer.said)
        assert (await desk.card(holder.person.email))["account"]["status"] == "active"


@pytest.mark.parametrize("asked", ["nie dostałem maila", "contact_code:letter"])
async def test_a_letter_is_sent_anew_while_the_texted_code_is_awaited(desk: Running, asked: str) -> None:
    buyer = await Scripted(desk).run("contact_code")
    person = buyer.person
    first, texts = await letter(desk, buyer), len(await desk.outbox(person.phone))
    assert {"contact_code:letter", "edit:email"} <= {*buyer.customer.buttons}
    await buyer.say(asked)
    second = await letter(desk, buyer)
    assert second["id"] != first["id"]
    assert len(await desk.outbox(person.phone)) == texts, "no text goes out for a letter"
    assert buyer.customer.expects == "contact_code"
    await buyer.say(f"{await buyer.last_code()} {code_in(second['text'])}")
    assert buyer.customer.expects == "tax_number"


async def test_an_address_is_put_right_while_the_texted_code_is_awaited(desk: Running) -> None:
    buyer = await Scripted(desk).run("contact_code")
    await buyer.say("edit:email")
    right = f"right.{buyer.person.email}"
    await buyer.say(right)
    assert buyer.customer.expects == "contact_code"
    await buyer.say(f"{await buyer.last_code()} {code_in((await desk.outbox(right))[-1]['text'])}")
    assert buyer.customer.expects == "tax_number"
