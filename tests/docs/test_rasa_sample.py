"""The sample assistant for Rasa's CALM: its flows walked as Rasa's documentation says, with our action server behind.

Rasa Pro needs a licence, so its part is played here: the sample's own flows, slots and words decide what comes next.
"""

import ast
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from sandbox.testing.doors import RestDoor
from tests.bot.handlers.rasa.action_server import action_server
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "rasa"
ACTION = "action_okienko_turn"
REST_TOKEN, ACTIONS_TOKEN = "r" + "0123456789abcdef" * 3, "a" + "0123456789abcdef" * 3
Json = Any

#: Steps and mappings that this player of CALM knows, as rasa.com/docs/reference/primitives has them.
STEP = {"id", "action", "collect", "ask_before_filling", "set_slots", "call", "next"}
SLOT_TYPES: Mapping[str, tuple[type, ...]] = {"text": (str,), "bool": (bool,), "any": (object,)}


def read(name: str) -> Json:
    return yaml.safe_load((SAMPLE / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def domain() -> Json:
    return read("domain.yml")


def test_the_flows_name_only_what_the_domain_and_the_nlu_have(domain: Json) -> None:
    flows = read("data/flows.yml")["flows"]
    intents = {one["intent"] for one in read("data/nlu.yml")["nlu"]}
    assert (
        intents
        == {*domain["intents"]}
        == {one["intent"] for flow in flows.values() for one in flow.get("nlu_trigger", [])}
    )
    for step in (step for flow in flows.values() for step in flow["steps"]):
        assert step.keys() <= STEP
        assert step.get("action", ACTION) in {*domain["actions"], *domain["responses"]}
        assert step.get("call", "okienko_desk") in flows
        assert "collect" not in step or f"utter_ask_{step['collect']}" in domain["responses"]


def test_a_message_reaches_the_action_word_for_word_and_without_a_model(domain: Json) -> None:
    config = read("config.yml")
    assert [one["name"] for one in config["pipeline"]][-1] == "NLUCommandAdapter"
    assert [one["name"] for one in config["policies"]] == ["FlowPolicy"]
    kinds = {name: [mapping["type"] for mapping in slot["mappings"]] for name, slot in domain["slots"].items()}
    assert kinds.pop("okienko_message") == ["from_text"]
    assert [*kinds.values()] == [["controlled"]] * 6, "set by the action alone"


def test_the_mantle_skill_holds_together() -> None:
    """Compare its block, which nobody runs, with the tool that is there, its own steps and its memory."""
    skill = SAMPLE.with_name("rasa-mantle") / "skills" / "okienko"
    (tool,) = (one for one in ast.parse((skill / "tools.py").read_text("utf-8")).body if hasattr(one, "args"))
    _, front, body = (skill / "skill.md").read_text("utf-8").split("---\n")
    assert yaml.safe_load(front).keys() == {"name", "description"}
    steps = yaml.safe_load(body.split("id=main\n")[1].removesuffix(":::\n"))["steps"]
    assert isinstance(tool, ast.AsyncFunctionDef)
    assert steps[0]["execute_tool"] == tool.name
    ends = {"if": "session.okienko.okienko_done", "then": "END"}
    assert [(step["id"], step["next"]) for step in steps] == [("turn", [ends, {"else": "listen"}]), ("listen", "turn")]
    assert yaml.safe_load((skill / "memory.yml").read_text("utf-8"))["schema"]["public"].keys() == {"okienko_done"}


@dataclass
class RasaDoor(RestDoor):
    """The assistant as a customer has it: `http` leads to the action server, not to the desk.

    `stack` is where its flows stand, the called one last: a flow and the number of its open step.
    """

    domain: Json = None
    slots: Json = field(default_factory=dict)
    last: list[Json] = field(default_factory=list)
    count: int = 0
    stack: list[tuple[str, int]] = field(default_factory=list)
    flows: Json = field(default_factory=lambda: read("data/flows.yml")["flows"])

    async def say(self, message: str, message_id: str | None = None) -> Json:
        self.count += 1
        if self.stack:
            flow, at = self.stack.pop()
            asked = self.flows[flow]["steps"][at]["collect"]
            for mapping in self.domain["slots"][asked]["mappings"]:
                assert mapping == {"type": "from_text", "conditions": [{"active_flow": flow}]}
            self.slots[asked] = message
            self._go_on(flow, at)
        else:
            self.stack = [(flow, 0) for flow in self.flows if self._starts(flow, message)][:1]
        await self._walk(message, message_id or f"m{self.count}")
        return self.custom

    def _starts(self, flow: str, message: str) -> bool:
        """As `KeywordIntentClassifier` and `NLUCommandAdapter` have it: a keyword of the flow's intent is said."""
        intents = {one["intent"] for one in self.flows[flow].get("nlu_trigger", [])}
        examples = "\n".join(one["examples"] for one in read("data/nlu.yml")["nlu"] if one["intent"] in intents)
        return any(re.search(rf"\b{word}\b", message, re.I) for word in re.findall(r"^- (.+)$", examples, re.M))

    async def _walk(self, message: str, message_id: str) -> None:
        """Take step after step, until one asks the customer or no flow is open."""
        while self.stack:
            flow, at = self.stack.pop()
            step = self.flows[flow]["steps"][at]
            if asked := step.get("collect"):
                assert step["ask_before_filling"] is True
                assert self.slots.get(asked) is None, "what is full isn't asked for"
                self._utter(f"utter_ask_{asked}")
                self.stack.append((flow, at))
                return
            for slots in step.get("set_slots", []):
                self.slots |= slots
            if step.get("action") == ACTION:
                await self._act(message, message_id)
            elif said := step.get("action"):
                self._utter(said)
            self._go_on(flow, at)
            self.stack += [(step["call"], 0)] if "call" in step else []

    def _go_on(self, flow: str, at: int) -> None:
        """Open the step after this one; after the last the flow that called goes on."""
        steps = self.flows[flow]["steps"]
        then = steps[at].get("next")
        if isinstance(then, list):
            then = next(
                b["then"] if "if" in b else b["else"]
                for b in then
                if "if" not in b or self.slots[b["if"].removeprefix("slots.")]
            )
        if then is None and at + 1 < len(steps):
            self.stack.append((flow, at + 1))
        elif then not in (None, "END"):
            (number,) = (n for n, step in enumerate(steps) if step.get("id") == then)
            self.stack.append((flow, number))

    def _utter(self, response: str) -> None:
        """Rasa's channels send no text that is empty."""
        ((text,),) = (one.values() for one in self.domain["responses"][response])
        self.said += [text] if text else []

    async def _act(self, message: str, message_id: str) -> None:
        latest = {"text": message, "entities": [], "message_id": message_id, "metadata": {"locale": self.locale}}
        tracker = {
            "sender_id": self.sender,
            "slots": self.slots,
            "latest_message": latest | {"intent": {"name": None, "confidence": 0.0}},
            "events": [{"event": "user", "text": message, "input_channel": "rest"}],
            "latest_input_channel": "rest",
        }
        call = {"next_action": ACTION, "sender_id": self.sender, "tracker": tracker, "domain": self.domain}
        done = await self.http.post("/webhook", json=call | {"version": "3.12.0"})
        assert done.status_code == 200, done.text
        answer = done.json()
        assert all(event["event"] == "slot" for event in answer["events"])
        self.slots = self.slots | {event["name"]: event["value"] for event in answer["events"]}
        self.last = answer["responses"]
        self._heard()

    async def look(self) -> Json:
        """What pages, letters and machines caused comes with the next message, whatever it is."""
        return await self.say("gotowe")

    def _heard(self) -> Json:
        *messages, custom = self.last
        self.custom = custom["custom"]["okienko"]
        self.said += [message["text"] for message in messages]
        self.buttons = next((b for b in map(payloads, reversed(messages)) if b), [])
        return self.custom


def payloads(response: Json) -> list[str]:
    return [button["payload"] for button in response["buttons"]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_desk(tmp_path / "desk", rest_token=REST_TOKEN) as desk:
        yield desk


@pytest.fixture
async def actions(tmp_path: Path, desk: Running) -> AsyncIterator[httpx.AsyncClient]:
    """The action server in a copy of the sample, reached as its `endpoints.yml` says."""
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "assistant"))
    endpoint = read("endpoints.yml")["action_endpoint"]
    assert endpoint["url"] == "http://127.0.0.1:5055/webhook", "the port on which `okienko actions` listens by itself"
    headers = {n: value.replace("${OKIENKO_ACTIONS_TOKEN}", ACTIONS_TOKEN) for n, value in endpoint["headers"].items()}
    with action_server(folder, desk_url=desk.url, rest_token=REST_TOKEN, actions_token=ACTIONS_TOKEN) as server:
        async with httpx.AsyncClient(base_url=server.base_url, headers=headers, trust_env=False, timeout=60) as client:
            yield client


async def test_a_flow_calls_the_desk_and_has_the_customer_back(
    desk: Running, actions: httpx.AsyncClient, domain: Json
) -> None:
    assert domain["actions"] == [action["name"] for action in (await actions.get("/actions")).json()]
    customer = RasaDoor(actions, domain=domain)
    scripted = Scripted(desk, Person(), customer)
    await customer.say("Chcę kupić certyfikat")
    assert customer.buttons, "the greeting offers ways on"
    assert customer.stack[0] == ("buy_at_desk", 1), "the assistant's own flow waits"
    await scripted.run("secure_page")
    assert customer.link("secure_page")["href"] in "\n".join(customer.said), "Rasa knows no links: it is a text"
    await scripted.run("confirm_data")
    assert customer.slots["okienko_step"] == customer.custom["step"]
    assert "confirm:yes" in customer.buttons
    assert customer.slots["okienko_done"] is False

    await scripted.run()
    assert customer.slots["okienko_done"] is True
    assert customer.stack == [], "nothing is the desk's any more"
    assert customer.said[-1] == domain["responses"]["utter_back"][0]["text"]
    # The action sets the slots that the domain has, all of them, with values of their types.
    assert customer.slots.keys() == domain["slots"].keys()
    for name, value in customer.slots.items():
        assert value is None or isinstance(value, SLOT_TYPES[domain["slots"][name]["type"]]), name
    assert customer.slots["okienko_seq"] == customer.custom["seq"]
    (company,) = (await desk.card(scripted.person.email))["companies"]
    assert company["confirmed_at"] is not None
