"""The sample assistant for Rasa: its files as Rasa's documentation has them, and a talk through its action.

Rasa itself needs an older Python than the desk, so its part is played here: each message is a call of the action, with
the sample's domain, and the slots are kept between calls.
"""

import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
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

#: Keys of Rasa 3.6's files, as legacy-docs-oss.rasa.com/docs/rasa has them: `domain`, `rules`, `training-data-format`,
#: `model-configuration`.
DOMAIN = set("version intents entities slots responses forms actions session_config config e2e_actions".split())
SESSION = {"session_expiration_time": int, "carry_over_slots_to_new_session": bool}
SLOT = {"type", "influence_conversation", "mappings", "initial_value", "values", "min_value", "max_value"}
SLOT_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "bool": (bool,),
    "float": (float, int),
    "list": (list,),
    "categorical": (str,),
    "any": (object,),
}
MAPPINGS = {"from_entity", "from_text", "from_intent", "from_trigger_intent", "custom"}
RULE = {"rule", "steps", "condition", "conversation_start", "wait_for_user_input", "metadata"}
STEP = {"intent", "user", "entities", "action", "active_loop", "slot_was_set", "or"}
CONFIG = {"recipe", "language", "pipeline", "policies", "assistant_id"}


def read(name: str) -> Json:
    return yaml.safe_load((SAMPLE / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def domain() -> Json:
    return read("domain.yml")


def faults_of_domain(domain: Json) -> Iterator[str]:
    """Yield what Rasa would complain of in a domain."""
    yield from (f"unknown key {key}" for key in domain.keys() - DOMAIN)
    for key, value in domain["session_config"].items():
        if key not in SESSION or not isinstance(value, SESSION[key]):
            yield f"session_config.{key}"
    for name in ("intents", "actions"):
        if not all(isinstance(one, str) for one in domain[name]):
            yield name
    for name, slot in domain["slots"].items():
        if slot.keys() - SLOT or slot["type"] not in SLOT_TYPES or not isinstance(slot["influence_conversation"], bool):
            yield f"slot {name}"
        if not slot["mappings"] or any(mapping["type"] not in MAPPINGS for mapping in slot["mappings"]):
            yield f"mappings of {name}"


def faults_of_rules(rules: Json, domain: Json) -> Iterator[str]:
    """Yield what Rasa would complain of in rules of this domain."""
    for rule in rules["rules"]:
        name = rule["rule"]
        if rule.keys() - RULE:
            yield f"{name}: unknown key"
        for step in rule["steps"]:
            if step.keys() - STEP:
                yield f"{name}: unknown step"
            if step.get("intent", domain["intents"][0]) not in domain["intents"]:
                yield f"{name}: unknown intent"
            if step.get("action", ACTION) not in domain["actions"]:
                yield f"{name}: unknown action"


def test_the_domain_and_the_rules_are_as_rasa_wants_them(domain: Json) -> None:
    assert [*faults_of_domain(domain)] == []
    rules = read("data/rules.yml")
    assert rules.keys() == {"version", "rules"}
    assert [*faults_of_rules(rules, domain)] == []


def test_a_fault_is_found(domain: Json) -> None:
    slots = {"a": {"type": "number", "influence_conversation": False, "mappings": []}}
    found = [*faults_of_domain(domain | {"policies": [], "slots": slots})]
    assert found == ["unknown key policies", "slot a", "mappings of a"]
    rules = {"rules": [{"rule": "r", "step": [], "steps": [{"intent": "bye"}, {"action": "utter_bye"}]}]}
    assert [*faults_of_rules(rules, domain)] == ["r: unknown key", "r: unknown intent", "r: unknown action"]


def test_every_intent_leads_to_the_desk_alone(domain: Json) -> None:
    steps = [rule["steps"] for rule in read("data/rules.yml")["rules"]]
    assert steps == [[{"intent": intent}, {"action": ACTION}] for intent in domain["intents"]]
    assert domain["actions"] == [ACTION]


def test_the_examples_are_of_the_intents_that_rasa_hasnt_of_its_own(domain: Json) -> None:
    nlu = read("data/nlu.yml")
    assert nlu.keys() == {"version", "nlu"}
    assert {one["intent"] for one in nlu["nlu"]} == {*domain["intents"]} - {"nlu_fallback"}
    for one in nlu["nlu"]:
        assert len(re.findall(r"^- .+$", one["examples"], re.M)) >= 2, "Rasa warns of an intent with one example"


def test_no_message_is_understood_or_decided_before_the_desk(domain: Json) -> None:
    config = read("config.yml")
    assert config.keys() <= CONFIG
    *_, last = config["pipeline"]
    assert last["name"] == "FallbackClassifier"
    assert last["threshold"] > 1, "no confidence is above 1"
    assert [(one["name"], one["core_fallback_action_name"]) for one in config["policies"]] == [("RulePolicy", ACTION)]
    assert not any(slot["influence_conversation"] for slot in domain["slots"].values())


def test_the_readme_names_each_file_and_slot_count(domain: Json) -> None:
    told = (SAMPLE / "README.md").read_text("utf-8")
    files = {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.rglob("*.yml")}
    assert files == set(re.findall(r"^\| `([\w/]+\.yml)` \|", told, re.M))
    assert len(domain["slots"]) == 6, "the README says six"


@dataclass
class RasaDoor(RestDoor):
    """The assistant as a customer has it: `http` leads to the action server, not to the desk."""

    domain: Json = None
    slots: Json = field(default_factory=dict)
    last: list[Json] = field(default_factory=list)
    count: int = 0

    async def say(self, message: str, message_id: str | None = None) -> Json:
        self.count += 1
        latest = {
            "text": message,
            "intent": {"name": "nlu_fallback", "confidence": 1.0},
            "entities": [],
            "message_id": message_id or f"m{self.count}",
            "metadata": {"locale": self.locale},
        }
        tracker = {
            "sender_id": self.sender,
            "slots": self.slots,
            "latest_message": latest,
            "events": [{"event": "user", "text": message, "input_channel": "rest"}],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
            "latest_input_channel": "rest",
        }
        call = {"next_action": ACTION, "sender_id": self.sender, "tracker": tracker, "domain": self.domain}
        done = await self.http.post("/webhook", json=call | {"version": "3.6.21"})
        assert done.status_code == 200, done.text
        answer = done.json()
        assert all(event["event"] == "slot" for event in answer["events"])
        self.slots = self.slots | {event["name"]: event["value"] for event in answer["events"]}
        self.last = answer["responses"]
        return self._heard()

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


async def test_customer_signs_up_through_the_assistant(desk: Running, actions: httpx.AsyncClient, domain: Json) -> None:
    listed = (await actions.get("/actions")).json()
    assert domain["actions"] == [action["name"] for action in listed]

    customer = RasaDoor(actions, domain=domain)
    scripted = Scripted(desk, Person(), customer)
    await customer.say("dzień dobry")
    assert customer.buttons, "the greeting offers ways on"
    fits_domain(customer, domain)

    await scripted.run("secure_page")
    assert customer.link("secure_page")["href"] in "\n".join(customer.said), "Rasa knows no links: it is a text"
    fits_domain(customer, domain)

    await scripted.run("confirm_data")
    assert customer.slots["okienko_step"] == customer.custom["step"]
    assert "confirm:yes" in customer.buttons
    assert "Bursztyn" in customer.said[-1]
    await customer.say("confirm:yes")
    assert customer.custom["dialog"] == "order"
    fits_domain(customer, domain)
    (company,) = (await desk.card(scripted.person.email))["companies"]
    assert company["confirmed_at"] is not None


def fits_domain(customer: RasaDoor, domain: Json) -> None:
    """The action sets the slots that the domain has, all of them, with values of their types."""
    assert customer.slots.keys() == domain["slots"].keys()
    for name, value in customer.slots.items():
        assert value is None or isinstance(value, SLOT_TYPES[domain["slots"][name]["type"]]), name
    assert customer.slots["okienko_seq"] == customer.custom["seq"]
