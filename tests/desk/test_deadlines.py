"""Deadlines of transfers and postal slips: told three days before, by day, in chat and by letter; never after."""

import pytest

from tests.desk.running import Running
from tests.desk.scripted import only, until
from tests.desk.test_certified_journey import PROFILE, buying

DAY = 86400
BOX = "ufficio@lucani.example"


async def letters(desk: Running, word: str) -> list[str]:
    return [letter["text"] for letter in await desk.outbox(BOX) if word in letter["subject"]]


@pytest.mark.desk(profile=PROFILE)
async def test_a_slip_is_told_of_before_its_deadline_and_ordered_again_after_it(desk: Running) -> None:
    scripted = buying(desk, method="transfer")
    await scripted.run()
    here = scripted.customer
    await here.say("zone:payment")
    await here.say("method:postal_slip")
    number = only((await desk.card(scripted.person.email))["orders"])["number"]
    await here.say("fino a quando posso pagare?")
    assert f"L’ordine {number} da 292,80\xa0€ si può pagare fino al" in here.said[-1]

    await desk.advance(11 * DAY - 3600)
    assert not await letters(desk, "Da pagare entro")
    await desk.advance(DAY)
    await until(lambda: _mailed(desk))
    [letter] = await letters(desk, "Da pagare entro")
    assert "12345678" in letter, "with all that the slip is made out with, by its own method alone"
    assert "IT60" not in letter
    await here.look()
    assert [said for said in here.said if "poi scade" in said], here.said[-3:]

    await desk.advance(4 * DAY)
    await here.look()
    assert len(await letters(desk, "Da pagare entro")) == 1
    assert not [m for m in await desk.outbox(BOX) if "attende il pagamento" in m["text"]], "nothing after the deadline"
    await here.say("fino a quando posso pagare?")
    assert "è scaduto e non c’è nulla da pagare" in "\n".join(here.said[-2:])
    await here.say("voglio ordinare di nuovo")
    assert "Ordini di nuovo per 292,80\xa0€?" in here.said[-1]


async def _mailed(desk: Running) -> bool:
    return bool(await letters(desk, "Da pagare entro"))
