"""`okienko actions`: the rasa-sdk action server (extra `rasa`)."""

import importlib
import os
from pathlib import Path
from typing import Annotated, Any

import typer

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
        typer.echo("okienko: the action server needs the extra `rasa` (docs/how-to/rasa.md)", err=True)
        raise typer.Exit(1) from None
    executor.register_action(action())
    os.environ["SANIC_HOST"] = host  # rasa-sdk takes the address from here only, and would listen on all
    # Rasa's file, where there is one; rasa-sdk complains of one that is named and isn't there.
    endpoints = ENDPOINTS if Path(ENDPOINTS).exists() else ""
    endpoint.run(executor, port=port, cors_origins=[], endpoints=endpoints)
