"""`okienko sandbox`: the stand-ins alone, for several desks to point at."""

import asyncio
from typing import Annotated

import typer

from bot.app import logs, sandbox_settings
from bot.app.sandboxed import serve_alone
from bot.app.settings import Settings
from bot.app.supervisor_pipe import inherited
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
        asyncio.run(serve_alone(port, settings.data_dir, public_url, inherited()))
    except OSError as error:
        refuse(f"can't listen on port {port}: {error.strerror}")


def _print_settings(url: str) -> None:
    try:
        endpoints = sandbox_settings.asked(url)
    except sandbox_settings.NoSandbox as error:
        refuse(error)
    for line in sandbox_settings.lines(endpoints):
        typer.echo(line)
