"""The seller's own help desk, joined of the settings; without them there is none."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import httpx
from starlette.routing import BaseRoute

from bot.app.settings import Settings
from bot.conversation.desk import ConversationDesk
from bot.conversation.port import Watch
from bot.handlers.chatwoot.bringing import Bringing
from bot.handlers.chatwoot.hearing import ChatwootInbound
from bot.handlers.chatwoot.lines import words
from bot.handlers.chatwoot.rounds import Rounds
from bot.handlers.chatwoot.view import ThreadViews
from bot.handlers.chatwoot.webhook import HelpdeskWebhooks
from bot.usecases.agents.acts import AgentActs
from services.clients.breaker import Breaker
from services.jobs.process_lease import ProcessLease
from services.support.chatwoot.client import Chatwoot


@dataclass(frozen=True)
class ChatwootDesk:
    """The rounds and the door for webhooks."""

    rounds: Rounds
    door: HelpdeskWebhooks
    breaker: Breaker

    def routes(self) -> list[BaseRoute]:
        """To be mounted at the root."""
        return [*self.door.routes()]


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
    viewing = ThreadViews(store, given.account_id, given.inbox_id)
    bringing = Bringing(store, chatwoot, desk.standing, t, f"{base_url}/desk/c")
    hearing = ChatwootInbound(store, clock, chatwoot, acts, bringing, t, seller)
    people: Callable[[], AbstractAsyncContextManager[Watch]] = desk.watch_people
    rounds = Rounds(store, clock, holder, people, viewing, bringing, hearing)
    secret = given.webhook_secret.get_secret_value()
    door = HelpdeskWebhooks(store, clock, given.account_id, given.inbox_id, secret, rounds.wake)
    return ChatwootDesk(rounds, door, breaker)
