"""Refunds that the seller's system asks the desk for: made once at the provider, booked and told."""

import asyncio
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import build
from bot.conversation.port import UnitOfWork
from bot.usecases.billing import refunds as refunding
from dialogs.messages.withdrawal import RefundSettled
from services.agents import audit
from services.errors import ProviderRefused
from services.jobs.port import StoredJob
from services.jobs.worker import open_outbox
from services.orders import order_record
from services.payments.providers.base import Refund
from services.payments.providers.stripe.adapter import Stripe
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, PROFILE, events, tells
from tests.desk.running import Json, Running, running_desk
from tests.desk.scripted import Scripted, bought
from tests.desk.test_money_back import GROSS, books, comes_back, disputing, each_provider, paid_by, part_is_back
from tests.desk.test_money_back import payment_id as payment_id
from tests.kit.narrow import present
from tests.kit.starter import sold_by_year
from tests.kit.talks import plain

pytestmark = pytest.mark.desk(profile=PROFILE)
MONEY, READING = "sandbox-money", "sandbox"
DAY = 86400.0
WARSAW = ZoneInfo("Europe/Warsaw")


async def path(desk: Running, email: str) -> str:
    return f"/api/v1/orders/{(await desk.card(email))['orders'][0]['number'].replace('/', '%2F')}/refunds"


async def refund(
    desk: Running, *, email: str = EMAIL, token: str = MONEY, key: str | None = None, **wanted: object
) -> tuple[int, Json]:
    """Ask for a refund of the customer's order; return the answer."""
    headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
    answer = await desk.http.post(await path(desk, email), json={"reason": "Pomyłka"} | wanted, headers=headers)
    return answer.status_code, answer.json()


async def refunds(desk: Running) -> list[tuple[str, int, str | None]]:
    found = await desk.ask("GET", await path(desk, EMAIL), headers={"authorization": f"Bearer {READING}"})
    return [(one["status"], one["amount"], one["failure"]) for one in found["items"]]


@each_provider
@on_each_database
async def test_money_goes_back_in_parts_and_never_more_than_was_paid(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    assert await refund(desk, token=READING) == (403, {"error": "scope"})
    status, asked = await refund(desk, amount=10000, key="k1")
    assert (status, asked["status"], asked["amount"]) == (201, "requested", 10000)
    assert await refund(desk, amount=10000, key="k1") == (201, asked)
    await desk.advance(60)  # the books know of it before it is done
    status, refused = await refund(desk, amount=GROSS)
    assert (status, refused["reason"], refused["left"]) == (409, "too_much", GROSS - 10000)
    await desk.advance(DAY)
    assert await books(desk) == ("paid", 10000, None)
    assert "100,00 zł" in await tells(buyer.customer)
    assert (await refund(desk))[0] == 201
    assert (await refund(desk))[1]["reason"] == "nothing_paid"
    await desk.advance(DAY)
    assert await books(desk) == ("refunded", GROSS, None)
    assert await refunds(desk) == [("done", 10000, None), ("done", GROSS - 10000, None)]
    told = [[event["amount"] for event in await events(desk, f"refund.{state}")] for state in ("requested", "done")]
    assert told == [[10000, GROSS - 10000]] * 2
    assert "zwrot całej wpłaty" in await tells(buyer.customer)


@each_provider
async def test_what_was_given_back_in_the_panel_in_the_same_second_isn_t_given_back_twice(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    await part_is_back(desk, payment_id)
    assert (await refund(desk, amount=10000))[0] == 201
    await desk.advance(DAY)
    assert await refunds(desk) == [("failed", 10000, "refunded_elsewhere")]
    assert await books(desk) == ("paid", 10000, None)
    [event] = await events(desk, "refund.failed")
    assert (event["failure"], event["amount"]) == ("refunded_elsewhere", 10000)
    assert (await refund(desk))[1]["amount"] == GROSS - 10000, "whoever knows of it may ask for the rest"
    await desk.advance(DAY)
    assert await books(desk) == ("refunded", GROSS, None)


@each_provider
@pytest.mark.parametrize("trouble", ["lost", "timeout", "noting"])
@on_each_database
async def test_whatever_breaks_between_asking_and_noting_it_goes_back_once(
    desk: Running, buyer: Scripted, provider: str, payment_id: str, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, send, broken = refunding.settle, httpx.AsyncClient.send, iter((True, True))

    def noting(tx: UnitOfWork, said: RefundSettled, *, told: bool) -> tuple[StoredJob, ...]:
        if next(broken, False):
            raise RuntimeError("the process is gone")
        return note(tx, said, told=told)

    async def sending(client: httpx.AsyncClient, asked: httpx.Request, **how: Any) -> httpx.Response:
        if not ("/sandbox/" in asked.url.path and "refund" in asked.url.path and asked.method == "POST"):
            return await send(client, asked, **how)
        answer = await send(client, asked, **how) if trouble == "lost" or not next(broken, False) else None
        if answer is None or next(broken, False):
            raise httpx.ReadTimeout("no answer")
        return answer

    broken_at = (refunding, "settle", noting) if trouble == "noting" else (httpx.AsyncClient, "send", sending)
    monkeypatch.setattr(*broken_at)
    answers = await asyncio.gather(*(refund(desk) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [201, 409, 409], "however often it is pressed"
    await desk.advance(DAY)
    assert next(broken, None) is None, "it broke twice"
    assert await refunds(desk) == [("done", GROSS, None)]
    assert await books(desk) == ("refunded", GROSS, None)
    letters = [one for one in await desk.outbox(EMAIL) if one["subject"].startswith("Zwrot wpłaty")]
    assert len(letters) == 1, "though a chat tells it, too"


@each_provider
@pytest.mark.parametrize("notify", ["twice", "none"])
@on_each_database
async def test_a_refund_that_fails_after_it_was_done_is_owed_again_and_paid_out_once(
    desk: Running, buyer: Scripted, provider: str, payment_id: str, notify: str
) -> None:
    assert (await refund(desk, amount=10000))[0] == 201
    await desk.advance(DAY)
    assert (await refund(desk))[0] == 201
    await desk.advance(DAY)
    assert await books(desk) == ("refunded", GROSS, None)
    await comes_back(desk, payment_id, "refund_failed", notify=notify)
    await desk.advance(1.1 * DAY)
    assert await refunds(desk) == [("done", 10000, None), ("failed", GROSS - 10000, "came_back")]
    assert await books(desk) == ("paid", 10000, None)
    [event] = await events(desk, "refund.failed")
    assert (event["amount"], event["failure"]) == (GROSS - 10000, "came_back")
    assert (await tells(buyer.customer)).count("Zwrot 366,17 zł za zamówienie") == 1
    failed = [one for one in await desk.outbox(EMAIL) if one["subject"].startswith("Zwrot się nie udał")]
    assert len(failed) == 1
    assert (await refund(desk, amount=GROSS))[1]["left"] == GROSS - 10000
    assert (await refund(desk))[0] == 201
    await desk.advance(DAY)
    assert (await refund(desk))[1]["reason"] == "nothing_paid"
    assert await books(desk) == ("refunded", GROSS, None)
    assert [state for state, *_ in await refunds(desk)] == ["done", "failed", "done"]
    [there] = (await desk.http.get("/sandbox/api/payments")).json()
    assert there["refunded"] == GROSS


def pends_twice(monkeypatch: pytest.MonkeyPatch) -> list[Refund]:
    """Stripe says twice that a refund is pending, then that it has failed; return what it will say yet."""
    answers = [Refund("pending", "re_1")] * 2

    async def refused(*_asked: object, **_more: object) -> Refund:
        if not answers:
            raise ProviderRefused("refund_refused", origin="stripe refund")
        return answers.pop()

    monkeypatch.setattr(Stripe, "refund", refused)
    return answers


@paid_by["stripe"]
@pytest.mark.parametrize("noticed", [True, False])
async def test_a_refund_that_was_seen_on_its_way_and_fails_is_told_once(
    desk: Running, buyer: Scripted, payment_id: str, monkeypatch: pytest.MonkeyPatch, *, noticed: bool
) -> None:
    """Stripe counts as given back what is pending; the customer has read so by then."""
    answers = pends_twice(monkeypatch)
    assert (await refund(desk, amount=10000))[0] == 201
    await desk.advance(1)
    assert len(answers) == 1, "it is on its way"
    await comes_back(desk, payment_id, amount=10000)
    assert await books(desk) == ("paid", 10000, None)
    await comes_back(desk, payment_id, "refund_failed", **({} if noticed else {"notify": "none"}))
    await desk.advance(DAY)
    assert (await refunds(desk), await books(desk)) == ([("failed", 10000, "refund_refused")], ("paid", 0, None))
    assert (await tells(buyer.customer)).count("Zwrot 100,00 zł za zamówienie") == 1
    assert len(await events(desk, "refund.failed")) == 1


@paid_by["stripe"]
@pytest.mark.parametrize("told", [True, False])
async def test_a_refund_that_an_agent_has_asked_for_and_fails_on_its_way_is_told_once(
    desk: Running, buyer: Scripted, payment_id: str, monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    """Told before or not: on the page of money nobody is."""

    def ask(tx: UnitOfWork) -> object:
        order, seller = present(order_record.by_number(tx.connection, number)), desk.installation.written
        outbox = open_outbox(desk.installation.store, desk.installation.clock)
        return refunding.request(outbox, tx, order, seller, 10000, payment_id, "Pomyłka", told=told, by="marek")

    pends_twice(monkeypatch)
    number = (await desk.card(EMAIL))["orders"][0]["number"]
    await desk.installation.desk.happen(ask)
    await desk.advance(1)
    await comes_back(desk, payment_id, amount=10000)
    await comes_back(desk, payment_id, "refund_failed")
    await desk.advance(DAY)
    assert (await refunds(desk), await books(desk)) == ([("failed", 10000, "refund_refused")], ("paid", 0, None))
    assert (await tells(buyer.customer)).count("Zwrot 100,00 zł za zamówienie") == 1


@each_provider
async def test_a_refund_of_the_panel_s_that_fails_is_told_too(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    await comes_back(desk, payment_id, amount=10000)
    assert await books(desk) == ("paid", 10000, None)
    await comes_back(desk, payment_id, "refund_failed")
    again = await desk.http.post(f"/sandbox/api/payments/{payment_id}", json={"outcome": "refund_failed"})
    assert again.status_code == 409
    assert await books(desk) == ("paid", 0, None)
    assert (await tells(buyer.customer)).count("Zwrot 100,00 zł za zamówienie") == 1


@paid_by["przelewy24"]
@on_each_database
async def test_a_supervisor_gives_back_what_was_confirmed_in_their_own_name(
    desk: Running, buyer: Scripted, payment_id: str
) -> None:
    await buyer.customer.say("/agent")
    where = (await desk.card(EMAIL))["conversations"][-1]["id"]
    anna, marek = await AgentHttp.logged_in(desk), await AgentHttp.logged_in(desk, "marek")
    typed = {"of": payment_id, "typed": "100,5", "reason": "Pomyłka"}
    assert (await anna.act(where, "refund", **typed)).status_code == 403, "no supervisor"
    assert (await marek.act(where, "refund", **typed, sure="10050")).status_code == 409, "not taken"
    await marek.act(where, "take")
    for wrong, words in (
        ({"typed": "0"}, "Podaj kwotę"),
        ({"reason": " "}, "Podaj powód"),
        ({}, "Zwrócić 100,50 zł?"),
        ({"typed": "466,18", "sure": "46618"}, "najwyżej 466,17 zł"),
        ({"sure": "10"}, "Zwrócić 100,50 zł?"),
    ):
        assert (await marek.act(where, "refund", **(typed | wrong))).status_code == 422
        assert words in plain(marek.words)
    assert (await marek.act(where, "refund", **(typed | {"of": "another"}))).status_code == 404
    assert await refunds(desk) == []
    sure = typed | {"sure": "10050"}
    pressed = await asyncio.gather(*(marek.post(f"/desk/c/{where}/refund", None, **sure) for _ in range(2)))
    assert [answer.status_code for answer in pressed] == [303, 303]
    assert await refunds(desk) == [("requested", 10050, None)], "pressed twice, it is one"
    assert "Zleciliśmy zwrot 100,50 zł" in await tells(buyer.customer)
    await desk.advance(DAY)
    assert await books(desk) == ("paid", 10050, None)
    letters = [plain(letter["text"]) for letter in await desk.outbox(EMAIL)]
    assert any("Dotąd wróciło 100,50 zł" in words for words in letters), "though a person has the talk"
    trail = await desk.installation.store.read(audit.page)
    [line] = [one for one in trail if one.what == "refund_asked"]
    assert "100,50\xa0zł: Pomyłka" in str(line.after)
    marek = await AgentHttp.logged_in(desk, "marek")
    await part_is_back(desk, payment_id)
    assert (await marek.act(where, "refund", **(typed | {"typed": "10", "sure": "1000"}))).status_code == 303
    await desk.advance(60)
    await marek.get(f"/desk/c/{where}")
    assert "zwrot 10,00 zł nie doszedł do skutku" in plain(marek.words)
    assert any(letter["subject"].startswith("Zwrot się nie udał") for letter in await desk.outbox(EMAIL))
    await marek.act(where, "done")
    told = await tells(buyer.customer)
    assert "potwierdził zwrot 100,50 zł" in told
    assert "Zwrot 10,00 zł" in told, "it takes back what was said"


@paid_by["stripe"]
async def test_a_command_gives_back_what_it_names(
    desk: Running, buyer: Scripted, payment_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, [order] = desk.installation.deps.settings, (await desk.card(EMAIL))["orders"]
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("OKIENKO_PROFILE", str(settings.profile))
    for number, amount, says, *which in (
        ("OK/1", "1.00", "no such order"),
        (order["number"], "1.00", "no such order or payment", "--payment", "another"),
        (order["number"], "a", "no amount"),
        (order["number"], "466.18", "more than is left"),
        (order["number"], "66.17", "requested: 66.17 PLN", "--payment", payment_id),
        (order["number"], "", "requested: 400.00 PLN"),
        (order["number"], "", "nothing is left"),
    ):
        words = ["refund", number, "--reason", "Pomyłka", *(("--amount", amount) if amount else ()), *which]
        done = await asyncio.to_thread(CliRunner().invoke, build("refund"), words)
        assert says in done.output, done.output
    await desk.advance(DAY)
    assert await books(desk) == ("refunded", GROSS, None)
    assert len(await events(desk, "refund.requested")) == len(await events(desk, "refund.done")) == 2


async def test_above_a_sum_nothing_leaves_before_another_agent_confirms_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = sold_by_year(tmp_path / "shop")
    with (shop / "profile.toml").open("a", encoding="utf-8") as file:
        file.write('\n[refund]\nsecond_above = "50.00"\na_day_each = "80.00"\n')
    async with running_desk(tmp_path / "data", profile=shop) as desk:
        buyer = await bought(desk)
        email = buyer.person.email
        card = await desk.card(email)
        payment, number = card["payments"][0]["id"], card["orders"][0]["number"]

        async def held() -> list[tuple[str, int, bool, str | None]]:
            found = await desk.ask("GET", await path(desk, email), headers={"authorization": f"Bearer {MONEY}"})
            return [(one["status"], one["amount"], one["awaits_second"], one["failure"]) for one in found["items"]]

        async def waits() -> str:
            found = await desk.ask("GET", await path(desk, email), headers={"authorization": f"Bearer {MONEY}"})
            return next(one["id"] for one in found["items"] if one["awaits_second"])

        assert (await refund(desk, email=email, amount=100))[1]["awaits_second"] is False, "the seller's own program"
        await buyer.customer.say("/agent")
        where = (await desk.card(email))["conversations"][-1]["id"]
        await promoted(desk, "anna")
        anna, marek = await AgentHttp.logged_in(desk), await AgentHttp.logged_in(desk, "marek")
        await marek.act(where, "take")
        typed = {"of": payment, "typed": "60", "reason": "Pomyłka"}
        assert (await marek.act(where, "refund", **typed)).status_code == 422
        assert "Musi go potwierdzić inna osoba" in plain(marek.words)
        assert (await marek.act(where, "refund", **typed, sure="6000")).status_code == 303
        await desk.advance(60)
        assert (await held())[1:] == [("requested", 6000, True, None)], "no job has it"
        assert "Zleciliśmy" not in await tells(buyer.customer), "it isn't so yet"
        assert (await marek.act(where, "refund", **(typed | {"typed": "30"}), sure="3000")).status_code == 422
        assert "jeszcze najwyżej 20,00 zł: to limit z profilu na osobę" in plain(marek.words)
        of = await waits()
        assert (await marek.act(where, "confirm-refund", of=of, sure="6000")).status_code == 422
        assert "potwierdza go inna osoba" in plain(marek.words)
        assert (await anna.act(where, "confirm-refund", of="another")).status_code == 404
        assert (await anna.act(where, "confirm-refund", of=of)).status_code == 422
        assert "zlecony (Marek" in plain(anna.words)
        pressed = [anna.post(f"/desk/c/{where}/confirm-refund", None, of=of, sure="6000") for _ in range(2)]
        assert [answer.status_code for answer in await asyncio.gather(*pressed)] == [303, 303]
        assert (await anna.act(where, "drop-refund", of=of, reason="Nie", sure="6000")).status_code == 422
        assert "Ktoś już o tym zdecydował" in plain(anna.words)
        assert (await tells(buyer.customer)).count("Zleciliśmy zwrot 60,00 zł") == 1
        lines = [one for one in await desk.installation.store.read(audit.page) if one.what == "refund_confirmed"]
        assert [plain(str(one.after)) for one in lines] == [f"{number}, 60,00 zł (Marek: Pomyłka)"]
        assert (await marek.act(where, "refund", **(typed | {"typed": "10"}), sure="1000")).status_code == 303
        assert (await held())[-1] == ("requested", 1000, True, None), "parts are one sum"
        await marek.act(where, "done")
        assert (await anna.act(where, "drop-refund", of=await waits(), reason="Nie", sure="1000")).status_code == 303
        await desk.advance(DAY)
        assert [one[0] for one in await held()] == ["done", "done", "failed"]
        assert [event["failure"] for event in await events(desk, "refund.failed")] == ["not_confirmed"]
        settings = desk.installation.deps.settings
        monkeypatch.setenv("OKIENKO_DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("OKIENKO_PROFILE", str(shop))
        said = ["refund", number, "--reason", "Pomyłka", "--amount", "5.00"]
        done = await asyncio.to_thread(CliRunner().invoke, build("refund"), said)
        assert "requested: 5.00 PLN" in done.output
        assert "an agent confirms it" in done.output


@disputing
async def test_nothing_is_given_back_of_what_the_payer_claims_elsewhere(
    desk: Running, buyer: Scripted, provider: str, payment_id: str
) -> None:
    done = await desk.http.post(f"/sandbox/api/payments/{payment_id}", json={"outcome": "disputed", "notify": "none"})
    assert done.status_code == 200
    assert (await refund(desk))[0] == 201, "the desk hasn't heard of it yet"
    await desk.advance(60)
    assert [(state, failure) for state, _, failure in await refunds(desk)] == [("failed", "disputed")]
    await desk.advance(DAY)
    assert (await refund(desk))[1]["reason"] == "disputed"
    await comes_back(desk, payment_id, "dispute_won")
    assert (await refund(desk, amount=100))[0] == 201
    await desk.advance(DAY)
    assert await books(desk) == ("paid", 100, "won")


async def test_the_service_may_end_with_a_refund_of_the_whole(tmp_path: Path) -> None:
    shop = sold_by_year(tmp_path / "shop")
    with (shop / "profile.toml").open("a", encoding="utf-8") as file:
        file.write('\n[refund]\nfull = "end"\na_day = "100.00"\n')
    async with running_desk(tmp_path / "data", profile=shop) as desk:
        buyer = await bought(desk)
        email = buyer.person.email
        assert (await refund(desk, email=email, amount=6000))[0] == 201
        await desk.advance(60)
        answers = await asyncio.gather(*(refund(desk, email=email, amount=3000) for _ in range(2)))
        assert sorted(status for status, _ in answers) == [201, 409], "two at once don't pass the day's limit"
        await desk.advance(60)
        status, refused = await refund(desk, email=email)
        assert (status, refused["reason"], refused["left"]) == (409, "too_much_today", 1000)
        now = desk.installation.clock.now().astimezone(WARSAW)
        midnight = datetime.combine(now.date() + timedelta(days=1), time.min, WARSAW)
        await desk.advance((midnight - now).total_seconds() - 60)
        assert (await refund(desk, email=email))[1]["reason"] == "too_much_today", "by the seller's calendar"
        await desk.advance(120)
        assert (await refund(desk, email=email))[0] == 201
        await desk.advance(DAY)
        [ended] = (await desk.card(buyer.person.email))["subscriptions"]
        assert (ended["status"], ended["end_reason"], ended["auto_renewal"]) == ("ended", "refunded", False)
        assert [event["subscription_id"] for event in await events(desk, "subscription.ended")] == [ended["id"]]
        assert "Usługa z tego zamówienia się skończyła" in await tells(buyer.customer)
