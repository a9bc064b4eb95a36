"""`okienko chat`: a conversation in the terminal, over the REST channel."""

import asyncio
import secrets
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import httpx
import typer
from pydantic import SecretStr
from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.app.own_process import NotStarted, own_desk
from bot.app.settings import Settings
from bot.cli import refuse
from bot.handlers.rest.client import DeskAway, RestAnswer, RestButton, RestCard, RestClient, RestMessage
from services import tasks
from values.kinds import KINDS

#: While the customer thinks, news is asked for so often (seconds).
NEWS_EVERY_S = 2.0
QUIT = ("/quit", "/exit")
#: A bare number answers these steps itself; elsewhere it names a button.
NUMBER_ANSWERS = frozenset(str(kind.expects) for kind in KINDS.values() if kind.counts)


class Terminal:
    """A conversation in the terminal."""

    def __init__(self, client: RestClient, console: Console, *, locale: str | None = None) -> None:
        self._client = client
        self._console = console
        self._locale = locale
        self._buttons: tuple[RestButton, ...] = ()
        self._expects = ""
        self._seq = 0
        self.unanswered = False
        """Whether what was said last has had no answer."""

    async def talk(self, lines: AsyncIterator[str], *, first: str | None = None, watch: bool = False) -> None:
        """Until the lines end or `/quit`. `watch`: while nothing is typed, ask for news (payments, agents)."""
        if first is not None:
            await self._say(first)
        reader = aiter(lines)
        typed: asyncio.Future[str | None] | None = None
        try:
            while True:
                typed = typed or tasks.spawn("typed", _next(reader), awaited=True)
                await asyncio.wait([typed], timeout=NEWS_EVERY_S if watch else None)
                if not typed.done():
                    await self._news()
                    continue
                line = typed.result()
                typed = None
                if line is None or line.strip().lower() in QUIT:
                    return
                if line.strip():
                    await self._say(self._meant(line.strip("\r\n")))
        finally:
            if typed:
                typed.cancel()

    def _meant(self, line: str) -> str:
        """Return the payload of the button with the typed number, else the line itself."""
        number = line.strip()
        if number.isascii() and number.isdigit() and self._expects not in NUMBER_ANSWERS:
            with suppress(ValueError, IndexError):
                return self._buttons[int(number) - 1].payload if int(number) > 0 else line
        return line

    async def _say(self, message: str) -> None:
        self.unanswered = True
        message_id = uuid4().hex  # makes the repeat safe
        try:
            answer = await self._sent(message, message_id)
        except DeskAway:
            await asyncio.sleep(1.0)
            try:
                answer = await self._sent(message, message_id)
            except DeskAway as away:
                self._console.print(Text(f"The desk doesn't answer ({away.reason}). Say it again.", "red"))
                return
        self.unanswered = False
        self._show(answer)
        while self._expects == "wait":
            await asyncio.sleep(0.5)
            if not await self._news():
                return

    async def _sent(self, message: str, message_id: str) -> RestAnswer:
        return await self._client.say(
            message, message_id=message_id, locale=self._locale, channel="terminal", seen=self._seq, cards=True
        )

    async def _news(self) -> bool:
        """Show the replies since the last ones; return False when the desk doesn't answer."""
        try:
            answer = await self._client.events(after=self._seq, cards=True)
        except DeskAway:
            return False
        if answer.said:
            self._show(answer)
        self._expects = answer.custom.expects
        return True

    def _show(self, answer: RestAnswer) -> None:
        for message in answer.said[:-1]:
            self._console.print(Padding(Text(message.text), (1, 0, 0, 2)))
        for message in answer.said[-1:]:
            self._show_card(answer.custom.card)
            self._console.print(Padding(Text(message.text), (1, 0, 0, 2)))
        self._show_buttons(answer.said)
        for link in answer.custom.links:
            self._console.print(Text.assemble("  → ", (link.href, f"underline link {link.href}")), soft_wrap=True)
        self._show_progress(answer)
        self._expects = answer.custom.expects
        self._seq = max(self._seq, answer.custom.seq)

    def _show_card(self, card: RestCard | None) -> None:
        if card is None:
            return
        table = Table(title=Text(card.title, "bold"), title_justify="left", box=SIMPLE, show_header=False, expand=False)
        for row in card.rows:
            if row.value:
                table.add_row(Text(row.label, "dim"), Text(row.value))
        if card.total:
            table.add_section()
            table.add_row("", Text(card.total, "bold"))
        if card.state:
            table.add_row("", Text(card.state, "dim"))
        self._console.print(Padding(table, (1, 0, 0, 2)))

    def _show_buttons(self, said: list[RestMessage]) -> None:
        offered = [message.buttons for message in said if message.buttons]
        if not said:
            return
        self._buttons = offered[-1] if offered else ()
        for number, button in enumerate(self._buttons, 1):
            self._console.print(Text.assemble(("  " + f"{number:>2} ", "bold cyan"), button.title))

    def _show_progress(self, answer: RestAnswer) -> None:
        custom = answer.custom
        if custom.progress.of:
            row = Table.grid(padding=(0, 1))
            bar = ProgressBar(total=custom.progress.of, completed=custom.progress.done, width=24)
            row.add_row("  ", bar, Text(f"{custom.progress.done}/{custom.progress.of}", "dim"))
            self._console.print(row)
        if custom.mode != "bot":
            self._console.print(Text(f"  [{custom.mode}]", "yellow"))


async def _next(reader: AsyncIterator[str]) -> str | None:
    return await anext(reader, None)


async def typed_lines(console: Console) -> AsyncIterator[str]:
    """Lines of standard input. The reading thread dies with the process: it may wait for a key for ever."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    wanted = threading.Semaphore(0)

    def read() -> None:
        while wanted.acquire():
            try:
                line = console.input("> ") + "\n" if sys.stdin.isatty() else sys.stdin.readline()
            except (EOFError, KeyboardInterrupt):
                line = ""
            loop.call_soon_threadsafe(lines.put_nowait, line or None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        wanted.release()
        line = await lines.get()
        if line is None:
            return
        yield line


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
