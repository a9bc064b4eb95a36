"""The agents' group in Telegram, put together."""

from dataclasses import dataclass

from bot.app.settings import Settings
from bot.conversation.desk import ConversationDesk
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram_group.card import CardReader
from bot.handlers.telegram_group.group import TelegramGroup, group_pace
from bot.handlers.telegram_group.group_topics import GroupOutage, GroupTopics
from bot.handlers.telegram_group.members import Members
from bot.handlers.telegram_group.topic_lines import words
from bot.usecases.agents.acts import AgentActs
from bot.usecases.agents.sight import Sight
from services.jobs.process_lease import ProcessLease
from services.messaging.smtp import SmtpMailer
from values.seller import Seller


@dataclass(frozen=True)
class AgentGroup:
    """The dependencies of the agents' group: their acts, their views, and the seller's support address."""

    acts: AgentActs
    sight: Sight
    mail: SmtpMailer
    support_email: str


def make(
    settings: Settings,
    bot: BotClient,
    desk: ConversationDesk,
    holder: ProcessLease,
    seller: Seller,
    agents: AgentGroup,
    base_url: str,
) -> Members | None:
    """Return the agents' group, or None without one."""
    chat_id = settings.telegram_desk_chat
    if chat_id is None:
        return None
    store, clock, t = desk.store, desk.clock, words(seller.locales[0])
    group = TelegramGroup(bot, chat_id, group_pace(limited=settings.rate_limits == "on"))
    desk_url = f"{base_url}/desk"
    reader = CardReader(store, clock, desk.standing, f"{desk_url}/c", agents.sight, t.locale)
    outage = GroupOutage(store, clock, agents.mail, t, chat_id, agents.support_email, seller.name, desk_url)
    topics = GroupTopics(store, group, reader, outage, t, seller.time_zone)
    mirror = AgentMirror(clock, holder, desk.watch_people, topics)
    return Members(store, clock, agents.acts, group, t, mirror)
