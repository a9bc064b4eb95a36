"""The part that decides: the journey, the turn, and the desk that takes everything to its turn."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.app.dependencies import Dependencies
from bot.conversation.desk import ConversationDesk
from bot.conversation.loading import ConversationStates
from bot.conversation.outbound import ReachableChannels
from bot.conversation.replies import Presenters
from bot.conversation.turn import Turn
from bot.conversation.understanding import MessageUnderstanding
from bot.usecases.agents.acts import AgentActs
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.command_deps import CommandDeps
from bot.usecases.commands import CommandTable
from bot.usecases.jobs import outcome_event
from bot.usecases.privacy.erasing import UnownedJobs
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.renewals.renewals import Renewals
from bot.usecases.renewals.subscription_owner import SubscriptionOwner
from bot.usecases.seller.events import SellerEvents
from dialogs.journey import journey
from services.jobs.opening import open_outbox
from services.jobs.port import Outbox
from services.jobs.process_lease import ProcessLease


@dataclass(frozen=True)
class DecidingParts:
    """The parts that channels, pages and workers are joined to."""

    turn: Turn
    show: Presenters
    desk: ConversationDesk
    agent_acts: AgentActs
    renewals: Renewals
    outbox: Outbox
    holder: ProcessLease
    reach: ReachableChannels


def deciding_parts(ground: Dependencies, bot_name: Callable[[], str | None], bots_at: str) -> DecidingParts:
    """Return the core of one desk.

    `bot_name`: the Telegram bot's, as soon as Telegram has told it; `bots_at`: where its chats open.
    """
    seller, renderer, key, providers = ground.seller, ground.renderer, ground.server_key, ground.providers
    way, holder = journey(seller.dialogs), ProcessLease(ground.store)
    tools = CommandDeps(
        seller, renderer, key, ground.quotas, providers.of_method, providers.directory is not None, ground.figures
    )
    outbox = open_outbox(ground.store, ground.clock)
    telling = SellerEvents(outbox if providers.events is not None else None)
    reach = ReachableChannels(ground.base_url, bot_name, bots_at)
    turn = Turn(ConversationStates(way, seller, renderer, reach), CommandTable(tools, telling), outbox, holder, key)
    quotes = Quotes(seller, providers.of_method, providers.charges)
    renewals = Renewals(seller, outbox, key, RenewalCollection(quotes, key))
    show = Presenters(way, renderer, key, ground.base_url, ground.panel, reach)
    desk = ConversationDesk(
        store=ground.store,
        clock=ground.clock,
        turn=turn,
        hearing=MessageUnderstanding(way, renderer, ground.profile.questions(), ground.profile.known),
        show=show,
        figures=ground.figures,
        owners=(SubscriptionOwner(renewals), UnownedJobs()),
        result_event=outcome_event,
        publish=telling.publish,
    )
    return DecidingParts(turn, show, desk, AgentActs(desk, renderer), renewals, outbox, holder, reach)
