"""The action as Rasa calls it: its JSON, rasa-sdk's own executor, the desk's REST channel behind HTTP.

Who may drive the action server: Rasa, with the token; no page in a browser, under whatever name it comes.
"""

import pickle
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette

from bot.app.rasa import ActionOkienkoTurn
from bot.cli.actions import ActionsGate
from bot.conversation.outbound import Button, ReplyLink
from bot.conversation.read_aloud import ReadAloud
from bot.handlers.rasa import AWAY, DeskAddress
from bot.handlers.rest.channel import Rest
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk
from tests.kit.narrow import present
from tests.shipped import profile
from tests.table import table

ADDRESS = DeskAddress("http://desk", SecretStr("bearer"), SecretStr("a key of thirty-two characters .."))
Json = dict[str, Any]


class Assistant:
    """Rasa's side: keeps the tracker's slots, calls the action for each message."""

    def __init__(self, executor: ActionExecutor) -> None:
        self.executor = executor
        self.slots: Json = {}
        self.count = 0

    def call(self, text: str | None, *, message_id: str | None = None, metadata: Json | None = None) -> Json:
        self.count += 1
        latest = {
            "text": text,
            "intent": {"name": "nlu_fallback", "confidence": 0.9},
            "entities": [],
            "message_id": message_id or f"m{self.count}",
            "metadata": metadata or {},
        }
        tracker = {
            "sender_id": "48600",
            "slots": self.slots,
            "latest_message": latest,
            "events": [{"event": "user", "text": text, "input_channel": "telegram"}],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
            "latest_input_channel": "telegram",
        }
        return {
            "next_action": "action_okienko_turn",
            "sender_id": "48600",
            "version": "3.6.21",
            "tracker": tracker,
            "domain": {"actions": ["action_okienko_turn"]},
            "domain_digest": "d",
        }

    async def answer(self, call: Json, *, keep: bool = True) -> list[Json]:
        result = present(await self.executor.run(call))
        assert all(event["event"] == "slot" for event in result.events)
        if keep:
            self.slots |= {event["name"]: event["value"] for event in result.events}
        return result.responses

    async def say(self, text: str | None, **more: Any) -> list[Json]:
        return await self.answer(self.call(text, **more))


async def no_sleep(seconds: float) -> None:
    return None


def executor(transport: httpx.AsyncBaseTransport, sleep: Callable[[float], Any] = no_sleep) -> ActionExecutor:
    found = ActionExecutor()
    found.register_action(ActionOkienkoTurn(ADDRESS, transport=transport, sleep=sleep))
    return found


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture
def transport(desk: ScriptedDesk) -> httpx.AsyncBaseTransport:
    aloud = ReadAloud(profile("fakturasmart").renderer())
    return httpx.ASGITransport(Starlette(routes=Rest(desk, "pl", tokens=(SecretStr("bearer"),), aloud=aloud).routes()))


@pytest.fixture
def assistant(transport: httpx.AsyncBaseTransport) -> Assistant:
    return Assistant(executor(transport))


def texts(responses: list[Json]) -> list[str]:
    return [response["text"] for response in responses if response["text"]]


async def test_texts_and_buttons_go_out_and_slots_mirror_the_desk(desk: ScriptedDesk, assistant: Assistant) -> None:
    buttons = (Button("Kupuję", "start:buy"), Button("Wstecz", "/back"), Button("Po włosku", "/lang it"))
    desk.answers = lambda inbound: [Draft("Dzień dobry.\n\nTu okienko."), Draft("Co robimy?\n\nProszę:", buttons)]
    responses = await assistant.say("hej", metadata={"locale": "it"})
    assert texts(responses) == ["Dzień dobry.\nTu okienko.", "Co robimy?\n\nProszę:"]
    assert responses[1]["buttons"] == [
        {"title": "Kupuję", "payload": "start:buy"},
        {"title": "Wstecz", "payload": "cmd:back"},
        {"title": "Po włosku", "payload": "cmd:lang it"},
    ]
    assert responses[-1]["custom"]["okienko"]["expects"] == "choice"
    assert assistant.slots == {
        "okienko_dialog": "account",
        "okienko_step": "start",
        "okienko_lang": "it",
        "okienko_done": False,
        "okienko_mode": "bot",
        "okienko_seq": 2,
    }
    assert desk.received[0].locale_hint == "it"


async def test_the_sender_is_a_capability_of_its_conversation(desk: ScriptedDesk, assistant: Assistant) -> None:
    await assistant.say("hej")
    other = assistant.call("hej")
    other["tracker"]["events"][0]["input_channel"] = "rest"
    await assistant.answer(other)
    first, second = (inbound.address for inbound in desk.received)
    assert first != second
    assert len(first) == len(second) == len("sha256-") + 64
    assert "48600" not in first


async def test_a_repeated_call_does_nothing_twice_and_says_the_same(desk: ScriptedDesk, assistant: Assistant) -> None:
    await assistant.say("hej")
    call = assistant.call("tak", message_id="again")
    lost = await assistant.answer(call, keep=False)
    assert await assistant.answer(call) == lost
    assert len(desk.received) == 2


async def test_what_was_said_in_the_meantime_comes_with_the_next_turn(desk: ScriptedDesk, assistant: Assistant) -> None:
    await assistant.say("hej")
    desk.say(desk.talk("rest", desk.received[0].address), Draft("Zapłacono, dziękuję."))
    call = assistant.call("i co?", message_id="x")
    assert texts(await assistant.answer(call, keep=False)) == ["Zapłacono, dziękuję.", "heard: i co?"]
    assert texts(await assistant.answer(call)) == ["Zapłacono, dziękuję.", "heard: i co?"], "and again on a repeat"
    assert texts(await assistant.say("dalej")) == ["heard: dalej"]


async def test_a_machine_made_result_is_waited_for_and_read_out_with_the_rest(
    desk: ScriptedDesk, transport: httpx.AsyncBaseTransport
) -> None:
    async def result_comes(seconds: float) -> None:
        desk.unsettled.clear()
        desk.say(desk.talk("rest", desk.received[0].address), Draft("Pracownia Bursztyn?"), root="r0")

    desk.unsettled.add("r0")
    desk.answers = lambda inbound: [Draft("Mam: 123-456-32-18.")]
    assistant = Assistant(executor(transport, result_comes))
    responses = await assistant.say("1234563218")
    assert texts(responses) == ["Mam: 123-456-32-18.", "Pracownia Bursztyn?"]
    assert assistant.slots["okienko_seq"] == 2
    assert responses[-1]["custom"]["okienko"]["speech"] == "Mam: 1 2 3, 4 5 6, 3 2, 1 8.\n\nPracownia Bursztyn?"


async def test_a_hand_off_is_told_and_an_agents_silence_kept(desk: ScriptedDesk, assistant: Assistant) -> None:
    desk.mode, desk.expects = "agent", "agent"
    desk.answers = lambda inbound: []
    responses = await assistant.say("halo?")
    assert texts(responses) == []
    assert responses[-1]["custom"]["okienko"]["mode"] == "agent"
    assert assistant.slots["okienko_mode"] == "agent"


async def test_the_end_is_told(desk: ScriptedDesk, assistant: Assistant) -> None:
    desk.expects = "nothing"
    await assistant.say("hej")
    assert assistant.slots["okienko_done"] is True


async def test_a_link_that_no_text_shows_is_a_line(desk: ScriptedDesk, assistant: Assistant) -> None:
    desk.links = (ReplyLink("payment", "http://desk/p/1", "Zapłać"), ReplyLink("login", "http://desk/l", "Zaloguj"))
    desk.answers = lambda inbound: [Draft("Proszę: http://desk/l")]
    assert texts(await assistant.say("płacę")) == ["Proszę: http://desk/l", "http://desk/p/1"]


async def test_without_a_message_only_news_are_told(desk: ScriptedDesk, assistant: Assistant) -> None:
    await assistant.say("hej")
    desk.say(desk.talk("rest", desk.received[0].address), Draft("Zapłacono."))
    assert texts(await assistant.say(None)) == ["Zapłacono."]
    assert len(desk.received) == 1


@pytest.mark.parametrize("status", [0, 401, 409, 429, 500, 503, 200])
async def test_a_desk_that_does_not_answer_gets_the_customer_a_sentence(status: int) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        if not status:
            raise httpx.ConnectError("refused")
        return httpx.Response(status, json=[{"custom": {"step": 1}}])

    assistant = Assistant(executor(httpx.MockTransport(broken)))
    assistant.slots = {"okienko_lang": "it"}
    assert texts(await assistant.say("ciao")) == [AWAY["it"]]
    assert assistant.slots == {"okienko_lang": "it"}, "what is known stays"


async def test_odd_input_is_no_fault(assistant: Assistant) -> None:
    for text in ("", "\ud800", "x" * 100_000, "/start abc"):
        assert texts(await assistant.say(text))


def test_the_action_server_can_copy_it_into_its_workers() -> None:
    found = ActionExecutor()
    found.register_action(ActionOkienkoTurn(ADDRESS))
    assert "action_okienko_turn" in pickle.loads(pickle.dumps(found)).actions


def test_it_is_found_by_the_action_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_SECRET_KEY", "k" * 32)
    found = ActionExecutor()
    found.register_package("bot.app.rasa")
    assert "action_okienko_turn" in found.actions


JSON = {"host": "127.0.0.1:5055", "content-type": "application/json"}
BEARER = {"authorization": "Bearer right"}
OPEN = ActionsGate()
KEPT = ActionsGate((SecretStr("new"), SecretStr("right")), ("actions.internal",))


@table(
    ("gate", "headers", "status"),
    [
        (OPEN, JSON, None),
        (OPEN, JSON | {"host": "localhost"}, None),
        (OPEN, JSON | {"host": "[::1]:5055"}, None),
        (OPEN, JSON | {"content-type": "application/json; charset=utf-8"}, None),
        (OPEN, JSON | {"host": "rebound.example:5055"}, 403),
        (OPEN, JSON | {"host": "127.0.0.1.rebound.example"}, 403),
        (OPEN, JSON | {"host": "[::bad"}, 403),
        (OPEN, {"content-type": "application/json"}, 403),
        (OPEN, JSON | {"origin": "https://evil.example"}, 403),
        (OPEN, JSON | {"origin": "null"}, 403),
        (OPEN, JSON | {"content-type": "text/plain"}, 415),
        (OPEN, {"host": "127.0.0.1"}, 415),
        (KEPT, JSON | BEARER, None),
        (KEPT, JSON | BEARER | {"host": "actions.internal:5055"}, None),
        (KEPT, JSON | {"authorization": "bearer new"}, None),
        (KEPT, JSON, 401),
        (KEPT, JSON | {"authorization": "Bearer wrong"}, 401),
        (KEPT, JSON | {"authorization": "right"}, 401),
        (KEPT, JSON | {"authorization": "Basic right"}, 401),
        (KEPT, JSON | BEARER | {"host": "evil.internal"}, 403),
        (KEPT, JSON | BEARER | {"origin": "http://127.0.0.1:5055"}, 403),
    ],
)
def test_the_action_server_takes_json_of_a_known_host_with_the_token(
    gate: ActionsGate, headers: Mapping[str, str], status: int | None
) -> None:
    refused = gate.refusal("POST", "/webhook", headers)
    assert (refused.status if refused is not None else None) == status


def test_its_health_needs_no_token_and_its_list_of_actions_does() -> None:
    assert KEPT.refusal("GET", "/health", JSON) is None
    listed = present(KEPT.refusal("GET", "/actions", JSON))
    assert listed.status == 401
