"""Was it helpful? A whole desk: asked beside the step, kept, listed for the seller, counted."""

from typing import Any

from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.kit.talks import says


async def listed(desk: Running, **params: Any) -> Any:
    answer = await desk.http.get("/api/v1/feedback", params=params, headers={"authorization": "Bearer sandbox"})
    assert answer.status_code == 200, answer.text
    return answer.json()


@on_each_database
async def test_no_and_why_and_yes(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new")
    before = {**customer.custom, "seq": 0, "taken": [], "not_taken": []}
    for said in ("Czy mogę zapłacić BLIK-iem?", "nie pomogło", "Nie ma nic o ratach"):
        await customer.say(said)
        assert {**customer.custom, "seq": 0} == before, "the open step stays as it is"
    assert "/agent" in customer.buttons
    await customer.say("Ile trwa aktywacja?")
    assert customer.buttons[-2:] == ["helpful:yes", "helpful:no"]
    await says(customer, "helpful:yes", "klient@example.com")
    assert customer.at == "account.secure_page"

    [no, yes] = (await listed(desk))["items"]
    assert (no["helpful"], no["words"], no["locale"]) == (False, "Nie ma nic o ratach", "pl")
    assert (yes["helpful"], yes["words"]) == (True, None)
    assert no["about"].startswith("faq:")
    assert no["about"] != yes["about"]
    first = await listed(desk, limit=1)
    assert [row["id"] for row in first["items"]] == [no["id"]]
    assert [row["id"] for row in (await listed(desk, limit=1, cursor=first["next"]))["items"]] == [yes["id"]]
    assert [row["id"] for row in (await listed(desk, helpful=False))["items"]] == [no["id"]]
    assert [row["id"] for row in (await listed(desk, about=yes["about"]))["items"]] == [yes["id"]]
    assert (await desk.http.get("/api/v1/feedback")).status_code == 401
    figures = (await desk.http.get("/metrics")).text
    for helpful in ("yes", "no"):
        assert f'okienko_feedback_total{{about="faq",helpful="{helpful}"}} 1.0' in figures
