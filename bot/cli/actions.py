"""`okienko actions`: the rasa-sdk action server (extra `rasa`)."""

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import refuse

ENDPOINTS = "endpoints.yml"


def actions(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 5055,
    host: Annotated[str, typer.Option(help="Address; the server asks for no password, so keep it on loopback.")] = (
        "127.0.0.1"
    ),
) -> None:
    """Serve action_okienko_turn to a Rasa assistant, against the desk at OKIENKO_DESK_URL."""
    try:
        endpoint: Any = importlib.import_module("rasa_sdk.endpoint")
        executor: Any = importlib.import_module("rasa_sdk.executor").ActionExecutor()
        action: Any = importlib.import_module("bot.app.rasa").ActionOkienkoTurn
    except ImportError as missing:
        if missing.name is None or not missing.name.startswith("rasa_sdk"):
            raise
        refuse("the action server needs the extra `rasa` (docs/how-to/rasa.md)")
    executor.register_action(action())
    # Rasa's file, where there is one; rasa-sdk complains of one that is named and isn't there.
    endpoints = ENDPOINTS if Path(ENDPOINTS).exists() else ""
    app = endpoint.create_app_for_serve(executor, cors_origins=[], endpoints=endpoints)
    # In this process: Sanic's manager of workers doesn't hear that it is to end before its worker has reported.
    app.prepare(host=host, port=port, single_process=True)
    type(app).serve_single(app)
