"""While the desk's key is replaced, what browsers, messengers and assistants still have of the former one is known."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from typer.testing import CliRunner

from bot.app.rasa import desk_address
from bot.app.secret_key import key_of
from bot.app.settings import Settings
from bot.cli import build
from bot.conversation.identity import marked_id
from bot.conversation.inbound import Inbound, Text
from bot.conversation.understanding import digest, is_digest
from bot.handlers.console.cookies import DeskCookies
from bot.handlers.rasa import sender_of
from bot.web.pages import Site
from services.agents import identities
from services.clock import SystemClock
from services.keyed_hash import ServerKey
from services.payments import book
from services.store import migrate
from services.store.database import open_store
from values.channel import Channel

OLD, NEW = "the former key of thirty-two characters", "the new key of at least 32 characters"
BOTH, ALONE = ServerKey(NEW.encode(), OLD.encode()), ServerKey(NEW.encode())
SITE = Site(public_url="https://desk.example", seller="Sklep", desk="Okienko")


def with_cookies(answer: Response) -> Request:
    pairs = [value.partition(";")[0] for value in answer.headers.getlist("set-cookie")]
    return Request({"type": "http", "headers": [(b"cookie", "; ".join(pairs).encode())]})


def test_a_page_that_an_agent_has_open_can_be_sent_off() -> None:
    shown = DeskCookies(SITE, OLD.encode()).form_token("session")
    assert DeskCookies(SITE, BOTH).is_form_token("session", shown)
    assert not DeskCookies(SITE, BOTH).is_form_token("another", shown)
    assert not DeskCookies(SITE, ALONE).is_form_token("session", shown)


def test_a_browser_shows_the_cookie_of_its_earlier_log_in() -> None:
    answer, empty = Response(), Request({"type": "http", "headers": []})
    DeskCookies(SITE, OLD.encode()).put_device(empty, answer, "ola", "token")
    assert DeskCookies(SITE, BOTH).device(with_cookies(answer), "ola") == "token"
    assert DeskCookies(SITE, ALONE).device(with_cookies(answer), "ola") is None


def test_a_single_sign_on_that_began_before_comes_back() -> None:
    before = identities.way_of(OLD.encode(), "browser")
    assert before in identities.ways_of(BOTH, "browser")
    assert identities.way_of(BOTH, "browser") == identities.way_of(NEW.encode(), "browser")


def test_a_message_that_is_sent_again_is_known() -> None:
    inbound = Inbound(Channel.REST, "sender-0123456789", "key", Text("hej"))
    assert is_digest(inbound, BOTH, digest(inbound, OLD.encode()))
    assert not is_digest(inbound, ALONE, digest(inbound, OLD.encode()))


def test_an_id_tells_by_which_key_its_link_was_made() -> None:
    before, after = marked_id(OLD.encode(), "turn"), marked_id(BOTH, "turn")
    assert before != after
    assert {len(before), len(after)} == {32}
    assert book.public_token(BOTH, before) == book.public_token(OLD.encode(), before)
    assert book.public_token(BOTH, after) == book.public_token(ALONE, after)


def test_conversations_through_rasa_go_on(tmp_path: Path) -> None:
    def sender(key: str) -> str:
        settings = Settings(_env_file=None, secret_key=key, rest_token="new, old")  # type: ignore[call-arg]
        at = desk_address(settings)
        assert at.token is not None
        assert at.token.get_secret_value() == "new"
        return sender_of(at.key, "rest", "user")

    assert sender(f"{NEW},{OLD}") == sender(OLD)


@pytest.fixture
def okienko(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `okienko db keys` with these keys set, on a live desk's database."""
    url = f"sqlite:///{tmp_path}/desk.db"
    migrate.upgrade(url)
    monkeypatch.setenv("OKIENKO_DATABASE_URL", url)
    monkeypatch.setenv("OKIENKO_SANDBOX", "off")
    monkeypatch.chdir(tmp_path)

    def run(keys: str, *words: str) -> str:
        monkeypatch.setenv("OKIENKO_SECRET_KEY", keys)
        result = CliRunner().invoke(build("db"), ["db", "keys", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def started(keys: str) -> None:
    async def run() -> None:
        settings = Settings(_env_file=None, secret_key=keys)  # type: ignore[call-arg]
        store = open_store(settings.database)
        try:
            await key_of(settings, store, SystemClock().now())
        finally:
            await store.close()

    asyncio.run(run())


def test_a_command_says_when_the_former_key_can_be_taken_out(okienko: Callable[..., str]) -> None:
    assert "holds one key" in okienko(OLD)
    started(OLD)
    assert "no desk has been started with the new key yet" in okienko(f"{NEW},{OLD}")
    started(f"{NEW},{OLD}")
    assert "still needed by:\n  limits, and messages" in okienko(f"{NEW},{OLD}")
    started(NEW)
    assert "takes the key that is set" in okienko(OLD, "--lost")
    started(OLD)
