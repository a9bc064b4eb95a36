"""What each turn leaves for those who look over the desk: where it went, what wasn't understood, what was changed."""

from pathlib import Path
from typing import Any

from bot.conversation import identity
from services.store import journal
from tests.desk.running import Customer, Running, running_desk
from tests.kit.talks import says

SEEN = ("moved", "missed", "read_as", "corrected", "closed", "reopened")


async def traces(desk: Running, customer: Customer) -> list[dict[str, Any]]:
    talk = identity.conversation_id("rest", customer.sender)
    lines = await desk.installation.store.read(lambda c: journal.everything(c, talk))
    found = [{name: line.data[name] for name in SEEN if name in line.data} for line in lines if line.kind != "bot"]
    return [one for one in found if one]


async def test_a_way_with_detours_is_traced(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = desk.customer()
        for said in (
            *("/start", "start:buy", "account:new", "jan@@example", "co to za dziwna sprawa z tym żółwiem"),
            *("jan@example.com", "pomyłka, mój e-mail to anna@example.com"),
            *("pomyłka, mój e-mail to anna@example.com", "ile to kosztuje?"),
        ):
            await customer.say(said)

        found = await traces(desk, customer)

    assert found[:3] == [{"moved": "account.start"}, {"moved": "account.account"}, {"moved": "account.email"}]
    assert found[3] == {"missed": "email.two_ats"}
    assert found[4]["missed"].startswith("email.")
    assert found[5] == {"moved": "account.secure_page"}
    assert found[6:7] == [{"corrected": ["account.email"]}], "the same answer again is no correction"
    assert found[7:] == [{"read_as": "ask_price"}], "what was answered says as what it was read"


async def test_silence_is_traced_where_it_closed(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer(), "/start", "start:buy", "account:new")
        await desk.advance(4 * 24 * 3600)
        await customer.look()
        await customer.say("jan@example.com")

        found = await traces(desk, customer)

    assert found[3:] == [
        {"closed": "account.email"},
        {"moved": "account.secure_page", "reopened": "account.secure_page"},
    ]


async def test_nothing_that_somebody_said_is_traced(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new", "marked-words", "jan@example.com")

    assert "marked-words" not in str(await traces(desk, customer))
