"""Reach: on which other channels a customer could go on, and the address that leads there."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.inbound import Channel


def _no_bot() -> str | None:
    return None


@dataclass(frozen=True)
class Reach:
    """`bot_name` gives the Telegram bot's user name once Telegram has told it, None where there is no bot."""

    public_url: str
    bot_name: Callable[[], str | None] = _no_bot

    def beyond(self, channel: str) -> tuple[str, ...]:
        """The channels besides this one, by name."""
        others = (Channel.TELEGRAM, Channel.WEB) if self.bot_name() is not None else (Channel.WEB,)
        return tuple(str(other) for other in others if other != channel)

    def address(self, channel: str, token: str) -> str:
        """Where a start link's token leads on this channel. Without a bot that is the web chat."""
        name = self.bot_name()
        if channel == Channel.TELEGRAM and name is not None:
            return f"https://t.me/{name}?start={token}"
        return f"{self.public_url}/chat?start={token}"
