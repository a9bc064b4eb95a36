"""The seller's own help desk, put together."""

from dataclasses import dataclass

from starlette.routing import Route

from bot.app.container import Container
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.chatwoot.agent_replies import ChatwootInbound, webhook_route
from bot.handlers.chatwoot.helpdesk import ChatwootThreads
from bot.handlers.chatwoot.posting import ChatwootOutbound
from bot.handlers.chatwoot.thread_lines import words
from services.clients.breaker import Breaker
from services.support.chatwoot.client import Chatwoot


@dataclass(frozen=True)
class ChatwootDesk:
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
    store, clock, t = deps.store, deps.clock, words(deps.seller.locales[0])
    breaker = Breaker("chatwoot", clock, failures=5)
    chatwoot = Chatwoot(
        deps.client,
        url=given.url,
        account_id=given.account_id,
        inbox_id=given.inbox_id,
        token=given.token.get_secret_value(),
        breaker=breaker,
    )
    outbound = ChatwootOutbound(store, chatwoot, desk.standing, t, f"{deps.base_url}/desk/c")
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
