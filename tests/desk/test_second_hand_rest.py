"""A client of the REST channel passes on words that somebody else wrote."""

import json
from pathlib import Path
from typing import Any

from tests.desk.running import Customer, running_desk
from tests.desk.scripted import Person, Scripted


async def passed_on(customer: Customer, words: str) -> dict[str, Any]:
    """The `custom` of the answer to words that the customer didn't write."""
    body = {"sender": customer.sender, "message": words, "metadata": {"second_hand": True}}
    answer = await customer.http.post("/webhooks/rest/webhook", content=json.dumps(body))
    assert answer.status_code == 200
    return answer.json()[-1]["custom"]


async def test_the_answer_tells_that_they_did_nothing(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk, Person()).run("tax_number")
        told = await passed_on(scripted.customer, "NIP 123-456-32-18")
        assert "second_hand" not in told, "a value is as good as a typed one"
        await scripted.customer.settled()
        assert scripted.customer.expects == "confirm_data"
        await scripted.run("order.pay")
        told = await passed_on(scripted.customer, "zamawiam i płacę")
        assert (told["second_hand"], told["step"]) == (True, "pay")
        custom = await scripted.customer.say("zamawiam i płacę")
        assert "second_hand" not in custom
        assert custom["expects"] == "payment"
