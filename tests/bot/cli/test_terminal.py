"""The terminal's conversation, over the REST channel of a desk in memory."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace

import httpx
import pytest
from rich.console import Console
from starlette.applications import Starlette
from typer.testing import CliRunner

from bot.cli import build
from bot.cli import chat as module
from bot.cli.chat import Terminal
from bot.conversation.inbound import Inbound, Text
from bot.conversation.outbound import Button, ReplyLink
from bot.handlers.rest.channel import Rest
from bot.handlers.rest.client import RestClient
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk
from tests.crash.process import free_port
from values.channel import Channel

SENDER = "terminal-0123456789"


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line + "\n"


async def talk(desk: ScriptedDesk, *lines: str, first: str | None = None) -> str:
    shown = Console(file=io.StringIO(), width=100, highlight=False, markup=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=Rest(desk, "pl").routes()))) as http:
        await Terminal(RestClient(http, "http://desk", SENDER), shown, locale="it").talk(typed(*lines), first=first)
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def heard(desk: ScriptedDesk) -> list[str]:
    return [inbound.body.body for inbound in desk.received if isinstance(inbound.body, Text)]


def menu(inbound: Inbound) -> list[Draft]:
    return [Draft("Co robimy [dziś]?", (Button("Kupuję", "start:buy"), Button("Loguję się", "start:log_in")))]


async def test_texts_numbered_buttons_links_and_progress() -> None:
    desk = ScriptedDesk(menu)
    desk.links = (ReplyLink("payment", "http://desk/p/" + "x" * 120, "Zapłać"),)
    shown = await talk(desk, first="/start")
    assert "Co robimy [dziś]?" in shown
    assert " 1 Kupuję" in shown
    assert " 2 Loguję się" in shown
    assert "http://desk/p/" + "x" * 120 in shown, "a link is never broken over lines"
    assert "1/8" in shown


async def test_a_number_presses_the_button_and_words_are_words() -> None:
    desk = ScriptedDesk(menu)
    await talk(desk, "/start", "2", "9", "0", "", "jan@x.pl", "  ")
    assert heard(desk) == ["/start", "start:log_in", "9", "0", "jan@x.pl"], "an empty line says nothing"
    assert {inbound.channel for inbound in desk.received} == {Channel.TERMINAL}
    assert {inbound.locale_hint for inbound in desk.received} == {"it"}


async def test_where_a_number_is_the_answer_it_is_no_button() -> None:
    desk = ScriptedDesk(menu)
    desk.expects = "quantity"
    await talk(desk, "/start", "2")
    assert heard(desk) == ["/start", "2"]


async def test_it_ends_at_the_word_and_at_the_end() -> None:
    desk = ScriptedDesk()
    await talk(desk, "a", "/quit", "b")
    assert heard(desk) == ["a"]


def with_sleep(sleep: Callable[[float], Awaitable[None]]) -> SimpleNamespace:
    """The terminal's own asyncio: other things in this loop sleep as ever."""
    return SimpleNamespace(**{**vars(asyncio), "sleep": sleep})


async def test_a_due_result_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = ScriptedDesk()
    desk.unsettled.add("r0")

    async def result_comes(_seconds: float) -> None:
        desk.unsettled.clear()
        [talking] = desk.talks.values()
        desk.say(talking, Draft("Pracownia Bursztyn?"), root="r0")

    monkeypatch.setattr(module, "asyncio", with_sleep(result_comes))
    assert "Pracownia Bursztyn?" in await talk(desk, "1234563218")


async def test_a_desk_that_is_away_for_a_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_sleep(_seconds: float) -> None:
        pass

    monkeypatch.setattr(module, "asyncio", with_sleep(no_sleep))
    desk = ScriptedDesk()
    desk.unavailable = 1
    assert "heard: a" in await talk(desk, "a")
    desk.unavailable = 2
    assert "doesn't answer" in await talk(desk, "b", "c")
    assert heard(desk) == ["a", "c"]


def test_where_no_desk_answers_the_command_fails_with_a_sentence() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    told = CliRunner().invoke(build("chat", "check"), ["chat", "--url", address], input="hello\n")
    assert told.exit_code == 1
    assert f"okienko: no desk answers at {address} (ConnectError)" in told.stderr
