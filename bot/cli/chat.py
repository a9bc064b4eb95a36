"""`okienko chat`: a conversation in the terminal, over the REST channel."""

import asyncio
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.text import Text

from bot.app.own_process import NotStarted, own_desk
from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.terminal import QUIT, Terminal, typed_lines
from bot.handlers.rest.client import DeskAway, RestClient


def chat(
    profile: Annotated[Path | None, typer.Option(help="The seller's folder, for a desk of its own.")] = None,
    url: Annotated[str | None, typer.Option(help="A desk that runs already; without it, one is started.")] = None,
    lang: Annotated[str | None, typer.Option(help="First language: pl, it or en; default: the profile's.")] = None,
) -> None:
    """Talk to a desk: the one at URL, or one of its own on a temporary database."""
    console = Console(highlight=False, markup=False)
    settings = Settings()
    # The end of the terminal or of a pipe is an end like another.
    with suppress(KeyboardInterrupt, BrokenPipeError):
        if url is not None:
            _end(asyncio.run(_talk(url.rstrip("/"), next(iter(settings.rest_tokens), None), console, lang)))
            return
        folder = profile or settings.profile
        try:
            with own_desk(folder) as own:
                console.print(Text(f"A desk of its own. Its SMS, mails and bank: {own.url}/sandbox", "dim"))
                _end(asyncio.run(_talk(own.url, None, console, lang)))
        except NotStarted as failed:
            typer.echo(f"The desk did not start:\n{failed}", err=True)
            raise typer.Exit(1) from None


def _end(broken_off: str | None) -> None:
    """Say why there was no talk; the exit code is 1 then."""
    if broken_off is not None:
        refuse(broken_off)


async def _talk(url: str, token: SecretStr | None, console: Console, lang: str | None) -> str | None:
    """Talk until the end; return why there was no talk, or why it broke off."""
    interactive = sys.stdin.isatty()
    async with httpx.AsyncClient(trust_env=False) as http:
        client = RestClient(http, url, f"terminal-{secrets.token_urlsafe(24)}", token)
        try:
            await client.events()
        except DeskAway as away:
            return f"no desk answers at {url} ({away.reason}). Is it running, and is this its address?"
        if interactive:
            console.print(Text(f"A number presses a button; {QUIT[0]} ends.", "dim"))
        terminal = Terminal(client, console, locale=lang)
        # Somebody at a keyboard is greeted; a script says what it wants itself.
        first = "/start" if interactive else None
        await terminal.talk(typed_lines(console), first=first, watch=interactive)
    return "the desk doesn't answer any more" if terminal.unanswered else None
