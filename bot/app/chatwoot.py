"""The seller's own help desk, joined of the settings; without them there is none."""

from dataclasses import dataclass

import httpx
from starlette.routing import BaseRoute

from bot.app.settings import Settings
from bot.conversation.desk import ConversationDesk
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.chatwoot.agent_replies import ChatwootInbound, HelpdeskWebhooks
from bot.handlers.chatwoot.helpdesk import ChatwootThreads
from bot.handlers.chatwoot.posting import ChatwootOutbound
from bot.handlers.chatwoot.thread_lines import words
from bot.usecases.agents.acts import AgentActs
from services.clients.breaker import Breaker
from services.jobs.process_lease import ProcessLease
from services.support.chatwoot.client import Chatwoot


@dataclass(frozen=True)
class ChatwootDesk:
    """The mirror, and the route of the webhooks."""

    mirror: AgentMirror
    webhooks: HelpdeskWebhooks
    breaker: Breaker

    def routes(self) -> list[BaseRoute]:
        """To be mounted at the root."""
        return [*self.webhooks.routes()]


def chatwoot_desk(
    settings: Settings,
    client: httpx.AsyncClient,
    desk: ConversationDesk,
    acts: AgentActs,
    holder: ProcessLease,
    *,
    base_url: str,
    locale: str,
    seller: str,
) -> ChatwootDesk | None:
    """Return the help desk that the settings name.

    `locale`: its people's language; `seller` speaks where no name is known.
    """
    given = settings.chatwoot
    if given is None:
        return None
    store, clock, t = desk.store, desk.clock, words(locale)
    breaker = Breaker("chatwoot", clock, failures=5)
    chatwoot = Chatwoot(
        client,
        url=given.url,
        account_id=given.account_id,
        inbox_id=given.inbox_id,
        token=given.token.get_secret_value(),
        breaker=breaker,
    )
    outbound = ChatwootOutbound(store, chatwoot, desk.standing, t, f"{base_url}/desk/c")
    inbound = ChatwootInbound(store, clock, chatwoot, acts, outbound, t, seller)
    mirror = AgentMirror(clock, holder, desk.watch_people, ChatwootThreads(store, clock, outbound, inbound))
    secret = given.webhook_secret.get_secret_value()
    webhooks = HelpdeskWebhooks(store, clock, given.account_id, given.inbox_id, secret, mirror.wake)
    return ChatwootDesk(mirror, webhooks, breaker)
