"""What is sold by the month: charged each month as the receipt before has said, until it is stopped."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.desk.italian import PROFILE, buying
from tests.desk.renewing import comes, goes_through, lets, taken, tells, written
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Scripted, logs_in_again, until
from tests.desk.seller_api import TOKEN
from tests.desk.test_second_year import changed, ends_at

NETS = 'net = {"1 month" = "24.00", "1 year" = "240.00"}'
MONTHS = (
    ("profile.toml", "announce_days = 31", "announce_days = 14"),
    ("profile.toml", 'net = "240.00"\nyears = [1, 2]', f'terms = ["1 month", "1 year"]\n{NETS}'),
)
WAYS = (
    *("start:buy", "addons:none", "account:new", "legal_form:company", "term:1m", "terms:accept"),
    *("pay:now", "pec_ordinary:yes"),
)
pytestmark = pytest.mark.usefixtures("asked_seldom")


async def bought(desk: Running) -> Scripted:
    scripted = await buying(desk, ways=WAYS).run("payment")
    await goes_through(desk, scripted.customer.link("payment")["id"], "works")
    await scripted.customer.settled()
    return await scripted.run()


async def hears(customer: Customer, words: str) -> str:
    """Wait until the words are said; return all that was said since the last look."""
    said: list[str] = []

    async def there() -> bool:
        said.append(await tells(customer))
        return any(words in one for one in said)

    await until(there)
    return "\n".join(said)


async def test_a_month_is_charged_as_its_receipt_said_and_no_more_once_it_is_stopped(tmp_path: Path) -> None:
    async with running_desk(tmp_path, profile=changed(tmp_path, PROFILE, *MONTHS)) as desk:
        scripted = await bought(desk)
        customer, email, told = scripted.customer, scripted.person.email, "\n".join(scripted.customer.said)
        begun = end = await ends_at(desk, email)
        for n in range(1, 5):
            day, last = written(end, 4, "it"), written(end, 5, "it")
            assert f"il {day} addebitiamo 29,28 € per un altro mese (Visa …4242)" in told.replace("\xa0", " ")
            assert f"entro il {last}" in told.replace("\xa0", " ")
            await comes(desk, end, days=4.5)
            assert await tells(customer) == "", "the receipt has announced it"
            await comes(desk, end, days=3.5)
            told = await hears(customer, "Abbiamo addebitato 29,28 €")
            assert (told.count("Abbiamo addebitato 29,28 €"), await taken(desk)) == (1, n + 1)
            end = await ends_at(desk, email)
        assert (end.month, end.day) == ((begun.month + 3) % 12 + 1, begun.day), "the day of the first, after February"
        await customer.say("non rinnovare")
        await logs_in_again(customer, email)
        await comes(desk, end, days=-20)
        card = await desk.card(email)
        assert ([o["gross"] for o in card["orders"]], await taken(desk)) == ([2928] * 5, 5)
        assert [s["status"] for s in card["subscriptions"]] == ["ended"]


async def test_the_receipt_of_a_cheaper_first_month_says_why_the_next_costs_more(tmp_path: Path) -> None:
    coded = ("profile.toml", "[[document]]", '[[discount]]\ncode = "ESTATE"\npercent = 50\n\n[[document]]')
    async with running_desk(tmp_path, profile=changed(tmp_path, PROFILE, *MONTHS, coded)) as desk:
        scripted = await buying(desk, ways=WAYS).run("order.terms")
        await scripted.customer.say("codice ESTATE")
        await scripted.run("payment")
        await goes_through(desk, scripted.customer.link("payment")["id"], "works")
        await scripted.customer.settled()
        told = "\n".join((await scripted.run()).customer.said).replace("\xa0", " ")
        assert "29,28 € per un altro mese (Visa …4242; prima 14,64 € con il codice ESTATE, che non vale per" in told


async def test_a_transfer_for_a_month_tells_of_the_next_charge_once(tmp_path: Path) -> None:
    async with running_desk(tmp_path, profile=changed(tmp_path, PROFILE, *MONTHS)) as desk:
        scripted = await bought(desk)
        customer, email = scripted.customer, scripted.person.email
        await lets(desk, "declined")
        await comes(desk, await ends_at(desk, email), days=3.5)
        await hears(customer, "ha rifiutato")
        number = (await desk.card(email))["orders"][-1]["number"]
        path, money = f"/api/v1/orders/{number}/payments", {"amount": 2928, "currency": "EUR", "reference": "T-1"}
        assert (await desk.http.post(path, json=money, headers=TOKEN)).status_code == 201
        await lets(desk, "works")
        end = await ends_at(desk, email)
        announced = f"il {written(end, 4, 'it')} addebitiamo 29,28 € per un altro mese (Visa …4242)"
        assert (await hears(customer, announced)).count("addebitiamo") == 1
        await comes(desk, end, days=4.5)
        assert ("addebitiamo" in await tells(customer), await taken(desk)) == (False, 1)
        await comes(desk, end, days=3.5)
        assert (await hears(customer, "Abbiamo addebitato 29,28 €")).count("Abbiamo addebitato") == 1
        assert (await taken(desk), (await ends_at(desk, email)) > end) == (2, True)


async def test_a_month_paid_without_a_chat_is_followed_by_a_letter_before_the_next_charge(tmp_path: Path) -> None:
    async with running_desk(tmp_path, profile=changed(tmp_path, PROFILE, *MONTHS)) as desk:
        scripted = await bought(desk)
        email, end = scripted.person.email, await ends_at(desk, scripted.person.email)
        await lets(desk, "gone")
        await scripted.customer.say("zone:log_out")
        await comes(desk, end, days=3.5)
        [owed] = [payment for payment in (await desk.card(email))["payments"] if payment["status"] == "pending"]
        await goes_through(desk, owed["id"], "works")
        await until(lambda: _is_later(desk, email, end))
        end = await ends_at(desk, email)
        await comes(desk, end, days=4.5)
        told = (await desk.outbox(email))[-1]["text"].replace("\xa0", " ")
        assert f"il {written(end, 4, 'it')} addebitiamo 29,28 €" in told
        await comes(desk, end, days=3.5)
        assert await taken(desk) == 3


async def _is_later(desk: Running, email: str, end: datetime) -> bool:
    return await ends_at(desk, email) > end


async def test_a_month_that_is_never_paid_is_asked_for_twice_and_ends_after_three_days(tmp_path: Path) -> None:
    async with running_desk(tmp_path, profile=changed(tmp_path, PROFILE, *MONTHS)) as desk:
        scripted = await bought(desk)
        customer, email = scripted.customer, scripted.person.email
        end = await ends_at(desk, email)
        await lets(desk, "gone")
        await comes(desk, end, days=0.1)
        told = await hears(customer, "ancora in attesa")
        assert [told.count(words) for words in ("non è più valido", "ancora in attesa")] == [1, 1]
        for days, status in ((-2, "grace"), (-4, "ended")):
            await comes(desk, end, days=days)
            assert [s["status"] for s in (await desk.card(email))["subscriptions"]] == [status]
