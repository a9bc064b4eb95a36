"""Channels that are written to are opened by their settings, Telegram by a bot of the sandbox's where none is set."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr

from bot.app import outside_settings, settings
from bot.app.channels import CHANNELS, BotAt, bot_at
from bot.app.settings import OwnSettings, Settings, SettingsGroups
from tests.architecture.rooms import ROOT
from tests.desk.running import running_desk
from tests.docs.releases import told
from tests.kit.narrow import present
from tests.table import table
from values.channel import REACHES_AWAY, Channel

BASE = "http://127.0.0.1:8090/sandbox/telegram/bot"
ENDPOINTS = {"telegram": {"base_url": BASE, "token": "7000000001:sandbox-telegram-token"}}


def made(**given: Any) -> BotAt | None:
    chosen = Settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue]
    return bot_at(chosen, ENDPOINTS if chosen.sandboxed else {})


def test_in_the_sandbox_it_is_the_stand_ins_unless_another_is_set() -> None:
    own = present(made())
    assert (own.base_url, own.chats_at) == (BASE, "http://127.0.0.1:8090/sandbox/telegram")
    assert own.token.endswith(":sandbox-telegram-token")
    real = present(made(telegram_token="1:real"))
    assert (real.token, real.chats_at) == ("1:real", "https://t.me")
    assert real.file_url == "https://api.telegram.org/file/bot"


@pytest.mark.parametrize(
    "given",
    [
        {"sandbox": "off"},
        {"telegram_mode": "off"},
        {"telegram_mode": "off", "telegram_token": "1:real"},
        {"telegram_base_url": "http://127.0.0.1:8081/bot"},
    ],
    ids=["live", "off", "off with a bot", "another Bot API"],
)
def test_else_there_is_none(given: dict[str, str]) -> None:
    assert made(**given) is None


def test_a_live_desk_beside_a_sandbox_is_met_on_the_sandboxs_telegram() -> None:
    bot = present(made(sandbox="off", telegram_base_url=BASE, telegram_token="7000000001:sandbox-telegram-token"))
    assert bot.chats_at == "http://127.0.0.1:8090/sandbox/telegram"


def test_desks_that_share_a_sandbox_have_bots_of_their_own_and_processes_on_one_database_one() -> None:
    urls = ("postgresql://a:1@db/one", "postgresql://b:2@db/one?sslmode=require", "postgresql://a:1@db/two")
    one, same, other = (bot.token for url in urls if (bot := made(database_url=url)) is not None)
    assert one == same != other


def test_every_channel_that_is_written_to_can_be_opened() -> None:
    assert set(CHANNELS) == REACHES_AWAY, "a function for each stands in CHANNELS of bot/app/channels.py"


@table("channel", CHANNELS)
def test_a_channel_is_tested_and_told_of(channel: Channel) -> None:
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests/bot/handlers").iterdir()}
    assert channel in tests, f"tests/bot/handlers/test_{channel}.py: nothing tests what only {channel} does"
    title = channel.brand or str(channel)
    assert title in told(), f"CHANGELOG.md: nothing tells of {title}"


def test_every_group_of_settings_is_read() -> None:
    groups = {
        kind.__name__
        for place in (settings, outside_settings)
        for kind in vars(place).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == place.__name__
    }
    bases = {kind.__name__ for kind in (*Settings.__mro__, *OwnSettings.__mro__)}
    assert groups <= bases, "a group of settings isn't among the bases of SettingsGroups"


@pytest.mark.anyio
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_channel_whose_settings_are_given_is_served(tmp_path: Path, channel: Channel) -> None:
    given = {
        name: value
        for name, field in Settings.model_fields.items()
        for kind, value in ((SecretStr, "1:secret"), (str, "http://127.0.0.1:9/bot"), (int, 1))
        if name.startswith(f"{channel}_") and kind in (field.annotation, *get_args(field.annotation))
    }
    groups = [group.model_fields for group in SettingsGroups.__bases__]
    words = {name.partition("_")[0] for group in groups if set(given) & set(group) for name in group}
    assert words == {channel}, f"{channel}_… of bot/app/settings.py is a group of its own"
    async with running_desk(tmp_path, **given) as desk:
        receiver = desk.installation.receivers.get(channel)
        assert receiver is not None, f"bot/app/channels.py doesn't open {channel} with {', '.join(given)}"
        assert receiver.routes or receiver.worker is not None, f"nothing reaches {channel}: bot/app/channels.py"
