"""An order paid twice: the second money goes back by itself, once."""

from tests.desk.running import Running
from tests.desk.test_journey import confirm_email, sign_up

ANSWERS = ("confirm:yes", "auto_renewal:no", "method:blik", "terms:accept", "clauses:accept", "confirm:yes", "pay:now")


async def test_money_for_a_payment_that_was_replaced_and_paid_elsewhere_goes_back(desk: Running) -> None:
    customer = desk.customer()
    await sign_up(desk, customer, "jan.nowak@example.com")
    await confirm_email(desk, customer, "jan.nowak@example.com")
    await customer.say("1234563218")
    for answer in ANSWERS:
        await customer.say(answer)
    first = customer.link("payment")
    await desk.http.get(first["href"])  # opened at the provider, left there
    await customer.say("method:card")
    second = customer.link("payment")
    assert second["id"] != first["id"]

    await desk.pay(second["id"])
    await desk.pay(first["id"], notify="twice")
    await desk.advance(60)
    await customer.look()

    bank = {p["id"]: p for p in (await desk.http.get("/sandbox/api/payments")).json()}
    assert bank[second["id"]]["status"] == "paid"
    assert (bank[first["id"]]["status"], bank[first["id"]]["refunded"]) == ("refunded", 36777)
    card = await desk.card("jan.nowak@example.com")
    assert [order["status"] for order in card["orders"]] == ["paid"]
    assert {p["id"]: p["status"] for p in card["payments"]} == {second["id"]: "paid", first["id"]: "refunded"}
    assert sum("Zwróciliśmy nadpłatę" in said for said in customer.said) == 1
