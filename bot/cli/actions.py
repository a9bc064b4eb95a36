"""`okienko actions`: the rasa-sdk action server (extra `rasa`)."""

import importlib
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, cast
from urllib.parse import urlsplit

import typer
from msgspec import Struct
from pydantic import SecretStr

from bot.app import logs
from bot.app.settings import SHORTEST, Settings
from bot.app.unsafe_settings import guessable
from bot.cli import refuse
from bot.web.guard import Tokens, bears_token
from bot.web.network import network_of
from services.clock import SystemClock
from services.refusals import Door, RefusalLog
from values.loopback import is_loopback

HEALTH = "/health"
WEBHOOK = "/webhook"


class NotAdmitted(Struct, frozen=True):
    """A refused request: `status` and the short `error` are the whole answer; `door` is what the trace calls it."""

    status: int
    error: str
    door: Door = "actions_token"


class ActionsGate(Struct, frozen=True):
    """Without `tokens` none is asked for. `hosts`: names under which Rasa reaches the server, beside loopback's.

    rasa-sdk's server knows neither tokens nor hosts. A known `Host` keeps out pages whose name was made to lead here
    (DNS rebinding), no `Origin` all others, and JSON what forms can send.
    """

    tokens: Tokens = ()
    hosts: Sequence[str] = ()

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> NotAdmitted | None:
        """Return why the request is refused; None if it isn't. The names of `headers` are in small letters."""
        if not self._is_known(headers.get("host", "")):
            return NotAdmitted(403, "unknown_host", "foreign_page")
        if "origin" in headers:
            return NotAdmitted(403, "foreign_page", "foreign_page")
        if path == HEALTH:
            return None
        if self.tokens and not bears_token(headers.get("authorization", ""), self.tokens):
            return NotAdmitted(401, "a bearer token is needed")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return (
            NotAdmitted(415, "json_only", "foreign_page") if method == "POST" and kind != "application/json" else None
        )

    def _is_known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return is_loopback(name) or name in {known.lower() for known in self.hosts}


def wrong_call(body: bytes) -> str | None:
    """Return what is wrong with Rasa's request to run an action; None if nothing is."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return "the body isn't JSON"
    if not isinstance(call, dict):
        return "the body isn't an object"
    given = cast("dict[str, Any]", call)
    tracker = given.get("tracker")
    if not isinstance(tracker, dict):
        return "`tracker` is missing: send the tracker's object, as Rasa does"
    if not isinstance(given.get("domain", {}), dict):
        return "`domain` isn't an object"
    return None


ENDPOINTS = "endpoints.yml"


def actions(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 5055,
    host: Annotated[
        str, typer.Option(help="Address to listen on; another one than loopback needs OKIENKO_ACTIONS_TOKEN.")
    ] = "127.0.0.1",
    known_as: Annotated[
        list[str] | None, typer.Option(help="Name of the host in Rasa's endpoints.yml, where that isn't loopback's.")
    ] = None,
) -> None:
    """Serve action_okienko_turn to a Rasa assistant, against the desk at OKIENKO_DESK_URL."""
    settings = Settings()
    tokens = settings.actions_tokens
    if not is_loopback(host) and (not tokens or any(guessable(token.get_secret_value()) for token in tokens)):
        refuse(
            f"on {host} others reach the action server: set OKIENKO_ACTIONS_TOKEN to {SHORTEST} characters at least, "
            "such as `openssl rand -hex 32` gives"
        )
    try:
        endpoint: Any = importlib.import_module("rasa_sdk.endpoint")
        executor: Any = importlib.import_module("rasa_sdk.executor").ActionExecutor()
        rasa: Any = importlib.import_module("bot.app.rasa")
    except ImportError as missing:
        if missing.name is None or not missing.name.startswith("rasa_sdk"):
            raise
        refuse("the action server needs the extra `rasa` (docs/dev/rasa.md)")
    logs.configure(settings.log_level)
    logs.take_over("sanic.root", "sanic.error", "sanic.access", "sanic.server", "sanic.websockets")
    executor.register_action(rasa.ActionOkienkoTurn())
    # Rasa's file, where there is one; rasa-sdk complains of one that is named and isn't there.
    endpoints = ENDPOINTS if Path(ENDPOINTS).exists() else ""
    app = endpoint.create_app_for_serve(executor, cors_origins=[], endpoints=endpoints)
    _guard(app, ActionsGate(tokens, (host, *(known_as or ()))), rasa.desk_address(settings).key)
    # In this process: Sanic's manager of workers doesn't hear that it is to end before its worker has reported.
    app.prepare(host=host, port=port, single_process=True)
    type(app).serve_single(app)


def _guard(app: Any, gate: ActionsGate, key: SecretStr) -> None:
    """Let Sanic ask the gate before any handler; what it refuses leaves a trace."""
    answer: Any = importlib.import_module("sanic.response").json
    refusals = RefusalLog(SystemClock(), sha256(key.get_secret_value().encode()).digest())

    async def turned_away(request: Any) -> Any:
        headers = {str(name).lower(): str(value) for name, value in request.headers.items()}
        refused = gate.refusal(request.method, request.path, headers)
        if refused is None:
            return None
        await refusals.note(refused.door, "wrong", network_of(str(request.ip)))
        return answer({"error": refused.error}, status=refused.status)

    async def misshapen(request: Any) -> Any:
        """Answer 400 where rasa-sdk would take a fault of the caller's for its own, and quote the request."""
        if request.path == WEBHOOK and request.method == "POST" and (wrong := wrong_call(request.body)):
            return answer({"error": wrong}, status=400)
        return None

    async def started(_app: Any) -> None:
        refusals.start()

    async def stopped(_app: Any) -> None:
        await refusals.stop()

    app.register_middleware(turned_away, "request")
    app.register_middleware(misshapen, "request")
    app.register_listener(started, "before_server_start")
    app.register_listener(stopped, "after_server_stop")
