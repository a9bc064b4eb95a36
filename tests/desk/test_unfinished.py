"""What a customer has left unfinished on a page: one e-mail, a way back to the very step, one press to stop."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted, until
from tests.desk.test_reminders_stopped import posted
from tests.desk.test_turn_silence import morning
from tests.kit.deaths import dying_once

HOUR = 3600.0
SUBJECT = "Możesz dokończyć w tym samym miejscu"


async def left_at(desk: Running, step: str, *, proven: bool = True, **person: Any) -> Scripted:
    """A customer who went away at a step, in the morning."""
    await morning(desk)
    scripted = await Scripted(desk, Person(**person)).run(step)
    if proven and step != "payment":
        [letter] = await desk.outbox(scripted.person.email)
        await scripted.submit(letter["links"][0])
        await scripted.customer.settled()
    return scripted


async def reminders(desk: Running, scripted: Scripted) -> list[dict[str, Any]]:
    return [m for m in await desk.outbox(scripted.person.email) if m["subject"].startswith(SUBJECT)]


async def comes_by(desk: Running, letter: dict[str, Any]) -> Customer:
    """The e-mail's link, opened in another browser."""
    customer = desk.customer()
    await customer.say(f"/start {letter['links'][0].partition('start=')[2]}")
    return customer


async def logs_in(scripted: Scripted, customer: Customer) -> None:
    assert (await scripted.submit(customer.link("secure_page")["href"])).status_code in (200, 303)
    await customer.settled()


@on_each_database
async def test_whoever_left_gets_one_e_mail_by_day_and_goes_on_at_the_very_step_after_the_log_in(desk: Running) -> None:
    scripted = await left_at(desk, "tax_number")
    await desk.advance(20 * HOUR)
    assert await reminders(desk, scripted) == []
    await desk.advance(9 * 24 * HOUR)
    [letter] = await reminders(desk, scripted)
    assert 7 <= datetime.fromisoformat(letter["at"]).astimezone(ZoneInfo("Europe/Warsaw")).hour < 22
    assert "Twoja rozmowa z nami nie jest jeszcze zakończona" in letter["text"]
    scanner, customer = await comes_by(desk, letter), await comes_by(desk, letter)
    assert (customer.expects, scanner.expects) == ("secure_page", "secure_page"), "an e-mail proves nobody"
    assert "Zaloguj się, a wrócimy" in customer.said[-1]
    await logs_in(scripted, customer)
    assert customer.at == "company.tax_number"
    assert "Jesteśmy z powrotem" in "".join(customer.said)

    async def is_told_here() -> bool:
        await scripted.customer.look()
        return any("Rozmowa toczy się teraz też tu" in said for said in scripted.customer.said)

    await until(is_told_here)
    late = await comes_by(desk, letter)
    assert "Ten link już nie działa" in late.said[-1]
    assert late.at == "account.start"
    scripted.customer = customer
    await scripted.run()
    [order] = (await desk.card(scripted.person.email))["orders"]
    assert order["status"] == "paid"


async def test_it_leads_back_at_once_in_the_browser_that_holds_the_conversation(desk: Running) -> None:
    scripted = await left_at(desk, "payment")
    await desk.advance(24 * HOUR)
    fault = {"provider": "smtp", "mode": "error", "times": 3}
    assert (await desk.http.post("/sandbox/api/faults", json=fault)).status_code == 200
    await desk.advance(4 * HOUR)
    [letter] = await reminders(desk, scripted)
    assert "czeka na wpłatę do" in letter["text"]
    await scripted.customer.say(f"/start {letter['links'][0].partition('start=')[2]}")
    assert scripted.customer.expects == "payment"


async def test_one_press_stops_them_and_nothing_else(desk: Running) -> None:
    scripted = await left_at(desk, "payment")
    await desk.advance(26 * HOUR)
    [letter] = await reminders(desk, scripted)
    leave = letter["links"][1]
    assert "nie przypomni już o niedokończonej rozmowie" in (await desk.http.get(leave)).text
    said = len(scripted.customer.said)
    assert await posted(desk, leave) == 200
    assert await posted(desk, leave) == 200, "a second press changes nothing, and fails nobody"
    await desk.advance(60 * HOUR)
    await scripted.customer.look()
    assert "Zostawiam wszystko" not in "".join(scripted.customer.said[said:]), "nor in the chat"
    [order] = (await desk.card(scripted.person.email))["orders"]
    assert order["status"] == "placed"
    await scripted.run()


async def test_nobody_is_written_to_who_is_back_has_stopped_waits_for_a_person_or_has_proven_no_address(
    desk: Running,
) -> None:
    back, stopped = await left_at(desk, "tax_number"), await left_at(desk, "tax_number")
    waiting = await left_at(desk, "tax_number")
    unproven = await left_at(desk, "tax_number", proven=False)
    done = await left_at(desk, "nothing", proven=False)
    await waiting.customer.say("/agent")
    await desk.advance(2 * HOUR)
    await stopped.customer.say("stop")
    await desk.advance(22 * HOUR)
    await back.customer.say("/help")
    await desk.advance(20 * HOUR)
    for each in (back, stopped, waiting, unproven, done):
        assert await reminders(desk, each) == []
    await desk.advance(10 * HOUR)
    assert len(await reminders(desk, back)) == 1, "a day after the last word"


async def test_a_process_that_dies_while_the_e_mail_leaves_sends_no_second_one(tmp_path: Path) -> None:
    with dying_once() as deadly:
        async with running_desk(tmp_path) as desk:
            scripted = await left_at(desk, "tax_number")
            deadly.append("after sending a letter")
            await desk.advance(26 * HOUR)
            assert deadly == []
    async with running_desk(tmp_path) as desk:
        scripted.desk = desk
        await desk.advance(HOUR)
        assert len(await reminders(desk, scripted)) == 1
