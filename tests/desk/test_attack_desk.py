"""Somebody wishes the agents' desk ill, or is unlucky at it: odd signs, odd moments, a turn that raises.

Hostile texts are all answered; what a desk repels is seen, without a login, an address or a token."""

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from playwright.async_api import BrowserContext

from bot.handlers.chatwoot import agent_replies
from bot.usecases.agents.acts import By, NotRight, NotYours
from services.agents import agent_accounts, audit
from services.refusals import DOORS, FEWEST, LOG_INS
from services.support import handoffs
from services.support.chatwoot.models import ChatwootPerson
from tests.desk import hostile
from tests.desk.agent_browser import AgentBrowser
from tests.desk.agent_http import AgentHttp
from tests.desk.agent_turns import ANNA, acts, lines
from tests.desk.databases import on_each_database
from tests.desk.forum import id_of
from tests.desk.running import Running, all_of, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.test_turn_failing import SORRY, breaks
from tests.nightly import portion


async def test_a_turn_that_raises_while_a_person_speaks_says_nothing_to_the_customer(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = desk.customer()
    await customer.say("/start")
    where = await id_of(desk, customer)
    await acts(desk).take(where, ANNA, "1")
    await customer.look()
    said = len(customer.said)
    with monkeypatch.context() as patch:
        breaks(patch, desk.installation.desk._turn.__class__, "play", lambda *_: True)
        await customer.say("Halo?")
    assert len(customer.said) == said
    last = (await lines(desk, where))[-1]
    assert (last.kind, last.seq) == ("held", None)
    assert SORRY in last.data["text"], "the agent sees that something broke"


@pytest.mark.stage("phone")
async def test_what_an_agent_types_passes_the_border_like_a_customers_words(desk: Running, buyer: Scripted) -> None:
    where = await id_of(desk, buyer.customer)
    await acts(desk).take(where, ANNA, "1")
    try:
        await acts(desk).correct(where, ANNA, "contact.phone", "512 000\x07 111", "2")
    except NotRight as refused:
        pytest.fail(refused.words)


async def test_an_agent_switched_off_in_mid_act_takes_nothing_and_gets_nothing(desk: Running) -> None:
    store = desk.installation.store
    anna, marek = (By(one.id, one.name) for one in await store.read(agent_accounts.list_agents))
    customer, other = desk.customer(), desk.customer()
    for one in (customer, other):
        await one.say("/start")
    where, there = await id_of(desk, customer), await id_of(desk, other)
    await acts(desk).take(there, marek, "1")

    now = desk.installation.clock.now()
    await store.write(lambda c: agent_accounts.disable(c, anna.id, now))
    with pytest.raises(NotYours):
        await acts(desk).take(where, anna, "2")
    with pytest.raises(NotYours):
        await acts(desk).block(where, anna, "3", "insults")
    with pytest.raises(LookupError):
        await acts(desk).pass_on(there, marek, anna, "4")
    held = await store.read(lambda c: (handoffs.held_by(c, anna.id), handoffs.held_by(c, marek.id)))
    assert [len(each) for each in held] == [0, 1]


@on_each_database
@pytest.mark.replicated
async def test_address_that_no_conversation_has_is_not_found(desk: Running, anna: AgentHttp, marek: AgentHttp) -> None:
    for path in ("/desk/c/%00", "/desk/c/%00/parts", "/desk/c/nobody", "/desk/c/%ed%a0%80"):
        assert (await anna.get(path)).status_code == 404, path
    for path in ("/desk/replies?edit=%00", "/desk/events?c=%00", "/desk?open=%00", "/desk/search?q=%00"):
        assert (await anna.get(path)).status_code == 404, path
    await marek.get("/desk/search")
    for path, fields in (
        ("/desk/blocked/remove", {"conversation": "\0"}),
        ("/desk/replies/remove", {"id": "\0"}),
        ("/desk/replies", {"id": "\0", "shortcut": "\0", "title": "\0"}),
        ("/desk/search", {"q": "\0", "before": "\0"}),
        ("/desk/c/nobody/note", {"key": "\0" * 20, "note": "\0"}),
        ("/desk/c/nobody/take", {"key": "\0" * 20}),
    ):
        assert (await marek.post(path, None, **fields)).status_code < 500, path


async def test_a_search_opens_no_contacts(desk: Running, anna: AgentHttp) -> None:
    person = Person()
    scripted = await Scripted(desk, person).run("tax_number")
    await scripted.customer.say(f"Mój numer to {person.phone[3:]}, prawda?")
    for before in range(170, 200, 3):  # wherever the piece that is shown is cut off
        await scripted.customer.say(f"zdradliwe {'x' * before} {person.email} {person.phone[3:]}")
    await anna.get("/desk/search")
    for sought in (person.email.partition("@")[0], person.phone[3:], "example", "zdradliwe"):
        found = (await anna.post("/desk/search", q=sought)).text
        shown = found.replace(f'value="{sought}"', "").replace("<mark>", "").replace("</mark>", "")
        assert "\u2022" in shown, "it was found"
        assert person.email[1:].partition("@")[0] not in shown
        assert person.phone[3:8] not in shown
    trail = await desk.installation.store.read(lambda c: audit.page(c, most=50))
    found_in = [line.conversation_id for line in trail if line.what == "found_by_search"]
    where = await desk.installation.desk.conversation("rest", scripted.customer.sender)
    assert found_in == [where] * 4, "once for each search"


async def test_a_name_from_the_help_desk_is_one_line_and_hides_nothing() -> None:
    for name, shown in (("Ola\n\u202eKsięgowa\x00", "Ola Księgowa\ufffd"), ("x" * 500, "x" * 60), (" \u200b ", "?")):
        assert agent_replies._by(ChatwootPerson(id=7, available_name=name)).name == shown


async def test_a_field_that_was_drawn_larger_breaks_no_policy(desk: Running, office: BrowserContext) -> None:
    await desk.customer().say("/agent")
    agent = await AgentBrowser.logged_in(desk.url, office)
    await agent.opens()
    larger = "field => { field.style.height = '200px'; }"
    await agent.page.locator("#note").evaluate(larger)
    await agent.takes()
    await agent.page.locator("#say").evaluate(larger)
    await agent.says("Dzień dobry")
    await agent.sees("Dzień dobry")
    assert agent.wrong == []


_FIGURE = re.compile(r'^okienko_(?:log_ins|refused)_total\{end="(\w+)",(?:who|what)="(\w+)"\} (\d+)', re.MULTILINE)


async def figures(desk: Running) -> dict[tuple[str, str], int]:
    return {(what, end): int(n) for end, what, n in _FIGURE.findall((await desk.http.get("/metrics")).text)}


async def test_whatever_is_refused_is_counted_and_told_without_a_person(tmp_path: Path) -> None:
    given = {"rest_token": "0123456789abcdefghijklmnopqrstuvwxyz", "telegram_mode": "webhook", "telegram_token": "1:a"}
    with structlog.testing.capture_logs() as lines:
        async with running_desk(tmp_path) as desk:
            before = await figures(desk)
            assert {what for what, _ in before} == {*LOG_INS, *DOORS}, "from the start, or an alarm on them is blind"
            assert not any(before.values())
            scripted, customer = await Scripted(desk).run(), desk.customer()
            await customer.say("start:log_in")
            page = customer.link("secure_page")["href"]
            login = {"login": scripted.person.email}
            for password in ("Kanarek-zly-1", "Kanarek-zly-2"):
                assert (await customer.submit(page, **login, password=password)).status_code == 422
            assert (await customer.submit(page, **login, password=scripted.person.password)).status_code == 200
            for token in ("kanarek-token", "sandbox2"):
                headers = {"authorization": f"Bearer {token}"}
                assert (await desk.http.get("/api/v1/orders", headers=headers)).status_code == 401
            assert (await desk.http.post("/webhooks/payments/przelewy24", content=b"{}")).status_code == 400
            anna = await AgentHttp.logged_in(desk)
            assert (await anna.get("/desk/overview")).status_code == 403
            assert (await anna.post("/desk/replies", {"origin": "https://evil.example"})).status_code == 403
            stranger = AgentHttp(desk, desk.http)
            await stranger.get("/desk/login")
            wrong = await stranger.post("/desk/login", login="kanarek", password="sandbox", next="/desk")
            assert wrong.status_code == 422
            seen = {what: n for what, n in (await figures(desk)).items() if n}
            assert seen == {
                ("customer", "wrong"): 2, ("customer", "right"): 1, ("api_token", "wrong"): 2,
                ("payment_notice", "wrong"): 1, ("agent", "right"): 1, ("agent", "wrong"): 1,
                ("role", "wrong"): 1, ("foreign_page", "wrong"): 1,
            }  # fmt: skip
        async with running_desk(tmp_path / "kept", **given) as desk:
            for _ in range(FEWEST):
                assert (await desk.http.post("/webhooks/rest/webhook", json={"sender": "s" * 20})).status_code == 401
            before = len(lines)
            for _ in range(FEWEST // 2):
                assert (await desk.http.post("/webhooks/telegram", json={})).status_code == 403
                assert (await desk.http.post("/webhooks/payments/paypal", content=b"{}")).status_code == 400
            told = [line for line in lines[before:] if line.get("what", "rest_token") != "rest_token"]  # may still come
            assert not told, "counted, and not told one by one"
            seen = {what: n for what, n in (await figures(desk)).items() if n}
            assert seen == {
                ("rest_token", "wrong"): FEWEST, ("telegram_secret", "wrong"): FEWEST // 2,
                ("payment_notice", "wrong"): FEWEST // 2,
            }  # fmt: skip
    told = [line for line in lines if line["event"] == "refused"]
    assert [line["customer_wrong"] for line in told if "customer_wrong" in line] == [2]
    assert [(line["what"], line["refused"]) for line in lines if line.get("alarm")] == [("rest_token", FEWEST)]
    for secret in (scripted.person.email, "anarek", "sandbox2", "127.0.0.1"):
        assert secret not in str(told)


STEPS = (
    *("account.start", "account.email", "secure_page", "consents", "contact.phone", "contact_code"),
    *("tax_number", "company.confirm", "email_link", "order.method", "order.clauses", "order.pay"),
    *("payment", "zone.zone"),
)


async def fire(customer: Scripted, text: str) -> str:
    """Says it; gives all that was answered."""
    before = len(customer.customer.said)
    await customer.customer.say(text)
    answered = customer.customer.said[before:]
    assert answered, ascii(text[:40])
    return "\n".join(answered)


def somebody(locale: str) -> Person:
    """Nobody whose own number or address looks like the answer to 7 × 7."""
    people = iter(lambda: Person(locale=locale), None)
    return next(person for person in people if "49" not in person.phone + person.email)


async def test_every_text_is_answered_and_none_goes_further_than_a_customer_may(tmp_path: Path) -> None:
    assert len(hostile.ALL) >= 300
    async with running_desk(tmp_path) as desk:
        for n, step in enumerate(STEPS):
            locale = ("pl", "it", "en")[n % 3]
            share = {text for more in portion((0, 5), 2) for text in hostile.ALL[(n + more) % len(STEPS) :: len(STEPS)]}
            customer: Scripted | None = None
            for text in sorted(share):
                if customer is None:
                    customer = await Scripted(desk, somebody(locale)).run(step)
                at, answered = customer.customer.at, await fire(customer, text)
                assert "49" not in answered or "7*7" in answered or text not in ("{{7*7}}", "${7*7}", "#{7*7}")
                card = await desk.card(customer.person.email)
                if step != "zone.zone":
                    assert card is None or not any(order["status"] == "paid" for order in card["orders"]), ascii(text)
                if n <= STEPS.index("email_link"):
                    assert card is None or card["account"]["status"] == "pending", ascii(text)
                if n < STEPS.index("payment"):
                    assert card is None or not card["orders"], ascii(text)
                if n < STEPS.index("contact_code"):
                    assert customer.customer.custom["dialog"] in ("account", "contact", "handoff"), ascii(text)
                if customer.customer.at != at:
                    customer = None
        failed = sa.text("SELECT data FROM journal WHERE kind = 'failed'")
        assert await desk.installation.store.read(lambda c: [str(row[0]) for row in c.execute(failed)]) == []
    written = all_of(tmp_path)
    for canary in hostile.CANARIES:
        assert canary.encode() not in written, canary
        assert json.dumps(canary)[1:-1].encode() not in written, canary
