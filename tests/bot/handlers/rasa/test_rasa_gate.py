"""Who may drive the action server: Rasa, with the token; no page in a browser, under whatever name it comes."""

from collections.abc import Mapping

from pydantic import SecretStr

from bot.handlers.rasa_gate import ActionsGate
from tests.table import table

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
    listed = KEPT.refusal("GET", "/actions", JSON)
    assert listed is not None
    assert listed.status == 401
