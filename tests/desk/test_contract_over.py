"""A contract that was withdrawn from and paid back is over, whichever came first: everywhere, and once.

Accepting gives the money back: all of it, or less what was used where the order asks to begin early.
"""

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import structlog

from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.renewing import events, looks
from tests.desk.running import Json, Running
from tests.desk.scripted import Scripted, logs_in_again, until
from tests.desk.test_endings import ends
from tests.desk.test_money_back import comes_back
from tests.desk.test_second_year import changed
from tests.desk.test_withdrawals import decides, letters, place_of
from tests.kit.talks import NOT, plain, plays

pytestmark = pytest.mark.stage("paid", method="paypal")

#: In what order the parts of it happen; a number is a part of the money, in minor units.
WAYS: dict[str, tuple[str | int, ...]] = {
    "accepted, and refunded by that": ("state", "accept"),
    "refunded, then accepted": ("state", "refund", "accept"),
    "refunded, then stated": ("refund", "state", "accept"),
    "in parts": ("state", 5000, "accept"),
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


async def is_over(desk: Running, walker: Scripted) -> bool:
    return (await stands(desk, walker))["status"] == "ended"


async def is_told(walker: Scripted) -> bool:
    told = await looks(walker.customer) + walker.customer.said[-1]
    return "umowa" in told.lower() and "zakończona" in told


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
    await until(partial(is_over, desk, buyer))
    over = await stands(desk, buyer)
    assert (over["status"], over["end_reason"], over["auto_renewal"]) == ("ended", "withdrawn", False)
    assert over["ends_at"] <= (await desk.now()).isoformat().replace("+00:00", "Z")
    assert over["einvoice"] == "off"
    await until(partial(is_told, buyer))
    await plays(buyer, ("zone:home", "", "nie jest już aktywna"))
    assert not {"zone:end", "zone:withdraw", "zone:change"} & {*buyer.customer.buttons}
    wanted: tuple[Json, ...] = (
        {"status": "ended", "at": "now"},
        {"auto_renewal": False},
        {"quantity": 2, "from": "now"},
    )
    assert {(await ends(desk, over["id"], one))[0] for one in wanted} == {409}, "the API changes nothing of it"
    with structlog.testing.capture_logs() as logs:
        await desk.advance(KEPT)
    assert not [one for one in logs if one["event"] == "withdrawal_unpaid"], "the money is back in time"
    [ended], [withdrawn] = await events(desk, "subscription.ended"), await events(desk, "order.withdrawn")
    assert (ended["ends_at"], withdrawn["kept_amount"]) == (over["ends_at"], 0)
    written = len(await desk.outbox(buyer.person.email))
    await desk.advance(YEAR)
    card = await desk.card(buyer.person.email)
    assert [(one["status"], one["refunded_amount"]) for one in card["orders"]] == [("paid", 36777)], "nothing renews it"
    assert len(await desk.outbox(buyer.person.email)) == written, "nor is anybody reminded of it"
    assert {one["status"] for one in (await desk.http.get("/sandbox/api/attempts")).json()} == {"refunded"}


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
    await until(partial(is_over, desk, buyer))
    for said in ("zone:home", "zone:my_account"):
        await other.say(said)
        assert "nie jest już aktywna" in other.said[-1] or "Usługa wygasła" in other.said[-1]


@pytest.fixture
def early(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The seller's clauses are the customer's own request to begin before the days of withdrawal are over."""
    head = '[[document]]\nid = "einvoice"'
    change = ("profile.toml", head, f'[withdrawal]\nearly = "clauses"\n\n{head}')
    request.node.add_marker(pytest.mark.desk(profile=changed(tmp_path, Path("profiles/fakturasmart"), change)))


@on_each_database
@pytest.mark.usefixtures("early")
async def test_what_was_used_is_kept_by_days_where_the_order_asks_to_begin_early(
    desk: Running, buyer: Scripted
) -> None:
    """The agent sees both sums before, the customer and the seller's system hear of them, and it is over."""
    runs, email = await stands(desk, buyer), buyer.person.email
    await desk.advance(5 * 86400.0)
    days = (datetime.fromisoformat(runs["ends_at"]).date() - datetime.fromisoformat(runs["starts_at"]).date()).days
    back = round(36777 * (days - 5) / days)
    sums = [f"{minor // 100},{minor % 100:02} zł" for minor in (back, 36777 - back)]
    await happens(desk, buyer, "state")
    anna = await AgentHttp.logged_in(desk)
    await anna.get(f"/desk/c/{await place_of(desk, buyer.customer)}")
    assert f"Do zwrotu: {sums[0]} Zatrzymane za wykorzystany czas: {sums[1]}" in plain(anna.words)
    await happens(desk, buyer, "accept")
    await until(partial(is_over, desk, buyer))
    card = await desk.card(email)
    assert [(one["status"], one["refunded_amount"]) for one in card["orders"]] == [("paid", back)]
    told = plain(await looks(buyer.customer))
    letter = plain((await letters(desk, email, "Przyjęliśmy odstąpienie"))[0]["text"])
    assert f"Zwracamy {sums[0]}" in told
    assert all(f"Zatrzymujemy {sums[1]} za dni do oświadczenia" in words for words in (told, letter))
    assert [one["kept_amount"] for one in await events(desk, "order.withdrawn")] == [36777 - back]
    assert (await stands(desk, buyer))["end_reason"] == "withdrawn"


@on_each_database
async def test_the_seller_is_told_once_before_the_days_are_over(desk: Running, buyer: Scripted) -> None:
    await happens(desk, buyer, "state")
    [order] = (await desk.card(buyer.person.email))["orders"]
    with structlog.testing.capture_logs() as logs:
        for days in (10.9, 0.2, 5):
            await desk.advance(days * 86400.0)
            alarms = [(one["order"], one["alarm"]) for one in logs if one["event"] == "withdrawal_unpaid"]
            assert alarms == ([] if days == 10.9 else [(order["number"], True)])
