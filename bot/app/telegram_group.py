"""The agents' group in Telegram, put together."""

from bot.app.channels import TelegramBot
from bot.app.container import Container
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.telegram_group.card import CardReader
from bot.handlers.telegram_group.group import TelegramGroup, group_pace
from bot.handlers.telegram_group.group_topics import GroupOutage, GroupTopics
from bot.handlers.telegram_group.members import Members
from bot.handlers.telegram_group.topic_lines import words
from bot.usecases.agents.sight import Sight


def telegram_group(parts: Container, bot: TelegramBot) -> Members | None:
    """Return the agents' group that the settings name, or None without one."""
    deps = parts.deps
    chat_id = deps.settings.telegram_desk_chat
    if chat_id is None:
        return None
    store, clock, seller, t = deps.store, deps.clock, deps.seller, words(deps.seller.locales[0])
    group = TelegramGroup(bot.client, chat_id, group_pace(limited=deps.settings.rate_limits == "on"))
    desk_url = f"{deps.base_url}/desk"
    reader = CardReader(store, clock, parts.desk.standing, f"{desk_url}/c", Sight(parts.turn), t.locale)
    outage = GroupOutage(store, clock, deps.providers.mail, t, chat_id, deps.support_email, seller.name, desk_url)
    topics = GroupTopics(store, group, reader, outage, t, seller.time_zone)
    mirror = AgentMirror(clock, parts.lease, parts.desk.watch_people, topics)
    return Members(store, clock, parts.agent_acts, group, t, mirror)
