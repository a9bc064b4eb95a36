"""Refunds that wait for another person, confirmed or dropped from the page of money: once, and told as they end."""

import asyncio
from pathlib import Path

import pytest

from bot.conversation.port import UnitOfWork
from services.agents import audit
from services.orders import order_record
from services.payments import refunds
from services.payments.refunds import RefundRecord
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.databases import desk_on, on_each_database
from tests.desk.renewing import events, tells
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted, bought, only, until
from tests.desk.stages import walked
from tests.desk.transfers_told import MONEY, PAGE, order_of, paid_in, transfers
from tests.kit.narrow import present
from tests.kit.starter import sold_by_year
from tests.kit.talks import plain

DAY = 86400
SUM = "6000"


def held_above_fifty(folder: Path) -> Path:
    shop = sold_by_year(folder)
    with (shop / "profile.toml").open("a", encoding="utf-8") as file:
        file.write('\n[refund]\nsecond_above = "50.00"\n')
    return shop


async def asked_for(desk: Running, buyer: Scripted, by: AgentHttp) -> RefundRecord:
    """The refund of 60 PLN that this agent asks for on the card, as it waits."""
    await buyer.customer.say("/agent")
    card = await desk.card(buyer.person.email)
    where, paid = card["conversations"][-1]["id"], card["payments"][0]["id"]
    await by.act(where, "take")
    form = {"of": paid, "typed": "60", "reason": "Pomyłka"}
    assert (await by.act(where, "refund", **form, sure=SUM)).status_code == 303
    await by.act(where, "done")
    return await as_kept(desk, paid)


async def as_kept(desk: Running, payment_id: str) -> RefundRecord:
    return only(await desk.installation.store.read(lambda c: refunds.of_payment(c, payment_id)))


async def decided(desk: Running, act: str) -> list[tuple[str | None, str]]:
    """Return who has decided so, with what the trail says of it."""
    trail = [one for one in await desk.installation.store.read(audit.page) if one.what == act]
    return [(one.agent_id, plain(str(one.after))) for one in trail]


@on_each_database
@pytest.mark.parametrize("act", ["confirm", "drop"])
async def test_another_person_lets_a_refund_go_or_drops_it_once(
    act: str, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    shop = held_above_fifty(tmp_path / "shop")
    async with desk_on(database, request, tmp_path / "data", profile=shop) as desk:
        buyer = await bought(desk)
        await promoted(desk, "anna")
        anna, marek = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")]
        held = await asked_for(desk, buyer, marek)
        assert held.status == "waits"
        at, form = f"{PAGE}/{act}-refund", {"of": held.id}
        form |= {"reason": "Nie ten klient"} if act == "drop" else {}
        for agent, theirs in ((marek, False), (anna, True)):
            await agent.get(PAGE)
            assert (f'action="{PAGE}/confirm-refund' in agent.page) == theirs, "not one's own"
            assert f'action="{PAGE}/drop-refund' in agent.page
        for made_up in ({"sure": SUM}, {}):
            assert (await marek.post(f"{PAGE}/confirm-refund", None, of=held.id, **made_up)).status_code == 422
            assert marek.words.count("To Ty zlecasz ten zwrot: potwierdza go inna osoba.") == 1
        assert (await as_kept(desk, held.payment_id)).status == "waits", "nor does a form of one's own making help"
        assert (await anna.post(at, None, **form)).status_code == 422, "asked once whether the sum is meant"
        assert (await anna.post(at, None, **form, sure="6001")).status_code == 422, "another sum"
        pressed = await asyncio.gather(*(anna.post(at, None, **form, sure=SUM) for _ in range(2)))
        assert sorted(one.status_code for one in pressed) == [303, 422]
        other = "drop" if act == "confirm" else "confirm"
        said = {**form, "reason": "Jednak tak", "sure": SUM}
        assert (await anna.post(f"{PAGE}/{other}-refund", None, **said)).status_code == 422
        assert "Ktoś już o tym zdecydował" in plain(anna.words)
        await desk.advance(DAY)
        await ended(desk, buyer, act, held)
        name = {"confirm": "refund_confirmed", "drop": "refund_dropped"}[act]
        [(who, noted)] = await decided(desk, name)
        assert (who is not None, "60,00 zł" in noted, "Nie ten klient" in noted) == (True, True, act == "drop")
        await anna.get(PAGE)
        assert held.id not in anna.page


async def ended(desk: Running, buyer: Scripted, act: str, held: RefundRecord) -> None:
    """The money is back, and its customer reads so; or nothing has gone, and the seller's system knows it."""
    if act == "confirm":
        await until(lambda: is_done(desk, held))
        assert [one["refunded"] for one in await events(desk, "payment.refunded")] == [6000]
        assert "zwrot 60,00 zł" in await tells(buyer.customer)
        return
    assert ((await as_kept(desk, held.payment_id)).status, await events(desk, "payment.refunded")) == ("failed", [])
    assert [one["failure"] for one in await events(desk, "refund.failed")] == ["not_confirmed"]
    assert "zwrot 60,00 zł" not in await tells(buyer.customer)


async def is_done(desk: Running, held: RefundRecord) -> bool:
    return (await as_kept(desk, held.payment_id)).status == "done"


@pytest.mark.parametrize("act", ["confirm", "drop"])
async def test_a_transfer_s_refund_that_nobody_has_confirmed_is_not_sent(act: str, tmp_path: Path) -> None:
    async with running_desk(tmp_path / "data", profile=held_above_fifty(tmp_path / "shop")) as desk:
        buyer = await walked(desk, until="payment")
        order = await order_of(desk, buyer.person.email)
        assert (await paid_in(desk, order["number"], order["gross"])).status_code == 201
        booked = only(await transfers(desk, "booked"))
        of = only([one for one in (await desk.card(buyer.person.email))["payments"] if one["status"] == "paid"])["id"]

        def ask(tx: UnitOfWork) -> object:
            known, seller = present(order_record.by_number(tx.connection, order["number"])), desk.installation.written
            asked = (None, of, "Zwrot")
            return refunds.request_refund(tx.connection, known, seller, *asked, now=tx.now, by=refunds.COMMAND)

        async def sent_back() -> int:
            where = f"/api/v1/transfers/{booked['id']}/return"
            return (await desk.http.post(where, json={"reason": "Zwrot"}, headers=MONEY)).status_code

        await desk.installation.desk.happen(ask)
        held = await as_kept(desk, of)
        assert (held.status, await sent_back()) == ("waits", 409), "nobody is told that it may be sent"
        marek = await AgentHttp.logged_in(desk, "marek")
        await marek.get(PAGE)
        form = {"of": held.id, "sure": str(held.amount), "reason": "Nie ten klient"}
        assert (await marek.post(f"{PAGE}/{act}-refund", None, **form)).status_code == 303
        then = (200, "done") if act == "confirm" else (409, "failed")
        assert (await sent_back(), (await as_kept(desk, of)).status) == then
