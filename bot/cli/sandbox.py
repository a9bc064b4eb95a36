"""`okienko sandbox`: the stand-ins alone, for several desks to point at."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import httpx
import typer

from bot.app import logs
from bot.app.sandboxed import serve_alone
from bot.app.settings import Settings
from bot.app.supervisor_pipe import inherit_pipe
from bot.cli import refuse


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one, the last one if it is free.")
    ] = 8090,
    public_url: Annotated[
        str | None, typer.Option(help="Where payers reach the desk that passes its paths on; default: this address.")
    ] = None,
    env: Annotated[
        bool,
        typer.Option("--env", help="Print the settings that point a live desk at the sandbox running on this port."),
    ] = False,
) -> None:
    """Run the stand-ins for every provider, without a desk."""
    if env:
        _print_settings(f"http://127.0.0.1:{port}")
        return
    settings = Settings()
    logs.configure(settings.log_level)
    try:
        asyncio.run(serve_alone(port, settings.data_dir, public_url, inherit_pipe()))
    except OSError as error:
        refuse(f"can't listen on port {port}: {error.strerror}")


def _print_settings(url: str) -> None:
    try:
        endpoints = ask_sandbox(url)
    except NoSandbox as error:
        refuse(error)
    for line in lines(endpoints):
        typer.echo(line)


_ASKED_WITHIN_S = 5.0
# What `Settings` calls otherwise than the stand-ins do; all else is `PROVIDER_ARGUMENT`.
_NAMES = {"smtp_username": "smtp_user", "smtp_start_tls": "smtp_tls"}
# Stands beside the seller's own desk in no rehearsal but one that tries the help desk.
_BY_CHOICE = ("chatwoot",)


class NoSandbox(Exception):
    """No sandbox answers at this address; the message says what to do."""


def ask_sandbox(url: str) -> Mapping[str, Any]:
    """Return the stand-ins' addresses and keys by provider, from the sandbox at `url`. Raises NoSandbox."""
    try:
        answer = httpx.get(f"{url}/sandbox/api/endpoints", timeout=_ASKED_WITHIN_S, trust_env=False)
        answer.raise_for_status()
        endpoints: Mapping[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        raise NoSandbox(f"no sandbox answers at {url}. Start it in another terminal: okienko sandbox") from None
    return endpoints


def lines(endpoints: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of an `.env` file by which a live desk takes the stand-ins for its providers.

    The sandbox names its addresses and keys by provider; nothing is guessed: the relay's port, for one, is known to the
    running sandbox alone. The desk's own keys are made anew each time; what few want is commented out.
    """
    yield "# A live desk whose providers are a sandbox's stand-ins. For a rehearsal: nothing of it holds in production."
    yield from (f"{_shown(name)}={value}" for name, value in _own().items())
    for provider, given in endpoints.items():
        yield ""
        yield f"# {provider}"
        mark = "# " if provider in _BY_CHOICE else ""
        for name, value in _settings(provider, given or {}):
            yield f"{mark}{_shown(name)}={value}"


def _own() -> dict[str, str]:
    return {
        "sandbox": "off",
        "data_dir": "rehearsal",
        "public_url": "http://127.0.0.1:8080",
        "secret_key": secrets.token_urlsafe(48),
        "api_token": secrets.token_urlsafe(32),
        "smtp_from": "desk@example.com",
    }


def _settings(provider: str, given: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for argument, value in given.items():
        whole = argument if provider == "seller" else f"{provider}_{argument}"
        name = _NAMES.get(whole, whole)
        if name not in Settings.model_fields:
            raise KeyError(name)  # a stand-in with an argument that no setting gives: `_NAMES` lacks it
        yield name, ("starttls" if value else "none") if name == "smtp_tls" else value


def _shown(name: str) -> str:
    return f"OKIENKO_{name.upper()}"
