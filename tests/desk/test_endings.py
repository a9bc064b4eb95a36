"""Unpaid orders and renewals that the seller ends: told once, and over everywhere."""

import asyncio
import re
from datetime import datetime
from functools import partial

import pytest
import sqlalchemy as sa
from babel.dates import format_date

from services.agents import audit
from services.orders import order_record, withdrawals
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.renewing import (
    EMAIL,
    PASSWORD,
    PROFILE,
    comes,
    end_of,
    enters,
    events,
    fills_in,
    logged_in,
    orders,
    payer,
    subscription,
    tells,
)
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import until
from tests.desk.test_withdrawals import letters
from tests.kit.talks import plain, says

pytestmark = pytest.mark.desk(profile=PROFILE)


async def unpaid(desk: Running) -> tuple[Customer, Json]:
    """A customer whose order waits for its money, and the order."""
    customer = await logged_in(desk)
    await customer.say("zone:renewal")
    await fills_in(customer)
    await orders(customer)
    return customer, await order(desk)


async def order(desk: Running) -> Json:
    return (await desk.card(EMAIL))["orders"][0]


async def cancels(desk: Running, number: str, token: str = "sandbox-money", **said: str) -> tuple[int, Json]:
    """The seller's program cancels the order; return the answer."""
    path, headers = f"/api/v1/orders/{number.replace('/', '%2F')}/cancel", {"authorization": f"Bearer {token}"}
    answer = await desk.http.post(path, json={"reason": "Brak towaru"} | said, headers=headers)
    return answer.status_code, answer.json()


@on_each_database
async def test_the_seller_cancels_an_unpaid_order_once_and_its_chats_are_told(desk: Running) -> None:
    customer, placed = await unpaid(desk)
    link = customer.link("payment")
    assert (await desk.http.get(link["href"])).status_code == 303, "the payer stands at the bank"
    other = await logged_in(desk)
    assert await cancels(desk, placed["number"], "sandbox") == (403, {"error": "scope"})
    assert (await cancels(desk, placed["number"], reason=""))[0] == 422
    assert (await cancels(desk, "R2/2026/999999"))[0] == 404
    pressed = await asyncio.gather(*(cancels(desk, placed["number"]) for _ in range(3)))
    assert sorted(status for status, _ in pressed) == [200, 409, 409], "however often it is asked for"
    assert {answer["reason"] for status, answer in pressed if status == 409} == {"cancelled"}
    [event] = await events(desk, "order.cancelled")
    assert (event["order_number"], event["reason"]) == (placed["number"], "Brak towaru")
    for chat in (customer, other):
        assert (await tells(chat)).count(f"Zamówienie {placed['number']} jest anulowane") == 1
    assert ((await order(desk))["status"], customer.expects) == ("cancelled", "choice")
    assert (await desk.http.get(link["href"])).status_code == 410
    await desk.pay(link["id"])
    await customer.settled()
    assert (await order(desk))["status"] == "paid", "money that was on its way counts"
    assert (await cancels(desk, placed["number"]))[1]["reason"] == "paid"


@on_each_database
async def test_an_agent_cancels_once_it_is_confirmed_in_their_own_name(desk: Running) -> None:
    customer, placed = await unpaid(desk)
    await customer.say("/agent")
    where = (await desk.card(EMAIL))["conversations"][-1]["id"]
    anna, typed = await AgentHttp.logged_in(desk), {"of": placed["id"], "reason": "Na prośbę klienta"}
    assert (await anna.act(where, "cancel", **typed, sure="yes")).status_code == 409, "not taken"
    await anna.act(where, "take")
    for wrong, words in (({"reason": " "}, "Podaj powód"), ({}, "Anulować to zamówienie na ")):
        assert (await anna.act(where, "cancel", **(typed | wrong))).status_code == 422
        assert words in plain(anna.words)
    assert (await anna.act(where, "cancel", **(typed | {"of": "another"}))).status_code == 404
    sure = typed | {"sure": str(placed["gross"])}
    paying = customer.link("payment")["href"]
    assert (await anna.act(where, "send-link", **sure)).status_code == 303
    assert f"link do płatności za zamówienie {placed['number']}" in await tells(customer)
    assert customer.link("payment")["href"] == paying, "with the words, though a person has the talk"
    pressed = await asyncio.gather(*(anna.post(f"/desk/c/{where}/cancel", None, **sure) for _ in range(2)))
    assert [answer.status_code for answer in pressed] == [303, 303]
    told = f"Zamówienie {placed['number']} jest anulowane"
    assert (await tells(customer)).count(told) == 1
    assert (await order(desk))["status"] == "cancelled"
    assert [event["reason"] for event in await events(desk, "order.cancelled")] == ["Na prośbę klienta"]
    [line] = [one for one in await desk.installation.store.read(audit.page) if one.what == "order_cancelled"]
    assert line.after == f"{placed['number']}: Na prośbę klienta"
    await anna.act(where, "done")
    assert told not in await tells(customer), "it was said"


@on_each_database
async def test_an_agent_ends_the_contract_of_whoever_has_proven_to_be_its_holder(desk: Running) -> None:
    customer = (await payer(desk, "card")).customer
    await customer.say("/agent")
    await desk.advance(31 * 60)
    await customer.say("halo, to znowu ja")
    card = await desk.card(EMAIL)
    where, of = card["conversations"][-1]["id"], next(one for one in card["subscriptions"] if one["auto_renewal"])
    marek, typed = await AgentHttp.logged_in(desk, "marek"), {"of": of["id"], "reason": "Na prośbę klienta"}
    await marek.act(where, "take")
    for form, fields in (
        ("stop-renewal", typed),
        ("end", typed),
        ("correct", {"step": "company.city", "value": "Łódź"}),
    ):
        assert (await marek.act(where, form, **fields)).status_code == 422, "whoever sits there now"
        assert "poproś o potwierdzenie na karcie" in plain(marek.words)
    assert (await marek.act(where, "prove")).status_code == 303
    assert "potwierdź, że to Ty" in await tells(customer)
    await enters(desk, customer)
    await marek.get(f"/desk/c/{where}")
    assert "Zalogowano w tej rozmowie" in plain(marek.words)
    assert (await marek.act(where, "stop-renewal", **typed)).status_code == 422
    assert "Zakończyć z końcem okresu?" in plain(marek.words)
    sure = typed | dict(re.findall(r'name="(sure)" value="(\d+)"', marek.page))
    await marek.get(f"/desk/c/{where}")
    pressed = await asyncio.gather(*(marek.post(f"/desk/c/{where}/stop-renewal", None, **sure) for _ in range(2)))
    assert [answer.status_code for answer in pressed] == [303, 303]
    assert not (await subscription(desk))["auto_renewal"]
    assert (await tells(customer)).count("się nie odnowi") == 1
    assert (await marek.act(where, "end", **sure)).status_code == 303
    assert "Usługa jest zakończona od teraz" in await tells(customer)
    assert (await subscription(desk))["end_reason"] == "cancelled"
    trail = {one.what: one.after for one in await desk.installation.store.read(audit.page)}
    assert trail["renewal_stopped"] == trail["contract_ended"] == f"{of['product']}: Na prośbę klienta"
    assert "prove" in trail
    assert "subscription_ended" not in trail, "the agent has done it, not the seller's program"
    await marek.act(where, "done")
    assert "się nie odnowi" not in await tells(customer), "it was said"


@on_each_database
async def test_the_seller_lets_a_subscription_end_with_its_term(desk: Running) -> None:
    buyer = await payer(desk, "card")
    [of] = [one for one in (await desk.card(EMAIL))["subscriptions"] if one["auto_renewal"]]
    changes = partial(ends, desk, of["id"])

    ended: Json = {"status": "ended", "at": "term_end"}
    assert await changes(ended, token="sandbox") == (403, {"error": "scope"})
    assert (await ends(desk, "another", ended))[0] == 404
    for unfit in ({}, {"status": "ended"}, {"auto_renewal": True}, {"quantity": 2}):
        assert (await changes(unfit))[0] == 422, unfit
    answers = await asyncio.gather(changes(ended), changes({"auto_renewal": False}))
    assert [(status, row["status"], row["auto_renewal"]) for status, row in answers] == [(200, "active", False)] * 2
    assert (await tells(buyer.customer)).count("się nie odnowi") == 1
    lines = [one for one in await desk.installation.store.read(audit.page) if one.what == "subscription_ended"]
    assert {one.after for one in lines} == {f"{of['product']}: Koniec oferty"}, "the reason stands in the trail"
    await comes(desk, await end_of(desk), days=-2)
    [over] = [one for one in (await desk.card(EMAIL))["subscriptions"] if one["id"] == of["id"]]
    assert (over["status"], over["end_reason"], len((await desk.card(EMAIL))["orders"])) == ("ended", "cancelled", 1)
    assert (await changes(ended))[0] == 409


@on_each_database
async def test_a_customer_ends_the_contract_with_its_term(desk: Running) -> None:
    """Asked once, with the last day; said to all chats and by letter, and nothing is charged or asked for any more."""
    customer, other = (await payer(desk, "card")).customer, await logged_in(desk)
    last = format_date(await end_of(desk), "long", "pl")
    await customer.say("chcę zakończyć umowę")
    assert (customer.at, last in plain(customer.said[-1])) == ("zone.end", True)
    await customer.say("nie")
    assert (await subscription(desk))["auto_renewal"], "nothing has changed"
    await says(customer, "zone:end", "end:term_end")
    assert any(f"działa do {last} i się nie odnowi" in plain(one) for one in customer.said)
    assert (await tells(other)).count("się nie odnowi") == 1
    [letter] = await letters(desk, EMAIL, "Koniec umowy")
    assert last in plain(letter["text"])
    running = await subscription(desk)
    assert (running["status"], running["auto_renewal"]) == ("active", False)
    assert [one["subscription_id"] for one in await events(desk, "subscription.ending")] == [running["id"]]
    await customer.say("zone:end")
    assert "sama się nie odnowi" in " ".join(map(plain, customer.said[-2:])), "there is nothing to end"
    await comes(desk, await end_of(desk), days=-2)
    over = await subscription(desk)
    assert (over["status"], over["end_reason"], len((await desk.card(EMAIL))["orders"])) == ("ended", "cancelled", 1)


@on_each_database
async def test_a_customer_withdraws_by_the_button_while_the_days_run(desk: Running) -> None:
    """Asked once, with the contract and its sum; kept, acknowledged and told as words are, and offered no more."""
    customer = (await payer(desk, "card")).customer
    number = (await order(desk))["number"]
    await says(customer, "zone:end", "zone:withdraw")
    told = plain(customer.said[-1])
    assert (customer.at, number in told, " zł" in told) == ("zone.withdraw", True, True)
    await customer.say("nie")
    assert customer.at == "zone.zone"
    await says(customer, "zone:withdraw", "withdraw:confirm")
    assert any(f"odstąpieniu od umowy {number} z" in plain(one) for one in customer.said)
    [letter] = await letters(desk, EMAIL, "Twoje odstąpienie od umowy")
    assert f"Odstępuję od umowy {number}." in letter["text"]
    await says(customer, "zone:end")
    assert "zone:withdraw" not in customer.buttons
    await customer.say("zone:withdraw")
    assert customer.at != "zone.withdraw"


async def ends(desk: Running, id: str, wanted: Json, token: str = "sandbox-money") -> tuple[int, Json]:
    """The seller's program changes the subscription; return the answer."""
    headers, said = {"authorization": f"Bearer {token}"}, {"reason": "Koniec oferty"} | wanted
    answer = await desk.http.patch(f"/api/v1/subscriptions/{id}", json=said, headers=headers)
    return answer.status_code, answer.json()


@on_each_database
async def test_the_seller_ends_a_service_at_once(desk: Running) -> None:
    """Asked for twice in the same second it ends once; nothing renews it, and its money stays."""
    buyer = await payer(desk, "card")
    [of] = [one for one in (await desk.card(EMAIL))["subscriptions"] if one["auto_renewal"]]
    end, now = await end_of(desk), datetime.fromisoformat((await desk.advance(0))["now"])
    wanted: Json = {"status": "ended", "at": "now"}
    answers = await asyncio.gather(*(ends(desk, of["id"], wanted) for _ in range(2)))
    assert sorted(status for status, _ in answers) == [200, 409]
    [row] = [row for status, row in answers if status == 200]
    assert (row["status"], row["end_reason"], row["auto_renewal"]) == ("ended", "cancelled", False)
    assert abs((datetime.fromisoformat(row["ends_at"]) - now).total_seconds()) < 60
    [event] = await events(desk, "subscription.ended")
    assert event["subscription_id"] == of["id"]
    assert "okres usługi skończył się" in await tells(buyer.customer)
    assert len([one for one in await letters(desk, EMAIL, "skończył") if "skończył się" in one["text"]]) == 1
    await comes(desk, end, days=-2)
    card = await desk.card(EMAIL)
    assert (len(card["orders"]), card["orders"][0]["refunded_amount"]) == (1, 0)


PAGE: dict[str, str] = {"name": "Jan <b>Nowak</b>", "email": "jan.nowak@example.com"}


async def states(desk: Running, **typed: str) -> str:
    """The statement is made on the page by whoever knows that much; return what the page says in the end."""
    shown = await desk.http.post("/withdraw?lang=pl", data=PAGE | typed)
    assert (shown.status_code, "<b>Nowak" in shown.text, "Potwierdź odstąpienie" in shown.text) == (200, False, True)
    return (await desk.http.post("/withdraw?lang=pl", data=PAGE | typed | {"confirmed": "yes"})).text


@on_each_database
async def test_a_contract_is_withdrawn_from_on_the_page_without_a_log_in(desk: Running) -> None:
    """Whoever has the proven address is the customer; anybody else learns nothing, and the contract goes on."""
    customer = (await payer(desk, "card")).customer
    number, none = (await order(desk))["number"], "R2/2026/999999"
    unfit: tuple[dict[str, str], ...] = (
        {"number": number, "email": "jan@"},
        {"number": ""},
        {"number": number, "name": " "},
    )
    for typed in unfit:
        assert (await desk.http.post("/withdraw", data=PAGE | typed)).status_code == 422, typed
    foreign = {"origin": "https://elsewhere.example"}
    assert (await desk.http.post("/withdraw", data=PAGE | {"number": number}, headers=foreign)).status_code == 403
    assert "Odstąpienie od umowy" in (await desk.http.get("/withdraw?lang=pl")).text
    assert await states(desk, number=number) == await states(desk, number=none), (
        "no word whether there is such an order"
    )

    async def both() -> bool:
        return len(await letters(desk, PAGE["email"], "Oświadczenie o odstąpieniu")) == 2

    await until(both)
    told = [plain(one["text"]) for one in await letters(desk, PAGE["email"], "Oświadczenie o odstąpieniu")]
    assert [[of in one for of in (number, none)] for one in told] == [[True, False], [False, True]]
    assert not any("Nowak" in one for one in told), "what is no name isn't mailed to a stranger"
    await states(desk, number="o <i>to</i> chodzi", name="Łucja O’Grady-Święch", email="lucja@example.com")
    [letter] = await letters(desk, "lucja@example.com", "Oświadczenie o odstąpieniu")
    assert "Podane imię i nazwisko: Łucja O’Grady-Święch." in letter["text"]
    assert not any(words in letter["text"] + letter["html"] for words in ("chodzi", "w tej samej rozmowie"))
    assert (await order(desk))["withdrawn_at"] is None
    anna = await AgentHttp.logged_in(desk)
    assert anna.page.count("odstąpienie od umowy") >= 2, "each waits for its proof, and an agent can ask for it"
    stated = datetime.fromisoformat((await desk.advance(0))["now"])
    for _ in range(2):
        await states(desk, number=number.lower(), email=EMAIL)
    letter, *_ = await letters(desk, EMAIL, "Twoje odstąpienie od umowy")
    assert f"Ja, Jan <b>Nowak</b>, odstępuję od umowy {number.lower()}." in letter["text"]
    kept = await desk.installation.store.read(lambda c: withdrawals.of_account(c, order_account(c, number)))
    assert [one.order_id for one in kept] == [(await order(desk))["id"]], "it is stated once"
    await anna.act(kept[0].conversation_id, "take")
    form = {"of": kept[0].id, "typed": number, "reason": "Zgodnie z prawem."}
    assert (await anna.means(kept[0].conversation_id, "accept-withdrawal", **form)).status_code == 303

    async def heard() -> bool:
        await customer.look()
        return plain("".join(customer.said)).count(f"Przyjmujemy odstąpienie od umowy {number}") == 1

    await until(heard)  # in their own chat
    assert len(await letters(desk, EMAIL, "Przyjęliśmy odstąpienie")) == 1
    assert abs((datetime.fromisoformat((await order(desk))["withdrawn_at"]) - stated).total_seconds()) < 60


END = {"number": "", "email": EMAIL}


async def asks_to_end(desk: Running, **typed: str) -> str:
    """The page's form is sent by whoever knows that much; return what the page says."""
    shown = await desk.http.post("/end?lang=pl", data=END | typed)
    assert shown.status_code == 200, shown.text
    return plain(shown.text)


@on_each_database
async def test_a_contract_is_ended_on_the_page_by_a_letter_or_a_log_in(desk: Running) -> None:
    """A stranger learns and ends nothing; a link ends one term once, says what the chat says, and is told as there."""
    customer = (await payer(desk, "card")).customer
    number, last = (await order(desk))["number"], format_date(await end_of(desk), "long", "pl")
    for typed in (END, END | {"number": number, "email": "jan@"}):
        assert (await desk.http.post("/end", data=typed)).status_code == 422
    foreign = {"origin": "https://elsewhere.example"}
    assert (await desk.http.post("/end", data=END | {"number": number}, headers=foreign)).status_code == 403
    none, anothers = {"number": "R2/2026/999999"}, {"number": number, "email": PAGE["email"]}
    assert (
        await asks_to_end(desk, **none) == await asks_to_end(desk, **anothers) == await asks_to_end(desk, number=number)
    )
    assert not await desk.outbox(PAGE["email"]), "nobody else is written to"
    [letter] = await letters(desk, EMAIL, "Zakończenie umowy")
    assert (number in letter["text"], last in plain(letter["text"])) == (True, True)
    [mailed] = letter["links"]
    assert f"działa do {last}" in plain((await desk.http.get(mailed)).text)
    wrong = await desk.http.post("/end?lang=pl", data={"login": EMAIL, "password": "wrong"})
    assert (wrong.status_code, "Login lub hasło się nie zgad" in plain(wrong.text)) == (422, True)
    page = (await desk.http.post("/end", data={"login": EMAIL, "password": PASSWORD})).headers["location"]
    assert (await desk.http.get(mailed)).status_code == 200, "asking again voids nobody's letter"
    assert (await subscription(desk))["auto_renewal"], "nobody has confirmed yet"
    done = await asyncio.gather(*(desk.http.post(page) for _ in range(2)))
    assert sorted(answer.status_code for answer in done) == [200, 410]
    assert (await desk.http.get(mailed)).status_code == 410, "the contract has ended"
    running = await subscription(desk)
    assert (running["status"], running["auto_renewal"]) == ("active", False)
    assert [one["subscription_id"] for one in await events(desk, "subscription.ending")] == [running["id"]]
    assert (await tells(customer)).count("się nie odnowi") == 1
    assert last in plain((await letters(desk, EMAIL, "Koniec umowy"))[0]["text"])
    again = await desk.http.post("/end?lang=pl", data={"login": EMAIL, "password": PASSWORD})
    assert "Nie ma czego kończyć" in again.text


@on_each_database
async def test_a_link_ends_the_term_that_it_was_made_for_and_no_other(desk: Running) -> None:
    customer = (await payer(desk, "card")).customer
    await asks_to_end(desk, number=(await order(desk))["number"].lower())
    [page] = (await letters(desk, EMAIL, "Zakończenie umowy"))[0]["links"]
    await says(customer, "zone:end", "end:term_end", "zone:my_account", "zone:renewal", "auto_renewal:yes")
    assert (await desk.http.post(page)).status_code == 410


def order_account(connection: sa.Connection, number: str) -> str:
    found = order_record.by_number(connection, number)
    assert found is not None
    return found.account_id
