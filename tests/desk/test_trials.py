"""Free trials over the wire: begun in words of their own, told of, over; and had once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from difflib import ndiff
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cli.check import rehearse
from bot.cli.new import begin
from bot.profile import load
from bot.profile.price_checks import doubts
from tests.desk.agent_http import AgentHttp
from tests.desk.renewing import comes, comes_to, goes_through, lets, written
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, only
from tests.desk.seller_api import TOKEN
from tests.kit.starter import sold_behind_trial, spoil
from tests.kit.talks import NOT, plain, plays, says
from tests.walks import walk_of_the_day
from values.term import Term, end_after

# "49 zł a month or 490 a year, 14 days free, 3 seats, set-up 300 once", in the profile of `okienko new`.
WRITTEN = (
    ('"1 year" = "100.00"', '"1 year" = "490.00"'),
    ('"1 month" = "10.00"', '"1 month" = "49.00"'),
    ("chargeable = []", 'chargeable = ["card"]'),
    ("# [plan.seats]\n# min = 1\n# max = 50", "[plan.seats]\nmin = 1\nmax = 50"),
    ('# [plan.trial]\n# days = 14\n# method = "kept"', '[plan.trial]\ndays = 14\nmethod = "kept"'),
    ("[[document]]", '[[addon]]\nid = "setup"\nnet = "300.00"\nonce = true\nrequired = true\n\n[[document]]'),
)
TITLES = {"pl": "Uruchomienie", "it": "Avvio", "en": "Getting started"}
WAYS = ("start:buy", "account:new", "method:card", "terms_clauses:accept", "einvoice:later")


@asynccontextmanager
async def trying(folder: Path, method: str) -> AsyncGenerator[Running]:
    """The desk of the starter's seller, whose plan is sold by the month behind a trial."""
    async with running_desk(folder / "data", profile=sold_behind_trial(folder / "shop", method)) as desk:
        yield desk


async def test_a_trial_without_a_way_to_pay_is_told_over_and_had_once(tmp_path: Path) -> None:
    async with trying(tmp_path, "none") as desk:
        first = Scripted(desk, Person(ways=WAYS))
        here = (await first.run("order.trial")).customer
        assert "14 dni za 0,00 zł, potem 60,27 zł za miesiąc" in plain(here.said[-1])
        assert "trial:start" in here.buttons
        await here.say("czy jest okres próbny?")
        assert "Tak, raz dla każdego klienta: 14 dni za 0,00 zł, potem 60,27 zł za miesiąc" in plain(here.said[-1])
        await here.say("zamawiam")
        assert here.at == "order.trial", "no order, and no duty to pay"
        await here.say("Zaczynam bezpłatny okres")
        await here.settled()
        until = "Odnawianie: nie, usługa kończy się"
        await plays(here, ("ile kosztuje miesiąc?", "", "60,27 zł z VAT"), ("nie odnawiaj", "", until, f"{NOT}Koszyk"))
        card = await desk.card(first.person.email)
        of = only(card["subscriptions"])
        assert [(o["status"], o["gross"]) for o in card["orders"]] + card["payments"] == [("paid", 0)]
        end = datetime.fromisoformat(of["ends_at"])
        assert (of["status"], of["trial_ends_at"]) == ("trial", of["ends_at"])
        assert end - datetime.fromisoformat(of["starts_at"]) == timedelta(days=14)
        path, of_status = "/api/v1/subscriptions", ({"status": "trial"}, {"status": "active"})
        listed = [await desk.http.get(path, params=params, headers=TOKEN) for params in of_status]
        assert [len(one.json()["items"]) for one in listed] == [1, 0]
        await comes(desk, end, days=2.5)
        told = plain((await desk.outbox(first.person.email))[-1]["text"])
        assert f"Bezpłatny okres kończy się {written(end, 0, 'pl')}" in told
        assert "60,27 zł za miesiąc" in told
        await comes(desk, end, days=-1)
        assert only((await desk.card(first.person.email))["subscriptions"])["status"] == "ended"
        assert (await desk.card(first.person.email))["payments"] == []
        await here.look()
        assert "Bezpłatny okres skończył się" in here.said[-1]
        await says(here, "start:buy")
        await first.run("order.pay")
        assert "60,27 zł" in plain(here.said[-1]), "the cart is ready, and bought by a new act"
        assert "pay:now" in here.buttons
        second = Scripted(desk, Person(ways=WAYS))
        await second.run("order.trial")
        await second.customer.say("trial:start")
        assert "tylko dla nowych klientów" in second.customer.said[-1] + second.customer.said[-2]
        assert second.customer.at == "order.method"
        assert only((await desk.card(second.person.email))["companies"])["tax_number"]
        await _is_granted(desk, second)
        assert second.customer.at == "order.trial", "the same cart, with the trial again"
        await _is_granted(desk, first)
        await says(here, "start:buy")
        await first.run("order.trial")
        for one in (second, first):
            await one.customer.say("trial:start")
            await one.customer.settled()
            assert [s["status"] for s in (await desk.card(one.person.email))["subscriptions"]][-1] == "trial"
        third = Scripted(desk, Person(ways=WAYS))
        await third.run("order.trial")
        await third.customer.say("trial:start")
        assert third.customer.at == "order.method", "nobody else is granted anything"
        await third.run("order.pay")
        await third.customer.say("edit:method")
        await third.customer.say("method:blik")
        assert third.customer.at == "order.pay", "another answer doesn't ask for the trial once more"


@pytest.mark.parametrize(
    ("locale", "no", "yes"),
    [
        ("pl", "poproszę bez okresu próbnego, płacę kartą", "jednak chcę okres próbny"),
        ("it", "la prova gratuita non mi serve", "meglio con la prova"),
        ("en", "can I skip the free trial?", "no, I’d like the trial after all"),
    ],
)
async def test_a_trial_is_declined_in_words_and_wanted_again(tmp_path: Path, locale: str, no: str, yes: str) -> None:
    async with trying(tmp_path, "none") as desk:
        buyer = Scripted(desk, Person(locale=locale, ways=WAYS))
        await buyer.run("order.trial")
        for said, act in ((no, "pay"), (yes, "trial"), (no, "pay")):
            await buyer.say(said)
            await buyer.run(f"order.{act}")
        await buyer.say("pay:now")
        await buyer.customer.settled()
        assert [o["gross"] for o in (await desk.card(buyer.person.email))["orders"]] == [6027]


async def _is_granted(desk: Running, customer: Scripted) -> None:
    """A supervisor lets them have one more trial: however often it is pressed, it is told once."""
    await customer.customer.say("/agent")
    where = only((await desk.card(customer.person.email))["conversations"])["id"]
    anna, marek = await AgentHttp.logged_in(desk), await AgentHttp.logged_in(desk, "marek")
    form = {"reason": "Choroba w czasie próby."}
    assert (await anna.act(where, "grant-trial", **form)).status_code == 403, "no supervisor"
    assert (await marek.act(where, "grant-trial", **form)).status_code == 409, "not taken"
    await marek.act(where, "take")
    assert (await marek.act(where, "grant-trial", reason="")).status_code == 422
    assert "Podaj powód" in marek.words
    assert (await marek.act(where, "grant-trial", **form)).status_code == 422
    assert "Przyznać jeszcze jeden okres próbny, za 0,00 zł?" in plain(marek.words)
    pressed = (marek.post(f"/desk/c/{where}/grant-trial", None, **form, sure="0") for _ in range(2))
    assert {one.status_code for one in await asyncio.gather(*pressed)} == {303}
    assert (await marek.act(where, "grant-trial", **form, sure="0")).status_code in (303, 422)
    await marek.get(f"/desk/c/{where}")
    assert ("/grant-trial" in marek.page, "Przyznany jeszcze jeden" in marek.words) == (False, True)
    await marek.act(where, "done")
    await customer.customer.look()
    assert plain("".join(customer.customer.said)).count("Możesz zacząć bezpłatny okres: 14 dni za 0,00 zł") == 1


async def _keeps(desk: Running) -> tuple[Scripted, datetime]:
    """A customer in a trial for which a card was kept, and nothing charged; and its end."""
    buyer = Scripted(desk, Person(method="card", ways=WAYS))
    here = (await buyer.run("order.pay")).customer
    assert "14 dni za 0,00 zł, potem 60,27 zł za miesiąc" in plain(here.said[-1])
    await here.say("zamawiam")
    await here.settled()
    await goes_through(desk, here.link("payment")["id"], "works")
    await comes_to(here, "choice")
    total = "\nRazem: 14 dni za 0,00 zł, potem 60,27 zł za miesiąc, z VAT"
    assert total in "".join([plain(letter["text"]) for letter in await desk.outbox(buyer.person.email)])
    card = await desk.card(buyer.person.email)
    assert [(m["method"], m["label"]) for m in card["methods"]] == [("card", "Visa …4242")]
    of = only(card["subscriptions"])
    assert (of["status"], of["auto_renewal"]) == ("trial", True)
    return buyer, datetime.fromisoformat(of["trial_ends_at"])


async def test_terms_a_trial_seats_and_a_fee_are_twenty_lines_of_a_new_profile(tmp_path: Path) -> None:
    began = begin(tmp_path / "shop")
    before = {file: file.read_text("utf-8").splitlines() for file in began}
    for old, new in WRITTEN:
        spoil(tmp_path / "shop", "profile.toml", old, new)
    for locale, title in TITLES.items():
        with (tmp_path / f"shop/texts/{locale}.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[addon.setup]\ntitle = "{title}"\n')
    lines = (line for file in began for line in ndiff(before[file], file.read_text("utf-8").splitlines()))
    assert sum(line.startswith("+ ") and bool(line[2:].strip()) for line in lines) <= 20
    profile = load(tmp_path / "shop")
    assert (*doubts(profile, datetime.now(UTC)), *rehearse(profile, walk_of_the_day).problems) == ()

    async with running_desk(tmp_path / "data", profile=tmp_path / "shop") as desk:
        buyer = Scripted(desk, Person(method="card", ways=("term:1m", *WAYS), facts={"quantity": "3"}))
        here = (await buyer.run("order.seats")).customer
        await here.say("kiedy pobierzecie pieniądze?")
        assert "na końcu bezpłatnego okresu (14 dni)" in plain(here.said[-1])
        await buyer.run("order.pay")
        await here.say("co jest w koszyku?")
        said, sums = plain("\n".join(here.said)), "14 dni za 0,00 zł, potem 549,81 zł, a dalej 180,81 zł za miesiąc"
        assert "Razem 0,00" not in said
        assert ("po 49,00 zł netto" in said, sums in said) == (True, True)
        await here.say("kiedy pobierzecie pieniądze?")
        assert "Pierwszą opłatę, 549,81 zł, pobierzemy" in plain(here.said[-1])
        await here.say("ile kosztuje wdrożenie?")
        assert "Uruchomienie, jednorazowo: 300,00 zł netto" in plain(here.said[-1])
        await here.say("zamawiam")
        await here.settled()
        await goes_through(desk, here.link("payment")["id"], "works")
        await comes_to(here, "choice")
        email, [of] = buyer.person.email, (await desk.card(buyer.person.email))["subscriptions"]
        end = datetime.fromisoformat(of["trial_ends_at"])
        await comes(desk, end, days=6.5)
        letter = plain((await desk.outbox(email))[-1]["text"])
        assert f"okres kończy się {written(end, 0, 'pl')}" in letter
        assert "pierwszą opłatę, 549,81 zł (Visa …4242)" in letter
        await comes(desk, end, days=0.01)
        assert await _paid(desk, email) == [0]
        await comes(desk, end, days=-0.5)
        assert await _paid(desk, email) == [0, 54981]
        assert "pierwszą opłatę po bezpłatnym okresie, 549,81 zł" in plain((await desk.outbox(email))[-1]["text"])
        of = only((await desk.card(email))["subscriptions"])
        assert (of["status"], of["trial_ends_at"]) == ("active", end.isoformat().replace("+00:00", "Z"))
        month = datetime.fromisoformat(of["ends_at"])
        assert month == end_after(end, Term("P1M"), ZoneInfo("Europe/Warsaw"))
        await comes(desk, month, days=-0.5)
        assert await _paid(desk, email) == [0, 54981, 18081]


async def _paid(desk: Running, email: str) -> list[int]:
    return [p["amount"] for p in (await desk.card(email))["payments"] if p["status"] == "paid"]


async def test_what_follows_a_trial_is_a_least_sum_until_seats_are_chosen(tmp_path: Path) -> None:
    shop = sold_behind_trial(tmp_path / "shop", "kept")
    spoil(shop, "profile.toml", "[[document]]", "[plan.seats]\nmin = 2\nmax = 50\n\n[[document]]")
    async with running_desk(tmp_path / "data", profile=shop) as desk:
        here = (await Scripted(desk, Person(ways=WAYS)).run("order.seats")).customer
        for number, told in (("", "potem od 120,54 zł za miesiąc"), ("3", "potem 180,81 zł za miesiąc")):
            await says(here, *filter(None, (number, "czy jest okres próbny?")))
            assert told in plain(here.said[-1])


@pytest.mark.parametrize("words", ["rezygnuję", "stop", "disdici", "nie odnawiaj usługi", "don't renew it"])
async def test_nobody_is_charged_who_has_stopped_a_trial(tmp_path: Path, words: str) -> None:
    async with trying(tmp_path, "kept") as desk:
        buyer, end = await _keeps(desk)
        await says(buyer.customer, words)  # while e-invoices are offered
        assert f"usługa kończy się {written(end, 0, 'pl')}" in plain("".join(buyer.customer.said))
        await comes(desk, end, days=-2)
        card = await desk.card(buyer.person.email)
        assert await _paid(desk, buyer.person.email) == [0]
        assert (only(card["subscriptions"])["status"], [o["gross"] for o in card["orders"]]) == ("ended", [0])


async def test_a_first_charge_that_fails_ends_the_trial_in_words(tmp_path: Path) -> None:
    async with trying(tmp_path, "kept") as desk:
        buyer, end = await _keeps(desk)
        await lets(desk, "declined")
        await comes(desk, end, days=-0.5)
        await buyer.customer.look()
        assert "Opłaty nie udało się pobrać (Visa …4242), więc nic nie płacisz" in plain(buyer.customer.said[-1])
        assert only((await desk.card(buyer.person.email))["subscriptions"])["status"] == "ended"
        assert await _paid(desk, buyer.person.email) == [0]
