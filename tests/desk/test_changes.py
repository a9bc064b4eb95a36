"""More seats within the term, for the days that are left, and another number from the next: in chat and by the API."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.desk.lives import Fate, Lives, insistent, settled, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.renewing import comes, events, lets, looks, taken, written
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, only, until
from tests.desk.seats_sold import costs, rounded, service
from tests.desk.stubborn import stubborn
from tests.desk.test_statements import became, rows, sent
from tests.desk.transfers_told import MONEY
from tests.kit.starter import KEPT, by_seat, by_two_plans
from tests.kit.starter import SEAT_WAYS as WAYS
from tests.kit.talks import plain

DAY = 86400


async def buyer_of(desk: Running, seats: int = 3) -> Scripted:
    return await Scripted(desk, Person(ways=WAYS, facts={"quantity": str(seats)})).run()


async def last_day(desk: Running, email: str) -> str:
    """The end of the only service, as its customer reads it."""
    return written(datetime.fromisoformat((await service(desk, email))["ends_at"]), 0, "pl")


async def test_more_seats_cost_the_days_that_are_left_and_are_renewed(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller")) as desk:
        buyer = await buyer_of(desk)
        chat, email = buyer.customer, buyer.person.email
        await desk.advance(100 * DAY)
        await buyer.say("potrzebuję więcej stanowisk")
        await buyer.run("zone.change_seats")
        await buyer.say("5")
        net, gross = costs(2, 265)
        assert (net, gross) == (14520, 17860)
        offer = plain(chat.said[-1])
        assert "Teraz: Plan Standard (3 stanowiska)\nPo zmianie: Plan Standard (5 stanowisk)" in offer
        last = await last_day(desk, email)
        assert f"Kiedy: od razu, do {last} (265 dni)" in offer
        assert "netto 145,20 zł, VAT 33,40 zł" in offer
        assert f"link po zamówieniu\nNastępny okres: 615,00 zł, od {last}\nRazem: 178,60 zł" in offer
        id = (await service(desk, email))["id"]
        quote = {"quantity": 5, "from": "now", "reason": "asked"}
        quoted = await desk.http.post(f"/api/v1/subscriptions/{id}/quote", json=quote, headers=MONEY)
        told = quoted.json()
        assert [told[name] for name in ("old", "new", "days", "net", "vat", "gross")] == [3, 5, 265, 14520, 3340, gross]
        await buyer.say("tak")
        assert chat.at == "zone.change", "a yes orders nothing"
        await buyer.say("change:now")
        assert (await service(desk, email))["seats"] == 3, "not before it is paid"
        assert "dodatkowo Plan Standard (2 stanowiska)" in plain(chat.said[-1])
        await buyer.run()
        assert (await service(desk, email))["seats"] == 5
        assert "Otrzymaliśmy 178,60 zł" in plain(chat.said[-1])
        assert "Od teraz: Plan Standard (5 stanowisk)." in plain(chat.said[-1])
        letters = [plain(mail["text"]) for mail in await desk.outbox(email)][-2:]
        assert all("2 stanowiska po 72,60 zł netto" in letter for letter in letters), "confirmed, and added"
        await buyer.say("zone:my_account")
        assert "5 stanowisk" in plain(chat.said[-1])
        ends = datetime.fromisoformat((await service(desk, email))["ends_at"])
        await comes(desk, ends, days=6)
        renewed = next(order for order in (await desk.card(email))["orders"] if order["status"] == "placed")
        assert ([item["quantity"] for item in renewed["items"]], renewed["net"]) == ([5], 50000)


async def test_the_seats_go_with_their_money(tmp_path: Path) -> None:
    ends = ("[plan.seats]", '[refund]\nfull = "end"\n\n[plan.seats]')
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller", ends)) as desk:
        buyer = await buyer_of(desk)
        email = buyer.person.email
        await buyer.say("zone:change")
        await buyer.say("4")
        await buyer.say("change:now")
        await buyer.run()
        stands, [_, added] = await service(desk, email), (await desk.card(email))["orders"]
        assert (stands["seats"], added["gross"]) == (4, costs(1, 365)[1])
        assert added["items"] == [{"id": "standard", "quantity": 1, "term": "P1Y", "years": 1, "adds": stands["id"]}]
        refund = await desk.http.post(
            f"/api/v1/orders/{added['number']}/refunds", json={"reason": "a slip"}, headers=MONEY
        )
        assert refund.status_code == 201
        await desk.advance(60)
        assert (await service(desk, email))["seats"] == 3


async def test_a_change_that_was_not_paid_in_time_changes_nothing(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller")) as desk:
        buyer = await buyer_of(desk)
        chat, email = buyer.customer, buyer.person.email
        for said in ("zone:change", "4", "change:now"):
            await buyer.say(said)
        await desk.advance(8 * DAY)
        await buyer.say("pay:now")
        assert "Czas na zapłatę minął" in plain(chat.said[-1])
        assert chat.at == "zone.zone"
        card = await desk.card(email)
        assert [order["status"] for order in card["orders"]] == ["paid", "cancelled"]
        assert only(card["subscriptions"])["seats"] == 3
        await buyer.say("zone:change")
        assert "Teraz masz Plan Standard (3 stanowiska)" in plain(chat.said[-1]), "it can be ordered anew"


async def test_another_plan_now_is_paid_for_its_days_and_a_cheaper_one_comes_with_the_next_term(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_two_plans(tmp_path / "seller")) as desk:
        buyer = await buyer_of(desk)
        chat, email = buyer.customer, buyer.person.email
        await desk.advance(100 * DAY)
        of = f"/api/v1/subscriptions/{(await service(desk, email))['id']}"
        await buyer.say("zone:change")
        await buyer.run("zone.change_seats")
        await buyer.say("zone:home")
        await buyer.say("chcę zmienić plan")
        assert (chat.at, "change_to:pro" in chat.buttons) == ("zone.change_seats", True)
        await buyer.say("change_to:pro")
        unit = rounded(Fraction((4 * 25000 - 3 * 10000) * 265, 365 * 4))
        net, gross = 4 * unit, 4 * unit + rounded(Fraction(4 * unit * 23, 100))
        assert "Teraz: Plan Standard (3 stanowiska)\nPo zmianie: Plan Pro (4 stanowiska)" in plain(chat.said[-1])
        body = {"plan": "pro", "from": "now"}
        told = (await desk.http.post(f"{of}/quote", json=body, headers=MONEY)).json()
        assert [told[name] for name in ("old", "new", "old_plan", "new_plan")] == [3, 4, "standard", "pro"]
        assert [told[name] for name in ("days", "net", "gross")] == [265, net, gross]
        await buyer.say("change:now")
        assert f"Plan Pro (4 stanowiska) zamiast Plan Standard do {await last_day(desk, email)}" in plain(chat.said[-1])
        await buyer.run()
        assert "Od teraz: Plan Pro (4 stanowiska)." in plain(chat.said[-1])
        stands, [first, added] = await service(desk, email), (await desk.card(email))["orders"]
        assert [stands[name] for name in ("product", "seats", "next_plan")] == ["pro", 4, None]
        assert (first["gross"], added["gross"]) == (36900, gross)
        back = {"plan": "standard", "from": "now", "reason": "asked"}
        refused = await desk.http.patch(of, json=back, headers=MONEY)
        assert (refused.status_code, refused.json()["reason"]) == (409, "cheaper")
        await buyer.say("zone:change")
        await buyer.say("change_to:standard")
        assert [one for one in chat.buttons if one.startswith("change:")] == ["change:next_term"]
        await buyer.say("zone:home")
        done = await desk.http.patch(of, json={**back, "from": "next_term", "quantity": 2}, headers=MONEY)
        assert [done.json()[name] for name in ("product", "next_plan", "next_quantity")] == ["pro", "standard", 2]
        assert f"Od {await last_day(desk, email)}: Plan Standard (2 stanowiska)." in plain(await looks(chat))
        changed = await events(desk, "subscription.changed")
        assert [(one["plan"], one["quantity"]) for one in changed] == [("pro", 4), ("standard", 2)]
        await comes(desk, datetime.fromisoformat(stands["ends_at"]), days=6)
        renewed = next(order for order in (await desk.card(email))["orders"] if order["status"] == "placed")
        assert [(item["id"], item["quantity"], renewed["net"]) for item in renewed["items"]] == [("standard", 2, 20000)]


async def test_a_change_is_charged_to_the_kept_card_or_paid_by_its_link(tmp_path: Path) -> None:
    """The card names the method; a refusal leads to the link, and a press on another way to it from the beginning."""
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller", KEPT)) as desk:
        buyer = await Scripted(desk, Person(method="card", ways=WAYS, facts={"quantity": "3"})).run()
        chat, email = buyer.customer, buyer.person.email
        before = await taken(desk)

        async def wants(seats: str) -> str:
            await buyer.say("zone:change")
            await buyer.say(seats)
            return plain(chat.said[-1])

        assert "…4242, od razu" in await wants("5")
        assert [one for one in chat.buttons if "change:" in one] == ["change:now", "change:link", "change:next_term"]
        await buyer.say("change:now")
        await chat.settled()
        told = plain("\n".join(chat.said[-3:]))
        assert f"dodatkowo Plan Standard (2 stanowiska) do {await last_day(desk, email)}. Pobieram" in told
        assert "Do opłacenia" not in told, "what is being charged isn't asked for"
        assert "Od teraz: Plan Standard (5 stanowisk)." in plain(await until_told(chat))
        assert ((await service(desk, email))["seats"], await taken(desk) - before) == (5, 1)
        await lets(desk, "declined")
        await wants("6")
        await buyer.say("change:now")
        assert "Na razie nic się nie zmienia" in plain(await until_told(chat, "Płatność odrzucona"))
        assert ((await service(desk, email))["seats"], await taken(desk) - before) == (5, 1)
        await buyer.run()
        assert ((await service(desk, email))["seats"], await taken(desk) - before) == (6, 2)
        await lets(desk, "works")
        await wants("8")
        await buyer.say("change:link")
        assert ("link po zamówieniu" in plain(chat.said[-1]), "change:link" in chat.buttons) == (True, False)
        await buyer.say("change:now")
        assert (await taken(desk) - before, chat.expects) == (2, "payment")
        await buyer.run()
        assert ((await service(desk, email))["seats"], await taken(desk) - before) == (8, 3)
        paid = [order["gross"] for order in (await desk.card(email))["orders"] if order["status"] == "paid"]
        assert sorted(paid) == sorted([36900, *(costs(more, 365)[1] for more in (2, 1, 2))])


async def until_told(chat: Any, words: str = "Od teraz") -> str:
    """What was said last, once the desk has said that."""

    async def there() -> bool:
        await chat.look()
        return any(words in plain(said) for said in chat.said[-3:])

    await until(there)
    return "\n".join(chat.said[-3:])


class Meanwhile(Fate):
    """Lets lives end only while seats are changed and the statement with their money is read."""

    def _is_new(self, point: str) -> bool:
        return self.doing in ("changes", "imports") and super()._is_new(point)


async def test_dropped_at_every_point_of_a_change_and_of_the_statement_that_pays_it(tmp_path: Path) -> None:
    fate, profile = Meanwhile(), by_seat(tmp_path / "seller")

    async with insistent() as http:
        desk = Running(None, http)  # type: ignore[arg-type]

        async def journey(_number: int) -> None:
            buyer = stubborn(http)
            buyer.person = replace(buyer.person, ways=WAYS, facts={"quantity": "3"})
            await buyer.run()
            of, wanted = (await service(desk, buyer.email))["id"], {"quantity": 5, "from": "now", "reason": "asked"}
            fate.acting("changes")
            changed = await http.patch(f"/api/v1/subscriptions/{of}", json=wanted, headers=MONEY)
            assert changed.json().get("reason") in (None, "waits"), "said again, it waits for its money"
            await settled(http)
            order = only([one for one in (await desk.card(buyer.email))["orders"] if one["status"] == "placed"])
            file = rows((f"{order['gross'] / 100:.2f}", order["number"], order["id"]), ("5", "nobody", order["id"]))
            fate.acting("imports")
            assert len(became(await sent(desk, file, order["id"]))) == 2
            await settled(http)
            fate.acting("looks")
            card = await desk.card(buyer.email)
            assert (only(card["subscriptions"])["seats"], {one["status"] for one in card["orders"]}) == (5, {"paid"})
            told = [(e["type"], e["data"]) for e in (await http.get("/sandbox/api/events")).json()]
            paid = sorted(name for name, data in told if data.get("order_number") == order["number"])
            assert paid == ["order.placed", "payment.paid", "transfer.matched"], "ordered and paid once"
            assert sum(name == "subscription.changed" and data["subscription_id"] == of for name, data in told) == 1
            assert became(await sent(desk, file)) == [("known", None), ("unmatched", "no_such_sum")]

        with quick_starts():
            lives = Lives(tmp_path / "desk", http, fate.deadly, fate.begin, {"profile": profile})
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert points > 10, "the points weren't found"


async def test_dropped_at_every_point_of_a_change_charged_to_the_kept_card(tmp_path: Path) -> None:
    """Paid once, given once, told once, whatever the desk was about to do as it went."""
    asked = ('auto_renewal = "offer"', 'auto_renewal = "ask"')  # no answer that a customer may forget
    fate, profile = Meanwhile(), by_seat(tmp_path / "seller", KEPT, asked)

    async with insistent() as http:
        desk = Running(None, http)  # type: ignore[arg-type]

        async def journey(_number: int) -> None:
            buyer = stubborn(http)
            buyer.person = replace(buyer.person, method="card", ways=WAYS, facts={"quantity": "3"})
            await buyer.run()
            await buyer.say("zone:change")
            await buyer.say("5")
            fate.acting("changes")
            await buyer.say("change:now")
            await settled(http)
            fate.acting("looks")
            card = await desk.card(buyer.email)
            assert (only(card["subscriptions"])["seats"], {one["status"] for one in card["orders"]}) == (5, {"paid"})
            of, number = only(card["subscriptions"])["id"], max(one["number"] for one in card["orders"])
            tried = {payment["id"] for payment in card["payments"] if payment["order_number"] == number}
            taken = [one for one in await buyer.desk.attempts() if one["id"] in tried and one["status"] == "paid"]
            assert (len(card["orders"]), len(taken)) == (2, 1), "ordered once, and taken once"
            told: list[tuple[str, Any]] = []

            async def delivered() -> bool:
                told[:] = [(e["type"], e["data"]) for e in (await http.get("/sandbox/api/events")).json()]
                return any(name == "subscription.changed" and data["subscription_id"] == of for name, data in told)

            await until(delivered)
            paid = sorted(name for name, data in told if data.get("order_number") == number)
            assert paid == ["order.placed", "payment.paid"]
            assert sum(name == "subscription.changed" and data["subscription_id"] == of for name, data in told) == 1
            said = [plain(line) for line in await buyer.door.everything()]
            for words in ("Pobieram", "Pobraliśmy", "Od teraz: Plan Standard (5 stanowisk)."):
                assert sum(words in line for line in said) == 1, f"{words} in {said[-6:]}"

        with quick_starts():
            lives = Lives(tmp_path / "desk", http, fate.deadly, fate.begin, {"profile": profile})
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert points > 10, "the points weren't found"
