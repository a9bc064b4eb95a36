"""Transfers told to the desk by the back office, and where they stand."""

import httpx

from tests.desk.running import Json, Running
from tests.desk.scripted import Scripted, bought, only

TOKEN, MONEY = {"authorization": "Bearer sandbox"}, {"authorization": "Bearer sandbox-money"}
PAGE = "/desk/money"


async def paid_in(desk: Running, number: str, amount: int, reference: str = "W1") -> httpx.Response:
    told = {"amount": amount, "currency": "PLN", "reference": reference}
    return await desk.http.post(f"/api/v1/orders/{number}/payments", json=told, headers=TOKEN)


async def transfers(desk: Running, status: str) -> list[Json]:
    return (await desk.http.get(f"/api/v1/transfers?status={status}", headers=TOKEN)).json()["items"]


async def order_of(desk: Running, email: str) -> Json:
    return only((await desk.card(email))["orders"])


async def told_for_another(desk: Running, buyer: Scripted, reference: str = "W1") -> tuple[Json, Scripted, str]:
    """The buyer's order, and the customer for whose paid order its money was told; and the kept transfer's id."""
    order, other = await order_of(desk, buyer.person.email), await bought(desk)
    theirs = await order_of(desk, other.person.email)
    assert (await paid_in(desk, theirs["number"], order["gross"], reference)).status_code == 409
    return order, other, only(await transfers(desk, "kept"))["id"]
