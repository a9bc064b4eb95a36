"""Money at the agents' console: what waits for a person, booked, sent back and decided, and what was taken in."""

import asyncio
from collections.abc import Awaitable, Callable
from html import unescape
from urllib.parse import quote

import pytest

from bot.usecases.billing import comparison
from services.agents import audit
from services.payments import record
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.databases import on_each_database
from tests.desk.renewing import events
from tests.desk.running import A_MOMENT_S, Running
from tests.desk.scripted import Scripted, only, until
from tests.desk.transfers_told import MONEY, PAGE, order_of, paid_in, told_for_another, transfers
from tests.kit.narrow import present
from tests.kit.talks import place_of, plain
from values.payment import Difference

SCRIPT = "<script>alert('W1')</script>"


async def by_api(desk: Running, _where: str, id: str, number: str) -> None:
    said = {"order_number": number, "reason": "Literówka"}
    answers = [desk.http.post(f"/api/v1/transfers/{id}/book", json=said, headers=MONEY) for _ in range(2)]
    assert [one.status_code for one in await asyncio.gather(*answers)] == [200, 200]


async def pressed(desk: Running, at: str, look: str, id: str, number: str) -> None:
    """Two agents press at once, once they have been asked; one of them has done it."""
    agents = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")]
    form = {"of": id, "typed": number, "reason": "Literówka"}
    for agent in agents:
        await agent.get(look)
        assert (await agent.post(f"{at}/book", None, **form)).status_code == 422
        assert f"na {number}? Obaj klienci od razu" in plain(agent.words)
    sure = present(unescape(agents[0].page).split(f'value="{number} ')[1].split('"')[0])
    answers = await asyncio.gather(*(one.post(f"{at}/book", None, **form, sure=f"{number} {sure}") for one in agents))
    assert sorted(one.status_code for one in answers) == [303, 422]
    loser = agents[[one.status_code for one in answers].index(422)]
    assert "Ktoś już o tym zdecydował" in plain(loser.words)


async def by_page(desk: Running, _where: str, id: str, number: str) -> None:
    await pressed(desk, PAGE, PAGE, id, number)


async def by_card(desk: Running, where: str, id: str, number: str) -> None:
    await pressed(desk, f"/desk/c/{where}", f"/desk/c/{where}", id, number)


@on_each_database
@pytest.mark.stage("ordered")
@pytest.mark.parametrize("book", [by_api, by_page, by_card])
async def test_a_kept_transfer_is_booked_alike_by_the_api_and_at_the_console(
    desk: Running, buyer: Scripted, book: Callable[[Running, str, str, str], Awaitable[None]]
) -> None:
    await promoted(desk, "anna")
    order, other, id = await told_for_another(desk, buyer)
    await book(desk, await place_of(desk, other.customer), id, order["number"])
    assert (await order_of(desk, buyer.person.email))["status"] == "paid"
    booked = only(await transfers(desk, "booked"))
    assert (booked["order_number"], booked["reference"], await transfers(desk, "kept")) == (order["number"], "W1", [])
    matched = only(await events(desk, "transfer.matched"))
    assert (matched["reason"], matched["matched_by"], matched["transfer_id"]) == ("Literówka", "person", booked["id"])
    assert len([one for one in await events(desk, "payment.paid") if one["order_number"] == order["number"]]) == 1
    await desk.advance(A_MOMENT_S)
    await until(lambda: _reads(buyer, "Włączyć e-faktury?"))
    await until(lambda: _reads(other, "była za inne zamówienie"))
    letters = [plain(letter["text"]) for letter in await desk.outbox(other.person.email)]
    assert sum("była za inne zamówienie" in letter for letter in letters) == 1
    trail = [one for one in await desk.installation.store.read(audit.page) if one.what == "transfer_booked"]
    assert [order["number"] in str(one.after) for one in trail] == ([] if book is by_api else [True])


async def _reads(one: Scripted, words: str) -> bool:
    await one.customer.look()
    return words in plain("\n".join(one.customer.said))


@pytest.mark.stage("ordered")
async def test_what_is_refused_changes_nothing_and_says_why(desk: Running, buyer: Scripted) -> None:
    order, other, id = await told_for_another(desk, buyer, SCRIPT)
    theirs = (await order_of(desk, other.person.email))["number"]
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get(PAGE)
    assert (SCRIPT in marek.words, "<script>alert" in marek.page) == (True, False)
    form = {"of": id, "typed": order["number"], "reason": "Literówka"}
    for wrong, words in (
        ({"reason": " "}, "Podaj powód"),
        ({"typed": SCRIPT}, "Nie ma zamówienia o tym numerze"),
        ({"typed": theirs, "sure": f"{theirs} {order['gross']}"}, "To zamówienie jest już opłacone"),
        ({"sure": f"{theirs} {order['gross']}"}, f"na {order['number']}? Obaj klienci od razu"),
    ):
        assert (await marek.post(f"{PAGE}/book", None, **(form | wrong))).status_code == 422
        assert words in plain(marek.words)
        assert "<script>alert" not in marek.page
    for act in ("book", "send-back", "confirm-refund", "drop-refund"):
        assert (await marek.post(f"{PAGE}/{act}", None, **(form | {"of": "another-1"}))).status_code == 404
    where = await place_of(desk, buyer.customer)
    assert (await marek.act(where, "book", **form)).status_code == 404, "another customer's"
    assert only(await transfers(desk, "kept"))["id"] == id
    anna = await AgentHttp.logged_in(desk)
    assert (await anna.get(PAGE)).status_code == 403
    for act in ("book", "send-back", "confirm-refund", "drop-refund"):
        assert (await anna.post(f"{PAGE}/{act}", None, **form)).status_code == 403
    assert (await anna.act(await place_of(desk, other.customer), "book", **form)).status_code == 403
    assert "Zalicz na zamówienie" not in anna.words


@on_each_database
@pytest.mark.stage("ordered")
async def test_a_kept_transfer_and_what_is_asked_for_of_a_booked_one_are_sent_back(
    desk: Running, buyer: Scripted
) -> None:
    order = await order_of(desk, buyer.person.email)
    number, gross = order["number"], order["gross"]
    assert [(await paid_in(desk, number, sum, ref)).status_code for sum, ref in ((100, "W1"), (gross, "W2"))] == [
        409,
        201,
    ]
    asked = {"reason": "Zwrot", "amount": 10000}
    path = f"/api/v1/orders/{quote(number, safe='')}/refunds"
    assert (await desk.http.post(path, json=asked, headers=MONEY)).status_code == 201
    marek, kept, booked = (
        await AgentHttp.logged_in(desk, "marek"),
        only(await transfers(desk, "kept"))["id"],
        only(await transfers(desk, "booked"))["id"],
    )
    await marek.get(PAGE)
    assert "do odesłania z Waszego banku" in marek.words
    for id, sum in ((kept, "100"), (booked, "10000")):
        form = {"of": id, "reason": "Zwrot"}
        assert (await marek.post(f"{PAGE}/send-back", None, **form)).status_code == 422
        assert "wyszło już z Waszego banku?" in marek.words
        answers = [marek.post(f"{PAGE}/send-back", None, **form, sure=sum) for _ in range(2)]
        assert sorted(one.status_code for one in await asyncio.gather(*answers)) == [303, 422]
    assert [one["id"] for one in await transfers(desk, "refunded")] == [kept]
    assert [one["amount"] for one in await events(desk, "refund.done")] == [10000]
    await desk.advance(120)  # what was read before is out of date
    await marek.get(PAGE)
    assert marek.words.count("Nie ma.") == 2
    assert "100,00 zł (1)" in plain(marek.words), "given back this month"
    await marek.get("/desk/overview")
    assert f"{gross / 100:.2f} zł (1) 0,00 zł (0) 100,00 zł (1)".replace(".", ",") in plain(marek.words)
    figures = (await desk.http.get("/metrics")).text
    for line in (
        f'okienko_sales_minor_units{{currency="PLN"}} {float(gross)}',
        'okienko_refunds{currency="PLN"} 1.0',
        'okienko_renewals{currency="PLN"} 0.0',
    ):
        assert line in figures
    assert "okienko_sales" not in (await desk.http.get("/metrics", headers={"via": "proxy"})).text


@pytest.mark.stage("paid")
async def test_the_page_shows_what_the_comparison_has_reported(desk: Running, buyer: Scripted) -> None:
    number = (await order_of(desk, buyer.person.email))["number"]
    store, now = desk.installation.store, desk.installation.clock.now()
    payment = (await desk.card(buyer.person.email))["payments"][0]["id"]
    known = present(await store.read(lambda c: record.get(c, payment)))
    about = (known.provider, SCRIPT, payment, 1, number, "PLN")
    found = (
        Difference("paid_here", *about, known.amount, 0, now),
        Difference("service_unpaid", *about, "renews", "refunded", now),
        Difference("service_unpaid", *about, "runs", "disputed", now),
        Difference("charged_after_end", *about, "ended", known.amount, now),
        Difference("sums_differ", *about, known.amount, "other", now),
    )
    parts = desk.installation
    outbox, seller = parts.container.outbox, parts.deps.seller
    for _ in range(2):
        await parts.desk.happen(lambda tx: comparison.report_differences(tx, outbox, seller, found))
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get(PAGE)
    assert marek.words.count(number) == len(found)
    for said in ("tu usługa się odnawia, tam pieniądze wróciły", "tu usługa działa, tam wpłata jest w sporze"):
        assert said in marek.words
    assert not {"renews", "refunded", "runs", "disputed", "ended", "other"} & set(marek.words.split())
    assert "tam nie ma pieniędzy" in marek.words
    assert (SCRIPT in marek.words, "<script>alert" in marek.page) == (True, False)
