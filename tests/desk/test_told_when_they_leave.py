"""Money that came while a person had the conversation is told when they leave: in order, once."""

from pathlib import Path

import pytest

from tests.desk.agent_http import AgentHttp
from tests.desk.running import running_desk
from tests.desk.scripted import Scripted, until

RECEIPT = "Opłacone"


@pytest.mark.parametrize("leaves", ["give-back", "done", "put-back"])
async def test_money_that_came_meanwhile_is_told_once(tmp_path: Path, leaves: str) -> None:
    async with running_desk(tmp_path) as desk:
        walker = await Scripted(desk).run("payment")
        customer, payment = walker.customer, walker.customer.link("payment")["id"]
        await customer.say("/agent")
        agent = await AgentHttp.logged_in(desk)
        where = agent.page.partition('href="/desk/c/')[2].partition('"')[0].partition("?")[0]
        assert (await agent.act(where, "take")).status_code == 303
        done = await desk.http.post(f"/sandbox/api/payments/{payment}", json={"outcome": "paid", "notify": "once"})
        assert done.status_code == 200, done.text

        async def booked() -> bool:
            return [one["status"] for one in (await desk.card(walker.person.email))["orders"]] == ["paid"]

        await until(booked)
        await customer.look()
        assert not any(RECEIPT in one for one in customer.said), "a person has the conversation"
        assert (await agent.act(where, leaves)).status_code == 303
        await customer.look()
        assert sum(one.count(RECEIPT) for one in customer.said) == 1, customer.said[-2:]
        await customer.say("/help")
        assert (await agent.act(where, "take")).status_code == 303
        assert (await agent.act(where, "give-back")).status_code == 303
        await customer.look()
        assert sum(one.count(RECEIPT) for one in customer.said) == 1, "told once"
