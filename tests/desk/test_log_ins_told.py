"""A log-in in a new chat is told to the account's holder, by a letter with *that wasn't me*; the zone lists log-ins."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.desk.databases import on_each_database
from tests.desk.replicas import replicas
from tests.desk.running import Running, running_desk
from tests.desk.scripted import PASSWORD, Person, Scripted, digits_on, until
from tests.desk.test_two_digits import at, at_log_in
from tests.kit.deaths import around_a_letter, dying_once
from tests.kit.log_ins import log_in
from tests.kit.talks import says

pytestmark = pytest.mark.replicated

NEW, STOPPED = "Nowe logowanie", "Zatrzymane logowanie"


async def owner_of(desk: Running) -> Scripted:
    return await Scripted(desk, Person()).run("tax_number")


async def letters(desk: Running, email: str, subject: str = NEW, *, count: int) -> list[Any]:
    """The letters about log-ins, once there are so many; they leave in the background."""

    async def found() -> list[Any]:
        return [one for one in await desk.outbox(email) if subject in one["subject"]]

    async def are_there() -> bool:
        return len(await found()) >= count

    await until(are_there)
    await desk.advance(1)  # everything that is due is done: there are no more
    assert len(await found()) == count
    return await found()


@on_each_database
async def test_a_log_in_in_a_new_chat_is_told_once_and_that_was_not_me_ends_it_alone(desk: Running) -> None:
    owner = await owner_of(desk)
    email = owner.person.email
    await letters(desk, email, count=0)  # none at sign-up
    known = await log_in(desk, email)
    [first] = await letters(desk, email, count=1)
    thief = await log_in(desk, email)
    [told] = [one for one in await letters(desk, email, count=2) if one["links"] != first["links"]]
    assert "inny czat" in told["text"]
    assert told["text"].startswith("Dzień dobry"), "in the account's language, not the chat's"
    words = re.sub(r"http\S+", "", told["text"] + told["subject"])
    assert not re.search(r"\d{4}", words), words

    await thief.say("log me out")
    await log_in(desk, email, thief)
    await letters(desk, email, count=2)  # once per account and chat

    await thief.say("zone:export")
    page, not_me = thief.link("secure_page")["href"], told["links"][0]
    for _ in range(2):
        seen = await desk.http.get(not_me)
        assert seen.status_code == 200
        assert "Wyloguj tamtą rozmowę" in seen.text
    assert len((await desk.card(email))["conversations"]) == 3, "looking changes nothing"
    done = await asyncio.gather(*(desk.http.post(not_me) for _ in range(3)))
    assert sorted(one.status_code for one in done) == [200, 410, 410]
    ended = next(one for one in done if one.status_code == 200)
    assert "Tamta rozmowa jest wylogowana" in ended.text
    assert len((await desk.card(email))["conversations"]) == 2
    assert (await desk.http.get(page)).status_code == 410, "its open pages are closed"
    await thief.say("zone:my_account")
    assert email not in " ".join(thief.said[-2:])
    assert thief.custom["dialog"] == "account"
    for customer in (known, owner.customer):
        await customer.say("zone:my_account" if customer is known else "/help")
        assert customer.custom["dialog"] != "account"

    way = re.search(r'href="/chat\?start=([^"]+)"', ended.text)
    assert way is not None
    assert (await says(desk.customer(), f"/start {way[1]}")).expects == "email", "the way to a new password"


@on_each_database
@pytest.mark.desk(rate_limits="on")
async def test_five_letters_a_day_then_one_that_counts(desk: Running) -> None:
    email = (await owner_of(desk)).person.email
    for _ in range(8):
        await log_in(desk, email)
    await letters(desk, email, count=5)
    await desk.advance(24 * 3600)
    counted, *others = await letters(desk, email, "Jeszcze 3 logowania", count=1)
    assert not others
    assert "między" in counted["text"]
    await log_in(desk, email)
    await letters(desk, email, count=6)  # another day

    token = counted["links"][0].partition("start=")[2]
    reader = await says(desk.customer(), f"/start {token}")
    assert (await reader.submit(reader.link("secure_page")["href"], login=email, password=PASSWORD)).status_code == 200
    await reader.settled()
    assert "Twoje konto jest zalogowane tutaj" in " ".join(reader.said)


async def test_a_log_in_refused_by_wrong_digits_is_told_as_such(desk: Running) -> None:
    email = (await owner_of(desk)).person.email
    web, page = await at_log_in(desk)
    digits = digits_on(await desk.http.post(page, data={"login": email, "password": PASSWORD}))
    await at(web, "log_in_digits")
    await web.say(f"{(int(digits) + 1) % 100:02d}")
    (told,) = await letters(desk, email, STOPPED, count=1)
    await letters(desk, email, count=0)
    assert "czat na stronie" in told["text"]
    assert "Nikt tam nie wszedł" in (await desk.http.post(told["links"][0])).text
    await web.http.aclose()


async def test_a_sign_up_with_a_taken_address_writes_to_nobody_of_its_log_ins(desk: Running) -> None:
    owner = await owner_of(desk)
    await owner.follow_mail()
    email = owner.person.email
    shadow = await Scripted(desk, Person(email=email, password="Inne-dlugie-haslo-7")).run("tax_number")
    other = await says(desk.customer(), "start:log_in")
    page = other.link("secure_page")["href"]
    assert (await other.submit(page, login=email, password=shadow.person.password)).status_code == 200
    await letters(desk, email, count=0)


@on_each_database
@pytest.mark.stage("paid")
async def test_the_zone_lists_log_ins_and_ends_one(desk: Running, buyer: Scripted) -> None:
    email, here = buyer.person.email, buyer.customer
    other = await log_in(desk, email)
    stranger = (await Scripted(desk, Person()).run()).customer
    await here.say("gdzie jestem zalogowany?")
    assert here.said[-1].count("•") == 2
    assert here.said[-1].count("(ta rozmowa)") == 1
    own, end = (button for button in here.buttons if button.startswith("log_ins:end:"))

    await stranger.say(end)
    assert "skończyło się już wcześniej" in stranger.said[-1]
    assert stranger.said[-1].count("•") == 1, "nothing of another account"
    await here.say(end)
    assert "tamta rozmowa jest wylogowana" in here.said[-1]
    assert len((await desk.card(email))["conversations"]) == 1
    await here.say(end)
    assert "skończyło się już wcześniej" in here.said[-1]
    await other.say("zone:my_account")
    assert (other.custom["dialog"], email in other.said[-1]) == ("account", False)

    await log_in(desk, email, other)
    await here.say(end)
    assert "skończyło się już wcześniej" in here.said[-1], "an old button ends no later log-in"

    await desk.advance(31 * 60)
    await here.say("zone:log_ins")
    assert here.expects == "secure_page", "a private page"
    assert (await here.submit(here.link("secure_page")["href"], login=email, password=PASSWORD)).status_code == 200
    await here.settled()
    (own, *_rest) = (button for button in here.buttons if button.startswith("log_ins:end:"))
    await here.say(own)
    assert here.at == "account.start"
    assert [one["channel"] for one in (await desk.card(email))["conversations"]] == ["rest"]


async def test_three_processes_tell_once_per_chat_and_five_times_a_day(tmp_path: Path, postgres: str) -> None:
    """The pages of eight chats, each sent three times at once, on whichever process."""
    async with replicas(tmp_path, postgres.replace("+psycopg", ""), 3, rate_limits="on") as desks:
        desk = desks.all
        email = (await owner_of(desk)).person.email
        pages = [(await says(desk.customer(), "start:log_in")).link("secure_page")["href"] for _ in range(8)]
        form = {"login": email, "password": PASSWORD}
        for two in zip(pages[::2], pages[1::2], strict=True):  # more at once are held by the limits of log-ins
            done = await asyncio.gather(*(desk.http.post(page, data=form) for page in two for _ in range(3)))
            assert sum(one.status_code == 200 for one in done) == 2
        await letters(desk, email, count=5)
        await desk.advance(24 * 3600)
        await letters(desk, email, "Jeszcze 3 logowania", count=1)


@around_a_letter
async def test_killed_around_the_letter_it_is_sent_after_the_start(tmp_path: Path, point: str, most: int) -> None:
    with dying_once() as deadly:
        async with running_desk(tmp_path) as desk:
            email = (await owner_of(desk)).person.email
            deadly.append(point)
            await log_in(desk, email)
            await desk.advance(1)
            assert deadly == []
    async with running_desk(tmp_path) as desk:
        await desk.advance(3600)
        sent = [one for one in await desk.outbox(email) if NEW in one["subject"]]
        assert 1 <= len(sent) <= most
        assert len({one["links"][0] for one in sent}) == 1, "the same letter"
