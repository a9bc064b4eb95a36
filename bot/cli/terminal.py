"""The conversation in a terminal: texts, numbered buttons, links, a progress bar."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

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
