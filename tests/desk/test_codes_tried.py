"""Discount codes tried one after another, or many in one message."""

import pytest

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from services.orders.discounts import PER_ADDRESS, WRONG
from tests.desk.running import Running
from tests.kit.talks import says
from values.channel import Channel

FEW = WRONG[0].n


@pytest.mark.desk(rate_limits="on")
@pytest.mark.parametrize("before", ["kod ", "discount code ", "mam taki kod rabatowy: ", ""])
async def test_of_many_codes_in_one_message_none_is_looked_for(desk: Running, before: str) -> None:
    customer = desk.customer("en")
    await customer.say("start:buy")
    await customer.say(before + " ".join(f"START{n:02d}" for n in range(100)))
    await customer.say(before + " ".join(f"start{n:02d}" for n in range(18, 22)))
    assert not any("20%" in text for text in customer.said)
    await customer.say("kod START18 START19 START20")
    assert "20%" in customer.said[-1]


@pytest.mark.desk(rate_limits="on")
@pytest.mark.parametrize("typed", ["kod {0}", "{0}", "my discount code is {0}, thanks", "edit:discount"])
async def test_after_so_many_wrong_codes_no_code_is_compared_for_an_hour(desk: Running, typed: str) -> None:
    customer = await says(desk.customer("en"), "start:buy")

    async def tries(code: str) -> str:
        if typed.startswith("edit:"):
            await customer.say(typed)
        before = len(customer.said)
        await customer.say(code if typed.startswith("edit:") else typed.format(code))
        return " ".join(customer.said[before:])

    wrong = [await tries(f"ZIMA{n:02d}") for n in range(FEW)]
    assert not any("minutes" in text for text in wrong)
    held = [await tries("ZIMA99"), await tries("START20")]
    assert held[0].replace("ZIMA99", "X") == held[1].replace("START20", "X")
    assert "20%" not in held[1]
    assert "60\N{NO-BREAK SPACE}minutes" in held[1]
    await desk.advance(3601)
    assert "20%" in await tries("START20")


@pytest.mark.desk(rate_limits="on")
async def test_the_same_wrong_code_counts_once_and_answers_count_as_none(desk: Running) -> None:
    customer = await says(desk.customer("en"), "start:buy")
    for _ in range(FEW):
        await customer.say("code ZIMA21")
    for n in range(1, FEW):
        await says(customer, f"it costs too much, {n} euros", f"I never got the code, my number is 512 000 0{n:02d}")
    await customer.say("code START20")
    assert "20%" in customer.said[-1]


@pytest.mark.desk(rate_limits="on")
async def test_one_address_has_so_many_in_all_its_conversations(desk: Running) -> None:
    door = desk.installation.desk

    async def tries(chat: str, codes: list[str], network: str) -> str:
        bodies = (ButtonPressed("/start"), ButtonPressed("start:buy"), *(Text(f"kod {code}") for code in codes))
        keyed = [Inbound(Channel.WEB, chat, f"{chat}:{n}", body, network=network) for n, body in enumerate(bodies)]
        receipts = [await door.receive(inbound) for inbound in keyed]
        return " ".join(message.text for message in await door.messages(receipts[-1].conversation_id))

    for chat in range(PER_ADDRESS.n // FEW):
        await tries(f"chat{chat}", [f"ZIMA{chat}{n}" for n in range(FEW)], "203.0.113.7")
    assert "294,22" not in await tries("another", ["START20"], "203.0.113.7")
    assert "294,22" in await tries("elsewhere", ["START20"], "203.0.113.8")
