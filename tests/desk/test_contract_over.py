"""A contract that was withdrawn from and wholly paid back is over, whichever came first: everywhere, and once."""

import pytest

from tests.desk.databases import on_each_database
from tests.desk.renewing import events, looks
from tests.desk.running import Json, Running
from tests.desk.scripted import Scripted, logs_in_again
from tests.desk.test_money_back import comes_back
from tests.desk.test_withdrawals import decides
from tests.kit.talks import NOT, plays

pytestmark = pytest.mark.stage("paid", method="paypal")

#: In what order the parts of it happen; a number is a part of the money, in minor units.
WAYS: dict[str, tuple[str | int, ...]] = {
    "accepted, then refunded": ("state", "accept", "refund"),
    "refunded, then accepted": ("state", "refund", "accept"),
    "refunded, then stated": ("refund", "state", "accept"),
    "in parts": ("state", 5000, "accept", 10000, "refund"),
}
YEAR = 366 * 86400.0
KEPT = 29 * 86400.0
"""For so long the desk keeps what it told the seller's system."""


async def happens(desk: Running, walker: Scripted, step: str | int) -> None:
    [payment] = (await desk.card(walker.person.email))["payments"]
    match step:
        case "state":
            await walker.customer.say("odstępuję od umowy")
        case "accept":
            agent = await decides(desk, walker.customer, "accept")
            known = (await desk.card(walker.person.email))["conversations"]
            [conversation] = [one for one in known if one["mode"] == "agent"]
            assert (await agent.act(conversation["id"], "done")).status_code == 303
        case "refund":
            await comes_back(desk, payment["id"])
        case _:
            await comes_back(desk, payment["id"], amount=step)


async def stands(desk: Running, walker: Scripted) -> Json:
    card = await desk.card(walker.person.email)
    return card["subscriptions"][0] | {"einvoice": card["einvoice"]["status"]}


@pytest.mark.parametrize("way", WAYS)
@on_each_database
async def test_it_is_over_everywhere_and_once(desk: Running, buyer: Scripted, way: str) -> None:
    *before, last = WAYS[way]
    for step in before:
        await happens(desk, buyer, step)
    runs = await stands(desk, buyer)
    assert (runs["status"], runs["einvoice"]) == ("active", "active")
    assert not await events(desk, "subscription.ended")
    await happens(desk, buyer, last)
    over = await stands(desk, buyer)
    assert (over["status"], over["end_reason"], over["auto_renewal"]) == ("ended", "withdrawn", False)
    assert over["ends_at"] <= (await desk.now()).isoformat().replace("+00:00", "Z")
    assert over["einvoice"] == "off"
    told = await looks(buyer.customer) + buyer.customer.said[-1]
    assert "umowa" in told.lower()
    assert "zakończona" in told
    await plays(buyer, ("zone:home", "", "nie jest już aktywna"))
    await desk.advance(KEPT)
    [ended] = await events(desk, "subscription.ended")
    assert ended["ends_at"] == over["ends_at"]
    assert len(await events(desk, "order.withdrawn")) == 1
    await desk.advance(YEAR)
    assert len((await desk.card(buyer.person.email))["orders"]) == 1, "nothing renews it"


async def test_a_whole_refund_alone_lets_the_term_run_and_is_not_called_paid(desk: Running, buyer: Scripted) -> None:
    """Only the seller knows why the money went back."""
    await happens(desk, buyer, "refund")
    await looks(buyer.customer)
    assert (await stands(desk, buyer))["status"] == "active"
    for said in ("zone:home", "zone:my_account", "do kiedy mam opłacone?", "zmień plan", "czy wpłata dotarła?"):
        await buyer.say(said)
        assert "opłacon" not in buyer.customer.said[-1].lower(), (said, buyer.customer.said[-1])
    await plays(buyer, ("zone:my_account", "", "Umowa: zwrócono 367,77 zł, całą wpłatę"))


ROWS = {
    "pl": ("odstępuję od umowy", "Umowa: odstąpienie zgłoszone ", "toku", "zwrócono 50,00 zł", "przyślemy link"),
    "it": (
        *("recedo dal contratto", "Contratto: recesso dichiarato il ", ", in esame", "rimborsati 50,00 PLN"),
        "mandiamo un link",
    ),
    "en": (
        *("I withdraw from the contract", "Contract: withdrawal stated on ", "looked at", "PLN 50.00 refunded"),
        "we send a payment link",
    ),
}


@pytest.mark.parametrize(
    "locale", [pytest.param(one, marks=pytest.mark.stage("paid", method="paypal", locale=one)) for one in ROWS]
)
async def test_the_zone_reads_its_rows_when_they_are_shown(desk: Running, buyer: Scripted, locale: str) -> None:
    words, stated, waits, refunded, charge = ROWS[locale]
    await plays(buyer, ("zone:my_account", "", charge), (words, ""))
    await plays(buyer, ("zone:my_account", "", stated, waits, NOT + charge))  # nothing is charged while it waits
    await happens(desk, buyer, 5000)
    await looks(buyer.customer)
    await plays(buyer, ("zone:my_account", "", refunded))


async def test_what_another_chat_changed_is_seen_at_once(desk: Running, buyer: Scripted) -> None:
    other = desk.customer()
    await plays(other, ("/start", ""), ("zaloguj", ""))
    await logs_in_again(other, buyer.person.email)
    await plays(other, ("zone:my_account", "", "przyślemy link"))
    await buyer.say("odstępuję od umowy")
    await plays(other, ("zone:my_account", "", "odstąpienie zgłoszone", NOT + "przyślemy link"))
    await happens(desk, buyer, "accept")
    await plays(other, ("do kiedy mam opłacone?", "", "opłacon"))  # the money isn't back yet
    await happens(desk, buyer, "refund")
    for said in ("zone:home", "zone:my_account"):
        await other.say(said)
        assert "nie jest już aktywna" in other.said[-1] or "Usługa wygasła" in other.said[-1]
