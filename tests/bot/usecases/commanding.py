"""A command done on the books of a test: its seller, its conversation, its moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from services.store import conversations
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW
from tests.shipped import profile
from values.seller import Seller

SELLER = profile("fakturasmart").seller


class Words:
    """Texts by their keys."""

    def has(self, _key: str, _locale: str) -> bool:
        return True

    def words(self, key: str, _params: Mapping[str, Any], locale: str) -> str:
        return f"{key} ({locale})"


def deps(seller: Seller = SELLER) -> CommandDeps:
    """All that a command about orders and money needs."""
    return CommandDeps(seller, Words(), KEY, False, None, lambda _method: "przelewy24")  # type: ignore[arg-type]


def turn(connection: sa.Connection, now: datetime = NOW, id: str = "p2", talk: str = "talk-a1") -> CommandContext:
    """The turn of a conversation, whose command has this id."""
    return CommandContext(connection, now, id, present(conversations.load(connection, talk, lock=False)), "pl")
