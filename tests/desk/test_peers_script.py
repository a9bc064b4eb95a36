"""The script of the side-by-side benchmark is what the desk says today: a stale one would measure nothing."""

import json
import re
from pathlib import Path
from typing import Any

from bot.bench.turns import SCRIPT
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk


def payload(message: dict[str, Any], label: str) -> str:
    """Return the payload of the message's button with this label."""
    rows = message["reply_markup"]["inline_keyboard"]
    return next(b["callback_data"] for row in rows for b in row if label in b["text"]).partition("|")[2]


async def test_its_turns_are_answered_as_it_expects(tmp_path: Path) -> None:
    turns, email = json.loads(SCRIPT.read_text(encoding="utf-8"))["turns"], "anna@example.com"
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = Chat(api, desk, 501_000_777)
        for number, turn in enumerate(turns, 1):
            if "press" in turn:
                await chat.press(payload(chat.shown[-1], turn["press"]))
            else:
                await chat.say(turn["text"].replace("{email}", email))
            await chat.sees(lambda number=number: len(chat.shown) >= number)
            expected = turn["expect"].replace("{email}", re.escape(email))
            assert re.search(expected, chat.texts[-1], re.DOTALL), (turn, chat.texts[-1])
        assert len(chat.shown) == len(turns) == 12
