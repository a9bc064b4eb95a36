"""The REST channel on a whole desk, point by point: the form of answers, repeats, `/events`, commands, odd messages.

Customers who come in by another entry; a result that holds them up with `wait`."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app.sandboxed import OwnSandbox
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import PASSWORD, WAYS, Person, Scripted, bought, until
from tests.kit.talks import says
from values import masked

CUSTOM = {"dialog", "step", "expects", "progress", "links", "locale", "mode", "seq"}
CARDS = {"offer", "company", "order", "payment", "receipt", "activation", "zone", "change"}
DIALOGS = {"account", "contact", "company", "order", "payment", "einvoice", "renewal", "zone", "handoff"}
SENDER = "a-sender-that-nobody-guesses"


async def post(desk: Running, body: Any, **more: Any) -> Any:
    """A raw request to the webhook."""
    if isinstance(body, bytes):
        return await desk.http.post("/webhooks/rest/webhook", content=body, **more)
    return await desk.http.post("/webhooks/rest/webhook", content=json.dumps(body), **more)


async def events(desk: Running, sender: str, after: int | None = None) -> Any:
    """What `/events` gives."""
    params: dict[str, Any] = {"sender": sender} | ({} if after is None else {"after": after})
    answer = await desk.http.get("/webhooks/rest/events", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(items: Any) -> list[str]:
    return [item["text"] for item in items if "text" in item]


def has_the_form_of_a_card(card: Any) -> None:
    assert set(card) - {"total", "state", "missing"} == {"kind", "title", "rows"}
    assert card["kind"] in CARDS
    assert card["title"].strip()
    for row in card["rows"]:
        assert set(row) - {"edit", "document", "choices", "covers"} == {"name", "label", "value"}
        assert ":" in row.get("edit", "edit:")
        assert row["value"].strip() or "edit" in row or "choices" in row
        for choice in row.get("choices", []):
            assert set(choice) == {"title", "payload", "chosen"}
            assert choice["title"].strip()


async def test_every_answer_of_a_journey_has_the_fixed_form(desk: Running) -> None:
    seen: list[Any] = []

    class Watched(Customer):
        def _take(self, items: Any) -> Any:
            seen.append(items)
            return super()._take(items)

    scripted = Scripted(desk)
    scripted.customer = Watched(desk.http, "pl")
    await scripted.run()
    seqs: list[int] = []
    for items in seen:
        *messages, last = items
        assert set(last) == {"recipient_id", "custom"}
        custom = last["custom"]
        assert set(custom) - {"card", "speech", "codes", "taken", "not_taken"} == CUSTOM
        if "card" in custom:
            has_the_form_of_a_card(custom["card"])
        assert custom["dialog"] in DIALOGS
        assert custom["mode"] == "bot"
        assert 0 <= custom["progress"]["done"] <= custom["progress"]["of"]
        for link in custom["links"]:
            assert set(link) - {"id"} == {"rel", "href"}
            assert ("id" in link) == (link["rel"] in ("payment", "document"))
        for message in messages:
            assert set(message) - {"buttons"} == {"recipient_id", "text"}
            assert message["text"].strip()
            for button in message.get("buttons", []):
                assert set(button) == {"title", "payload"}
                assert button["title"].strip()
                assert len(button["payload"]) <= 64
        seqs.append(custom["seq"])
    assert seqs == sorted(seqs)
    taken = [row["slot"] for items in seen for row in items[-1]["custom"].get("taken", ())]
    assert taken == ["email", "phone", "tax_number"]
    dones = [items[-1]["custom"]["progress"]["done"] for items in seen]
    assert dones == sorted(dones)


@pytest.mark.stage("phone")
async def test_repeats_while_it_runs_wait_for_the_same_turn(desk: Running, buyer: Scripted) -> None:
    body = {"sender": buyer.customer.sender, "message": buyer.person.phone, "metadata": {"message_id": "x"}}
    given = [answer.json() for answer in await asyncio.gather(*(post(desk, body) for _ in range(5)))]
    for answer in given:
        for code in answer[-1]["custom"]["codes"]:
            del code["again_in"]  # seconds, which go on between two answers
    assert all(answer == given[0] for answer in given)
    assert given[0][-1]["custom"]["expects"] == "contact_code"
    assert len(await desk.outbox(buyer.person.phone)) == 1
    other = await post(desk, {**body, "message": "+48512000998"})
    assert (other.status_code, "error" in other.json()) == (409, True)
    # Ids are per sender: somebody else's is another one.
    assert (await post(desk, {**body, "sender": SENDER, "message": "/start"})).status_code == 200
    await buyer.run("tax_number")
    moved = (await post(desk, body)).json()
    assert texts(moved) == texts(given[0])
    assert moved[-1]["custom"]["expects"] == "tax_number", "custom is as it is now"


@pytest.mark.stage("company.confirm")
async def test_what_became_of_each_thing_that_was_typed_is_told(buyer: Scripted) -> None:
    taken, left = list[tuple[str, str]](), list[tuple[str, str]]()
    for said in ("ulica Polna 3, kod 30-059, a kto wygrał mecz?", "miasto Sopot, mój szwagier ma 600 700 900", "hmpf"):
        await buyer.customer.say(said)
        custom = buyer.customer.custom
        taken += [(row["slot"], row["value"]) for row in custom["taken"]]
        left += [(row["said"], row["why"]) for row in custom["not_taken"]]
    assert taken == [("street", "ul. Polna 3"), ("postal_code", "30-059"), ("city", "Sopot")]
    assert left == [
        ("kto wygrał mecz?", "unanswered"),
        ("mój szwagier ma 600 700 900", "not_understood"),
        ("hmpf", "not_understood"),
    ]


async def test_seq_and_after(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "start:buy")
    assert customer.custom["seq"] == 2
    everything = await events(desk, customer.sender, 0)
    assert texts(everything) == customer.said
    assert texts(await events(desk, customer.sender, 1)) == customer.said[1:]
    assert await events(desk, customer.sender, 0) == everything, "as often as asked"
    assert texts(await events(desk, customer.sender, 2)) == []
    assert texts(await events(desk, customer.sender)) == [], "both answers of the webhook carried theirs"
    unknown = await events(desk, SENDER)
    assert unknown == [{"recipient_id": SENDER, "custom": unknown[0]["custom"]}]
    assert (set(unknown[0]["custom"]), unknown[0]["custom"]["seq"]) == (CUSTOM, 0)


async def test_an_answer_is_not_read_back(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    store, reads = desk.installation.store, list[str]()
    read = store.read

    async def noted(work: Any, **how: bool) -> Any:
        if work.__module__.startswith("bot.conversation.") and "Conversation" in work.__qualname__:
            reads.append(work.__qualname__)
        return await read(work, **how)

    monkeypatch.setattr(store, "read", noted)
    customer = await says(desk.customer(), "/start")
    assert reads == ["ConversationLoader._found.<locals>.<lambda>"], "whether anybody wrote from there before"
    await customer.say("start:buy")
    assert len(reads) == 1
    assert texts(await events(desk, customer.sender)) == [], "both were marked as given"


@pytest.mark.stage("secure_page")
async def test_events_bring_what_a_page_caused_once(desk: Running, buyer: Scripted) -> None:
    sender, seq = buyer.customer.sender, buyer.customer.custom["seq"]
    assert (await buyer.submit(buyer.customer.link("secure_page")["href"])).status_code == 200
    told = await events(desk, sender, seq)
    assert len(texts(told)) == 1
    assert told[-1]["custom"]["seq"] == seq + 1
    assert texts(await events(desk, sender)) == [], "the one with `after` carried it"
    assert texts(await events(desk, sender, seq)) == texts(told)


@pytest.mark.stage("consents")
async def test_commands(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    buttons = customer.buttons
    await customer.say("/help")
    assert (customer.expects, customer.buttons) == ("consents", buttons)
    await customer.say("/lang it")
    assert (customer.custom["locale"], customer.expects) == ("it", "consents")
    await customer.say("cmd:help")
    assert "consents:required" in customer.buttons
    await buyer.run("phone")
    await customer.say("/back")
    assert customer.expects == "phone", "never back over the account that was made"
    await customer.say("/restart")
    assert customer.expects in ("choice", "phone")
    await buyer.run("company.confirm")
    await customer.say("/back")
    assert customer.expects == "tax_number"
    await buyer.run("order.pay")
    await customer.say("/back")
    assert customer.at == "order.clauses"
    await customer.say("/cancel")
    assert (customer.at, customer.buttons[:2]) == ("order.restart", ["restart:no", "restart:yes"])
    await customer.say("restart:yes")
    assert customer.custom["dialog"] != "order"
    await buyer.run()
    assert len((await desk.card(buyer.person.email))["orders"]) == 1


@pytest.mark.stage("phone")
async def test_a_person_is_asked_for(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await customer.say("/agent")
    assert (customer.custom["mode"], customer.expects) == ("waiting", "phone")
    letter = (await desk.outbox("pomoc@fakturasmart.example"))[-1]
    assert masked.email(buyer.person.email) in letter["text"]
    assert customer.said[0].split("\n")[0] not in letter["text"], "the last words are in it, not the whole talk"
    assert "Jaki jest Twój numer komórkowy?" in letter["text"]
    await customer.say("/agent")
    assert len(await desk.outbox("pomoc@fakturasmart.example")) == 1
    await buyer.run()
    assert customer.custom["mode"] == "waiting", "the customer goes on meanwhile"


@pytest.mark.stage("account.start")
async def test_a_person_is_asked_for_before_there_is_an_address(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await customer.say("/agent")
    assert (customer.custom["dialog"], customer.expects, customer.custom["mode"]) == ("handoff", "email", "waiting")
    assert "agent_email:skip" in customer.buttons
    await customer.say("gdzie@example.com")
    letter = (await desk.outbox("pomoc@fakturasmart.example"))[-1]
    assert masked.email("gdzie@example.com") in letter["text"]
    assert customer.at == "account.start"

    gone = await says(desk.customer("it"), "il link non funziona", "/agent")
    await desk.advance(3600)
    _first, letter = await desk.outbox("pomoc@fakturasmart.example")
    for known in ("Kanał: inny czat", "Język klienta: Italiano", "il link non funziona"):
        assert known in letter["text"]
    await gone.say("poi@example.com")
    *_two, last = await desk.outbox("pomoc@fakturasmart.example")
    assert masked.email("poi@example.com") in last["text"]
    assert len(_two) == 2, "told once, and once more with the address"
    await buyer.run()


async def test_a_start_link_leads_in(desk: Running) -> None:
    made = await desk.http.post(
        "/api/v1/start-links", json={"entry": "buy"}, headers={"authorization": "Bearer sandbox"}
    )
    assert made.status_code == 201
    link = made.json()
    assert set(link) == {"token", "telegram", "web", "expires_at"}
    customer = await says(desk.customer(), f"/start {link['token']}")
    assert customer.at == "account.account"
    transcript = json.dumps(await events(desk, customer.sender, 0))
    assert link["token"] not in transcript
    stranger = await says(desk.customer(), "/start not-a-token-of-ours")
    assert stranger.at == "account.start"
    await stranger.say("/start " + "x" * 65)
    assert stranger.said[-1].strip()


ODD = (
    *("", "   ", "\n\n", "\x00", "a\x00b\x01\x02\x1b[31m", "\ud800", "zażółć \udfff gęślą", "\u202eevil\u202c"),
    *("\u200b\u200d\ufeff", "🤷🏽‍♀️" * 50, "Z̷̢̛a̶͠l̴̈g̵o̷" * 40, "１２３４５６", "<script>alert(1)</script>"),
    *("{number} {0.__class__} ${7*7} {{7*7}}", "'; DROP TABLE account; --", "../../etc/passwd"),
    *("=cmd|'/c calc'!A0", "%s%n%x", "consents:toggle:nosuch", "edit:nothing", "zone:home", "pay:now"),
    *("confirm:yes", "secure_page:again", "consents:toggle:" + "a" * 500, "/lang xx", "/lang"),
    *("/start " + "A" * 64, "/nosuchcommand", "x" * 8193, "\U0001f4a9" * 9000, "9" * 5000),
)


async def test_odd_messages_get_a_sentence_and_change_nothing(desk: Running) -> None:
    scripted = Scripted(desk)
    customer = scripted.customer
    for step in ("account.start", "account.email", "consents", "phone", "tax_number", "order.terms"):
        await scripted.run(step)
        at = customer.at
        for odd in ODD:
            seq = customer.custom["seq"]
            await customer.say(odd)
            assert customer.custom["seq"] > seq, odd[:40]
            assert customer.said[-1].strip(), odd[:40]
            assert "{" not in customer.said[-1] or "{" in odd, odd[:40]
            assert customer.at == at, odd[:40]
        await customer.say("/lang pl")
    await scripted.run("order.pay")


async def test_a_discount_code_at_every_step_before_the_order(desk: Running) -> None:
    scripted = Scripted(desk)
    customer = scripted.customer
    await customer.say("/start")
    tried: list[str] = []
    for _ in range(40):
        at = customer.at
        await customer.say("START20")
        assert customer.at == at, at
        assert "START20" in customer.said[-1], (at, customer.said[-1])
        tried.append(at)
        await customer.say("STARY")
        if customer.at == "order.pay":
            break
        await scripted.act()
    assert {"account.email", "account.consents", "contact.phone", "company.tax_number", "order.method"} <= set(tried)
    await scripted.run()
    order = (await desk.card(scripted.person.email))["orders"][0]
    assert (order["discount_code"], order["net"], order["vat"], order["gross"]) == ("START20", 23920, 5502, 29422)


async def test_without_a_locale_the_language_is_that_of_the_customer_s_words(desk: Running) -> None:
    customer = await says(desk.customer(""), "/start")
    assert customer.custom["locale"] == "pl", "the profile's, until something is said"
    await customer.say("start:buy")
    assert customer.custom["locale"] == "pl"
    await customer.say("Vorrei parlare con una persona")
    assert (customer.custom["locale"], customer.custom["mode"]) == ("it", "waiting")
    assert "operatore" in customer.said[-1]
    await customer.say("I would like to know how much it costs")
    assert customer.custom["locale"] == "it", "the first words have decided"

    told = await says(desk.customer("pl"), "Vorrei parlare con una persona")
    assert told.custom["locale"] == "pl", "the channel has said which"
    assert (await says(desk.customer(""), "/lang en", "Chciałbym kupić")).custom["locale"] == "en"
    elsewhere = await says(desk.customer("de-DE"), "Hello, I would like to buy")
    assert elsewhere.custom["locale"] == "en", "one that the seller doesn't speak tells nothing"
    assert "Buy" in elsewhere.said[0] or "account" in elsewhere.said[0]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A stand-in that is slow answers when this is set."""
    event = asyncio.Event()

    async def held(_seconds: float) -> None:
        await event.wait()

    monkeypatch.setattr("bot.app.sandboxed.OwnSandbox", partial(OwnSandbox, sleep=held))
    return event


async def standing(desk: Running, scripted: Scripted) -> Any:
    params = {"sender": scripted.customer.sender, "after": "0"}
    return (await desk.http.get("/webhooks/rest/events", params=params)).json()[-1]["custom"]


async def asked(desk: Running, provider: str) -> bool:
    return bool((await desk.http.get("/sandbox/api/calls", params={"provider": provider})).json())


async def test_a_result_of_the_open_dialog_is_waited_for(tmp_path: Path, answered: asyncio.Event) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk).run("phone")
        await desk.fault("smsapi", "slow", 1)
        asking = asyncio.create_task(scripted.customer.say(scripted.person.phone))
        await until(partial(asked, desk, "smsapi"))
        assert (await standing(desk, scripted))["expects"] == "wait"
        answered.set()
        await asking
        assert scripted.customer.expects == "contact_code"


async def test_a_second_question_about_money_that_has_come_holds_nobody_up(
    tmp_path: Path, answered: asyncio.Event
) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk).run("payment")
        link = scripted.customer.link("payment")
        assert (await desk.http.get(link["href"])).status_code == 303
        await desk.fault("przelewy24", "slow", 1)
        paying = asyncio.create_task(desk.pay(link["id"]))

        async def is_paid() -> bool:
            await scripted.customer.look()
            return scripted.customer.at == "einvoice.einvoice"

        await until(is_paid)
        assert scripted.customer.expects == "choice"
        answered.set()
        await paying
        await scripted.run()


@asynccontextmanager
async def left_at_the_consents(folder: Path, *, days: int) -> AsyncGenerator[tuple[Running, Scripted]]:
    async with running_desk(folder) as desk:
        left = await Scripted(desk).run("consents")
        await desk.advance(days * 86400)
    async with running_desk(folder) as desk:
        again = Scripted(desk, left.person)
        again.customer.sender = left.customer.sender
        yield desk, again


async def test_a_sign_up_left_alone_goes_on_after_four_weeks(tmp_path: Path) -> None:
    async with left_at_the_consents(tmp_path, days=29) as (desk, again):
        await again.customer.say("/help")
        assert again.customer.expects == "consents"
        await again.run()
        assert await log_in(desk, again.person) == 200


async def test_a_sign_up_left_for_longer_than_it_is_kept_begins_anew(tmp_path: Path) -> None:
    async with left_at_the_consents(tmp_path, days=100) as (desk, again):

        async def is_forgotten() -> bool:
            return (await again.customer.look())["step"] == "start"

        await until(is_forgotten)
        assert await log_in(desk, again.person) == 422, "an unused password isn't kept for ever"
        await again.customer.say("/start")
        await again.run()
        assert await log_in(desk, again.person) == 200


async def log_in(desk: Running, person: Person) -> int:
    """How the page answers to this person's address and password."""
    login = await says(desk.customer(), "/start", "start:log_in")
    return (await login.submit(login.link("secure_page")["href"], login=person.email, password=PASSWORD)).status_code


async def test_signing_up_first_leads_the_same_way(desk: Running) -> None:
    scripted = await bought(desk, ways=("start:sign_up", *WAYS))
    assert "account.account" not in scripted.trail
    assert (await desk.card(scripted.person.email))["einvoice"]["status"] == "active"


async def passed_on(customer: Customer, words: str) -> dict[str, Any]:
    """The `custom` of the answer to words that the customer didn't write."""
    body = {"sender": customer.sender, "message": words, "metadata": {"second_hand": True}}
    answer = await customer.http.post("/webhooks/rest/webhook", content=json.dumps(body))
    assert answer.status_code == 200
    return answer.json()[-1]["custom"]


@pytest.mark.stage("signed_up")
async def test_the_answer_tells_that_words_passed_on_did_nothing(desk: Running, buyer: Scripted) -> None:
    told = await passed_on(buyer.customer, "NIP 123-456-32-18")
    assert "second_hand" not in told, "a value is as good as a typed one"
    await buyer.customer.settled()
    assert buyer.customer.expects == "confirm_data"
    await buyer.run("order.pay")
    told = await passed_on(buyer.customer, "zamawiam i płacę")
    assert (told["second_hand"], told["step"]) == (True, "pay")
    custom = await buyer.customer.say("zamawiam i płacę")
    assert "second_hand" not in custom
    assert custom["expects"] == "payment"
