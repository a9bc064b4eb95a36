"""Every channel has what its declaration promises: a title, a way for replies, a name in the API, a handler."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter

from bot.conversation.turn import DELIVERY
from bot.handlers.api.shapes import ChannelName
from bot.handlers.chatwoot import thread_lines as chatwoot
from bot.handlers.telegram_group import topic_lines as telegram_group
from bot.profile.load import load
from bot.web.page_texts import LOCALES, words
from tests.architecture.rooms import ROOT, sources
from tests.table import table
from values.channel import Channel, RepliesBy

SELLERS = sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml"))


@table("locale", LOCALES)
def test_every_channel_has_a_title_wherever_one_is_shown(locale: str) -> None:
    for said in (words(locale), chatwoot.words(locale), telegram_group.words(locale)):
        assert [channel for channel in Channel if not said.has(f"channel.{channel}")] == []


@pytest.mark.parametrize("folder", SELLERS, ids=lambda folder: folder.name)
def test_every_seller_names_every_channel_in_every_language(folder: Path) -> None:
    profile = load(folder)
    for locale, texts in profile.catalogue.texts.items():
        assert [c for c in Channel if c.title_key not in texts] == [], f"add the title or a brand ({locale})"
        assert locale in LOCALES or all(profile.pages[locale].has(f"channel.{c}") for c in Channel)


def test_replies_go_one_of_three_ways() -> None:
    assert set(DELIVERY) == set(get_args(RepliesBy))
    assert {channel.replies_by for channel in Channel} <= set(DELIVERY)


def test_the_sellers_api_knows_every_channel() -> None:
    assert TypeAdapter(ChannelName).json_schema() == {"enum": [str(channel) for channel in Channel], "type": "string"}


def test_every_channel_is_received_by_a_handler() -> None:
    handlers = "".join(path.read_text("utf-8") for path in sources("bot/handlers"))
    assert [channel for channel in Channel if f"Channel.{channel.name}" not in handlers] == [], "see bot/handlers"


def test_no_room_but_the_declaration_lists_channels() -> None:
    names = "|".join(Channel)
    # A chat can be gone on with by a link on Telegram and in the web chat (`ReachableChannels`): that pair may stand.
    listed = re.compile(rf'[=(] *[({{]"({names})",(?! "web"\))')
    rooms = (path for path in sources() if path.parent.name != "versions")
    assert [path for path in rooms if listed.search(path.read_text("utf-8"))] == []
