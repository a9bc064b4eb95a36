"""The agents' desks outside: the seller's own help desk, and the agents' group in Telegram."""

from msgspec import Struct
from starlette.routing import Route

from bot.app.container import Container
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.chatwoot.agent_replies import ChatwootInbound, webhook_route
from bot.handlers.chatwoot.helpdesk import ChatwootThreads
from bot.handlers.chatwoot.posting import ChatwootOutbound
from bot.handlers.chatwoot.thread_lines import words as thread_words
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram_group.card import CardReader
from bot.handlers.telegram_group.group import TelegramGroup, group_pace
from bot.handlers.telegram_group.group_topics import GroupOutage, GroupTopics
from bot.handlers.telegram_group.members import Members
from bot.handlers.telegram_group.topic_lines import words as topic_words
from bot.usecases.agents.lines_outside import OutsideSounds
from bot.usecases.agents.sight import Sight
from services.clients.provider_client import Breaker
from services.support.chatwoot.client import Chatwoot


class ChatwootDesk(Struct, frozen=True):
    """The mirror of conversations in the help desk, and the route of its webhooks."""

    mirror: AgentMirror
    route: Route
    breaker: Breaker


def chatwoot_desk(parts: Container) -> ChatwootDesk | None:
    """Return the help desk that the settings name, or None without one."""
    deps, desk = parts.deps, parts.desk
    given = deps.settings.chatwoot
    if given is None:
        return None
    store, clock, t = deps.store, deps.clock, thread_words(deps.seller.locales[0])
    breaker = Breaker("chatwoot", clock, failures=5)
    breaker.watch = parts.outages
    chatwoot = Chatwoot(
        deps.client,
        url=given.url,
        account_id=given.account_id,
        inbox_id=given.inbox_id,
        token=given.token.get_secret_value(),
        breaker=breaker,
    )
    sounds = OutsideSounds(store, deps.server_key)
    outbound = ChatwootOutbound(store, chatwoot, desk.standing, t, f"{deps.base_url}/desk/c", sounds, Sight(parts.turn))
    inbound = ChatwootInbound(store, clock, chatwoot, parts.agent_acts, outbound, t, deps.seller.name)
    threads = ChatwootThreads(store, clock, outbound, inbound)
    mirror = AgentMirror(clock, parts.lease, desk.watch_people, threads)
    route = webhook_route(
        store,
        clock,
        account_id=given.account_id,
        inbox_id=given.inbox_id,
        secret=given.webhook_secret.get_secret_value(),
        wake=mirror.wake,
    )
    return ChatwootDesk(mirror, route, breaker)


def telegram_group(parts: Container, client: BotClient) -> Members | None:
    """Return the agents' group that the settings name, or None without one."""
    deps = parts.deps
    chat_id = deps.settings.telegram_desk_chat
    if chat_id is None:
        return None
    store, clock, seller, t = deps.store, deps.clock, deps.seller, topic_words(deps.seller.locales[0])
    group = TelegramGroup(client, chat_id, group_pace(limited=deps.settings.rate_limits == "on"))
    desk_url = f"{deps.base_url}/desk"
    reader = CardReader(store, clock, parts.desk.standing, f"{desk_url}/c", Sight(parts.turn), t.locale)
    look = deps.profile.look
    outage = GroupOutage(store, clock, deps.providers.mail, t, chat_id, deps.support_email, look, desk_url)
    topics = GroupTopics(store, group, reader, outage, t, seller.time_zone, OutsideSounds(store, deps.server_key))
    mirror = AgentMirror(clock, parts.lease, parts.desk.watch_people, topics)
    return Members(store, clock, parts.agent_acts, group, t, mirror)
