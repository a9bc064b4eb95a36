"""The agents' group as one thing: what comes from it, and what is brought into it."""

from dataclasses import dataclass

from bot.handlers.telegram_group.members import Members
from bot.handlers.telegram_group.mirror import GroupMirror


@dataclass(frozen=True)
class Forum:
    """One group."""

    members: Members
    mirror: GroupMirror
