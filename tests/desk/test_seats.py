"""A plan sold by the seat: asked first, corrected in words, shown per seat and in total, renewed with as many."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.desk.renewing import comes
from tests.desk.running import running_desk
from tests.desk.scripted import Person, Scripted, only
from tests.kit.starter import SEAT_WAYS as WAYS
from tests.kit.starter import by_seat
from tests.kit.talks import plain

YEARLY = 'net = "100.00"                     # for one year, without VAT'
MONTHLY = ("years = [1]", 'terms = ["1 month", "1 year"]\n[plan.net]\n"1 month" = "49.00"\n"1 year" = "490.00"')

ASKED = ("ile za 3 osoby?", "3 osoby - ile?", "ile zapłacę za 3 osoby", "jaka cena za 3?", "a dla trzech osób?")


def by_month(folder: Path) -> Path:
    """The same, by the month and the year."""
    none = (("announce_days = 14", "announce_days = 0"), ('auto_renewal = "offer"', 'auto_renewal = "none"'))
    return by_seat(folder, (YEARLY, ""), MONTHLY, *none)


async def test_seats_are_asked_first_corrected_in_words_and_told_per_seat_and_in_total(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_month(tmp_path / "seller")) as desk:
        buyer = await Scripted(desk, Person(ways=WAYS)).run("order.seats")
        chat = buyer.customer
        assert (chat.expects, chat.buttons) == ("quantity", ["seats:2", "seats:3", "seats:5", "seats:10"])
        assert "Ile stanowisk? Cena za stanowisko: 49,00 zł netto (1 miesiąc)." in plain(chat.said[-1])
        for said, told in (
            ("1", "co najmniej 2"),
            ("51", "najwyżej 50"),
            ("ile to miesięcznie?", "1 rok: 490,00"),
            ("a jaka cena przy 4 użytkownikach?", "(4 stanowiska), 1 miesiąc: 196,00 zł netto"),
            *((asked, "(3 stanowiska), 1 miesiąc: 147,00 zł netto") for asked in ASKED),
            ("ile trwa aktywacja dla 3 osób?", "konsultant"),
        ):
            await buyer.say(said)
            assert told in plain(chat.said[-1])
            assert chat.at == "order.seats"
        for said, row in (
            ("5 stanowisk", "5 stanowisk po 49,00 zł netto\nCena: 245,00 zł netto"),
            ("jednak 8", "8 stanowisk po 49,00 zł netto\nCena: 392,00 zł netto"),
            ("dla 12 osób", "12 stanowisk po 49,00 zł netto\nCena: 588,00 zł netto"),
            ("jest nas 3", "3 stanowiska po 49,00 zł netto\nCena: 147,00 zł netto"),
        ):
            await buyer.say(said)
            assert row in plain(chat.said[-1]), said
        await buyer.say("jednak 99 stanowisk")
        assert (chat.at, "najwyżej 50" in chat.said[-1]) == ("order.seats", True)
        await buyer.say("seats:5")
        assert {"term:1m", "term:1y"} <= set(chat.buttons), "the term comes after"
        await buyer.run("payment")
        await buyer.say("jednak 8 osób")
        assert "już złożone" in chat.said[-1]
        await buyer.run()
        receipt = next(said for said in map(plain, chat.said) if "Zapłacono" in said)
        assert "1 miesiąc (5 stanowisk po 49,00 zł netto)" in receipt
        assert "301,35 zł" in receipt
        card = await desk.card(buyer.person.email)
        order, service = only(card["orders"]), only(card["subscriptions"])
        found = (order["items"], order["net"], order["gross"])
        assert found == ([{"id": "standard", "quantity": 5, "term": "P1M", "years": None}], *(24500, 30135))
        assert (service["seats"], service["quantity"], only(card["payments"])["amount"]) == (5, 5, 30135)
        letters = [plain(mail["text"]) for mail in await desk.outbox(buyer.person.email)]
        assert sum("(5 stanowisk po 49,00 zł netto)" in letter for letter in letters) == 2, "confirmed and activated"
        await buyer.say("zone:home")
        await buyer.say("start:buy")
        assert (chat.at, chat.buttons[0]) == ("order.seats", "seats:5")
        assert "Ostatnio: 5 stanowisk." in plain(chat.said[-1])


@pytest.mark.parametrize(
    ("locale", "asked", "one", "ten"),
    [
        ("pl", "ile za 10 osób?", "(1 stanowisko), 1 miesiąc: 49,00 zł netto", "(10 stanowisk), 1 miesiąc: 490,00 zł"),
        ("it", "quanto costa per 10 persone?", "(1 postazione), 1 mese: 49,00 PLN", "(10 postazioni), 1 mese: 490,00"),
        ("it", "quanto per 10 persone?", "(1 postazione), 1 mese: 49,00 PLN", "(10 postazioni), 1 mese: 490,00"),
        ("en", "what about 10 people?", "(1 seat), 1 month: PLN 49.00 net", "(10 seats), 1 month: PLN 490.00 net"),
        ("en", "how much are 10 seats?", "(1 seat), 1 month: PLN 49.00 net", "(10 seats), 1 month: PLN 490.00 net"),
    ],
)
async def test_a_price_for_so_many_is_told_for_one_and_for_all(
    tmp_path: Path, locale: str, asked: str, one: str, ten: str
) -> None:
    async with running_desk(tmp_path / "desk", profile=by_month(tmp_path / "seller")) as desk:
        buyer = await Scripted(desk, Person(locale=locale, ways=WAYS)).run("account.email")
        await buyer.say(asked)
        told = plain(buyer.customer.said[-1])
        assert one in told
        assert ten in told
        await buyer.say(asked.replace("10", "200"))
        told = plain(buyer.customer.said[-1])
        assert one in told
        assert "200" not in told
        assert "50" in told


@pytest.mark.parametrize(
    ("locale", "first", "second", "asked"),
    [
        ("pl", "3 osoby, rocznie", "jednak miesięcznie, 4 osoby", "ile zapłacę za 5 stanowisk na rok?"),
        ("pl", "rocznie dla 3", "4 osoby miesięcznie", "cena 5 stanowisk na rok"),
        ("it", "3 utenti all’anno", "alla fine mensile, per 4", "quanto pago per 5 postazioni all’anno?"),
        ("en", "yearly, 3", "monthly after all, for 4", "how much for 5 seats a year?"),
        ("en", "3 users yearly", "make it monthly for 4 people", "5 users yearly, how much?"),
    ],
)
async def test_a_term_beside_the_number_of_seats_is_taken_too(
    tmp_path: Path, locale: str, first: str, second: str, asked: str
) -> None:
    async with running_desk(tmp_path / "desk", profile=by_month(tmp_path / "seller")) as desk:
        buyer = await Scripted(desk, Person(locale=locale, ways=WAYS)).run("order.seats")
        for said, net in ((first, "1470"), (second, "196")):
            await buyer.say(said)
            assert net in re.sub(r"(?<=1)[ .,]", "", plain(buyer.customer.said[-1])), said
        await buyer.say(asked)
        told = re.sub(r"(?<=2)[ .,]", "", plain(buyer.customer.said[-1]))
        assert ("2450" in told, "245" in told.replace("2450", "")) == (True, False), "the year alone"


@pytest.mark.parametrize("seats", [True, False])
async def test_as_many_are_renewed_at_todays_price(tmp_path: Path, *, seats: bool) -> None:
    """A plan that isn't sold by the seat any more is renewed once, at the price of the whole."""
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller")) as desk:
        buyer = await Scripted(desk, Person(ways=WAYS, facts={"quantity": "12"})).run()
        email, service = buyer.person.email, only((await desk.card(buyer.person.email))["subscriptions"])
        assert service["seats"] == 12
    changed = by_seat(tmp_path / "changed", ('net = "100.00"', 'net = "110.00"'), ("max = 50", "max = 10"))
    if not seats:
        file = changed / "profile.toml"
        file.write_text(file.read_text("utf-8").replace("[plan.seats]\nmin = 2\nmax = 10\n", ""), "utf-8")
    async with running_desk(tmp_path / "desk", profile=changed) as desk:
        await comes(desk, datetime.fromisoformat(service["ends_at"]), days=6)
        told, words = (await desk.outbox(email))[-2:], "(12 stanowisk)" if seats else "Plan Standard"
        assert any(words in plain(letter["text"]) and "odnowieni" in letter["text"].lower() for letter in told)
        orders = (await desk.card(email))["orders"]
        renewed = next(order for order in orders if order["status"] == "placed")
        number = 12 if seats else 1
        assert ([item["quantity"] for item in renewed["items"]], renewed["net"]) == ([number], number * 11000)
