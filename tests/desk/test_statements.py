"""A bank statement on a whole desk: each credit booked, kept or told as nobody's, once however often it is sent."""

from typing import Any

import httpx
import pytest

from services.payments import matching
from tests.desk.databases import on_each_database
from tests.desk.renewing import events, tells
from tests.desk.running import A_MOMENT_S, Running
from tests.desk.scripted import Scripted, bought, only, until
from tests.kit.talks import plain

TOKEN, MONEY = {"authorization": "Bearer sandbox"}, {"authorization": "Bearer sandbox-money"}
HEAD = "date,amount,currency,title,reference,name\n"


def rows(*entries: tuple[str, str, str]) -> str:
    """A statement as CSV: of each entry its sum, its title and the bank's reference."""
    return HEAD + "".join(f'2026-11-29,"{sum}",PLN,{title},{ref},Jan\n' for sum, title, ref in entries)


async def sent(desk: Running, file: str, key: str | None = None, headers: dict[str, str] = MONEY) -> httpx.Response:
    keyed = headers | {"content-type": "text/csv"} | ({"idempotency-key": key} if key else {})
    return await desk.http.post("/api/v1/statements", content=file.encode(), headers=keyed)


def became(answer: httpx.Response) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(one["status"], one["reason"]) for one in answer.json()["items"]]


@on_each_database
@pytest.mark.replicated
@pytest.mark.stage("ordered")
async def test_a_statement_books_each_credit_once_and_goes_on_where_it_broke(
    desk: Running, buyer: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = only((await desk.card(buyer.person.email))["orders"])
    number, gross = order["number"], f"{order['gross'] / 100:.2f}"
    file = rows(("1,00", number, "W1"), ("-5", "fee", "W2"), (gross, number, "W3"), ("5", "nobody", "W4"))
    assert (await sent(desk, file, headers=TOKEN)).json() == {"error": "scope"}
    find, asked = matching.find_order, list[str]()

    def breaks(connection: Any, entry: Any, prefix: str) -> Any:
        asked.append(entry.reference)
        if len(asked) == 2:
            raise RuntimeError("the process is gone")
        return find(connection, entry, prefix)

    monkeypatch.setattr(matching, "find_order", breaks)
    assert (await sent(desk, file, "key-1")).status_code == 500
    first = await sent(desk, file, "key-1")
    assert became(first) == [("known", None), ("booked", None), ("unmatched", "no_such_sum")]
    assert (first.json()["format"], first.json()["ignored"], asked) == ("csv", 1, ["W1", "W3", "W3", "W4"])
    assert (await sent(desk, file, "key-1")).json() == first.json()
    assert (await sent(desk, rows(), "key-1")).status_code == 409
    other = rows((gross, "again", "W3"), (gross, number, "W5"), ("2", number, "W3"))
    wanted = [("unmatched", "reference_taken"), ("kept", "already_paid"), ("kept", "reference_taken")]
    assert became(await sent(desk, other)) == wanted
    again = rows(("2", number, "W3"), (gross, number, "W5"), (gross, number, "W3"))
    assert became(await sent(desk, again)) == [("known", None)] * 3
    matched = only(await events(desk, "transfer.matched"))
    assert (matched["reference"], matched["matched_by"], matched["order_number"]) == ("W3", "number", number)
    assert len(await events(desk, "payment.paid")) == 1
    assert "Odeślemy te pieniądze" in await tells(buyer.customer)
    assert "Tej wpłaty nie mogliśmy zaliczyć" in "\n".join(buyer.customer.said)
    refused = await sent(desk, '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">]><Document>&a;</Document>')
    assert (refused.status_code, refused.json()["error"]) == (422, "XML with a document type or entities isn't read")
    assert (await sent(desk, "x" * (5 * 1024 * 1024))).status_code == 413


@on_each_database
@pytest.mark.stage("ordered")
async def test_a_transfer_told_for_another_order_is_booked_by_a_person_and_both_are_told(
    desk: Running, buyer: Scripted
) -> None:
    order = only((await desk.card(buyer.person.email))["orders"])
    other = (await bought(desk)).person.email
    theirs = only((await desk.card(other))["orders"])
    told = {"amount": order["gross"], "currency": "PLN", "reference": "W1"}
    path = f"/api/v1/orders/{theirs['number']}/payments"
    assert (await desk.http.post(path, json=told, headers=TOKEN)).json()["reason"] == "already_paid"
    kept = only((await desk.http.get("/api/v1/transfers?status=kept", headers=TOKEN)).json()["items"])
    taken = await desk.http.post(f"/api/v1/orders/{order['number']}/payments", json=told, headers=TOKEN)
    refused = {"error": "reference_taken", "reason": "reference_taken", "order_number": theirs["number"]}
    assert (taken.status_code, taken.json() | refused) == (409, taken.json())
    book, said = f"/api/v1/transfers/{kept['id']}/book", {"order_number": order["number"], "reason": "Literówka"}
    assert (await desk.http.post(book, json=said, headers=TOKEN)).json() == {"error": "scope"}
    for wrong, status in (
        ({"order_number": theirs["number"]}, 409),
        ({"order_number": "x"}, 404),
        ({"reason": ""}, 422),
    ):
        assert (await desk.http.post(book, json=said | wrong, headers=MONEY)).status_code == status
    answers = [await desk.http.post(book, json=said, headers=MONEY) for _ in range(2)]
    assert [(one.status_code, one.json()["order_number"]) for one in answers] == [(200, order["number"])] * 2
    assert only((await desk.card(buyer.person.email))["orders"])["status"] == "paid"
    assert [one["reason"] for one in await events(desk, "transfer.matched")] == ["Literówka"]
    assert (await desk.http.get("/api/v1/transfers?status=kept", headers=TOKEN)).json()["items"] == []
    await desk.advance(A_MOMENT_S)

    async def written() -> bool:
        letters = [plain(letter["text"]) for letter in await desk.outbox(other)]
        return sum("była za inne zamówienie" in letter for letter in letters) == 1

    await until(written)


@on_each_database
@pytest.mark.stage("ordered")
async def test_a_refund_of_a_transfer_is_done_once_a_person_has_sent_it(desk: Running, buyer: Scripted) -> None:
    order = only((await desk.card(buyer.person.email))["orders"])
    number, gross = order["number"], order["gross"]
    assert became(await sent(desk, rows((f"{gross / 100:.2f}", number, "W1")))) == [("booked", None)]
    transfer = only((await desk.http.get("/api/v1/transfers", headers=TOKEN)).json()["items"])
    back = f"/api/v1/transfers/{transfer['id']}/return"

    async def returned() -> int:
        return (await desk.http.post(back, json={"reason": "Zwrot"}, headers=MONEY)).status_code

    assert await returned() == 409
    for sum in (10000, gross - 10000):
        asked = await desk.http.post(
            f"/api/v1/orders/{number}/refunds", json={"reason": "Zwrot", "amount": sum}, headers=MONEY
        )
        assert (asked.status_code, asked.json()["status"]) == (201, "requested")
        await desk.advance(86400.0)
        assert only((await desk.card(buyer.person.email))["payments"][-1:])["status"] == "paid", "not sent yet"
        assert [await returned() for _ in range(2)] == [200, 200]
        await desk.advance(A_MOMENT_S)
    paid = [one for one in (await desk.card(buyer.person.email))["payments"] if one["provider"] == "transfer"]
    assert [(one["status"], one["refunded_amount"]) for one in paid] == [("refunded", gross)]
    told = await tells(buyer.customer)
    assert told.count("Zleciliśmy w banku zwrot") == 2
    assert "Operator" not in told
    assert [one["amount"] for one in await events(desk, "refund.done")] == [10000, gross - 10000]
