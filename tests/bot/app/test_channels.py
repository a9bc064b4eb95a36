"""Which bot a desk has: the one that is set, in the sandbox one of the stand-in's, else none."""

from typing import Any

import pytest

from bot.app.channels import BotAt, bot_at
from bot.app.settings import Settings

BASE = "http://127.0.0.1:8090/sandbox/telegram/bot"
ENDPOINTS = {"telegram": {"base_url": BASE, "token": "7000000001:sandbox-telegram-token"}}


def made(**given: Any) -> BotAt | None:
    settings = Settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue]
    return bot_at(settings, ENDPOINTS if settings.sandboxed else {})


def test_in_the_sandbox_it_is_the_stand_ins_unless_another_is_set() -> None:
    own = made()
    assert own is not None
    assert (own.is_stand_in, own.base_url, own.chats_at) == (True, BASE, "http://127.0.0.1:8090/sandbox/telegram")
    assert own.token.endswith(":sandbox-telegram-token")
    real = made(telegram_token="1:real")
    assert real is not None
    assert (real.token, real.is_stand_in, real.chats_at) == ("1:real", False, "https://t.me")
    assert real.file_url == "https://api.telegram.org/file/bot"


@pytest.mark.parametrize(
    "given",
    [{"sandbox": "off"}, {"telegram_mode": "off"}, {"telegram_base_url": "http://127.0.0.1:8081/bot"}],
    ids=["live", "off", "another Bot API"],
)
def test_else_there_is_none(given: dict[str, str]) -> None:
    assert made(**given) is None


def test_a_bot_that_is_set_can_be_left_out_too() -> None:
    assert made(telegram_mode="off", telegram_token="1:real") is None


def test_a_live_desk_beside_a_sandbox_is_met_on_the_sandboxs_telegram() -> None:
    bot = made(sandbox="off", telegram_base_url=BASE, telegram_token="7000000001:sandbox-telegram-token")
    assert bot is not None
    assert bot.chats_at == "http://127.0.0.1:8090/sandbox/telegram"


def test_desks_that_share_a_sandbox_have_bots_of_their_own_and_processes_on_one_database_one() -> None:
    urls = ("postgresql://a:1@db/one", "postgresql://b:2@db/one?sslmode=require", "postgresql://a:1@db/two")
    one, same, other = (bot.token for url in urls if (bot := made(database_url=url)) is not None)
    assert one == same != other
