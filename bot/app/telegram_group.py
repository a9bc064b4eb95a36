"""The agents' group in Telegram, put together."""

from dataclasses import dataclass

from bot.app.settings import Settings
from bot.conversation.desk import ConversationDesk
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram_group.forum import Forum
from bot.handlers.telegram_group.group import TelegramGroup, group_pace
from bot.handlers.telegram_group.lines import words
from bot.handlers.telegram_group.members import Members
from bot.handlers.telegram_group.mirror import GroupMirror
from bot.handlers.telegram_group.topic import TopicWork
from bot.handlers.telegram_group.trouble import Troubles
from bot.handlers.telegram_group.view import TopicViews
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
) -> Forum | None:
    """Return the agents' group, or None without one."""
    chat_id = settings.telegram_desk_chat
    if chat_id is None:
        return None
    t = words(seller.locales[0])
    group = TelegramGroup(bot, chat_id, group_pace(limited=settings.rate_limits == "on"))
    desk_url = f"{base_url}/desk"
    viewing = TopicViews(desk.store, desk.clock.now, desk.standing, chat_id, f"{desk_url}/c", agents.sight, t.locale)
    work = TopicWork(desk.store, group, viewing, t, seller.time_zone)
    troubles = Troubles(
        desk.store,
        desk.clock.now,
        agents.mail,
        t,
        chat_id=chat_id,
        to=agents.support_email,
        seller=seller.name,
        desk_url=desk_url,
    )
    mirror = GroupMirror(desk.store, holder, desk.watch_people, work, troubles)
    members = Members(desk.store, desk.clock, agents.acts, group, t.locale, mirror.mended)
    return Forum(members, mirror)
