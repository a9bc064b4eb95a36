"""What the seller's own system says at the API: its tokens, and the invoice of an order."""

from typing import Any

from tests.desk.running import Running
from tests.desk.scripted import Scripted, only

TOKEN = {"authorization": "Bearer sandbox"}
MONEY = {"authorization": "Bearer sandbox-money"}
INVOICE = {"number": "F/11/0815", "issued_on": "2026-11-20", "due_on": "2026-12-04", "gross": 8900, "currency": "PLN"}
PAPER = b"%PDF-1.7\n<script>alert(1)</script>"


async def tell(desk: Running, buyer: Scripted, **told: object) -> Any:
    """Tell the invoice of the buyer's order."""
    card = await desk.card(buyer.person.email)
    mine = {"customer_id": card["id"], "order_number": only(card["orders"])["number"]}
    return await desk.http.post("/api/v1/invoices", json=INVOICE | mine | told, headers=TOKEN)
