"""The part that decides: the journey, the turn, and the desk that takes everything to its turn."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.app.dependencies import Ground
from bot.conversation.desk import TheDesk
from bot.conversation.presenters import Show
from bot.conversation.reach import Reach
from bot.conversation.seller_events import Telling
from bot.conversation.turn import Turn
from bot.conversation.understanding import Hearing
from bot.usecases.agents.acts import AgentActs
from bot.usecases.billing.collecting import Collecting
from bot.usecases.command_deps import Tools
from bot.usecases.commands import DeskActs
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.renewals.renewals import Renewals
from dialogs.journey import journey
from services.jobs.opening import open_outbox
from services.jobs.port import Outbox
from services.jobs.process_lease import Holder


@dataclass(frozen=True)
class Core:
    """What channels, pages and the engine are joined to."""

    turn: Turn
    show: Show
    desk: TheDesk
    agent_acts: AgentActs
    renewals: Renewals
    outbox: Outbox
    holder: Holder
    reach: Reach


def core(ground: Ground, bot_name: Callable[[], str | None], bots_at: str) -> Core:
    """The core of one desk. `bot_name`: the Telegram bot's, as soon as Telegram has told it; `bots_at`: where its chats
    open."""
    seller, renderer, key, providers = ground.seller, ground.renderer, ground.server_key, ground.providers
    way, holder = journey(seller.dialogs), Holder(ground.store)
    tools = Tools(
        seller, renderer, key, ground.quotas, providers.of_method, providers.directory is not None, ground.figures
    )
    outbox = open_outbox(ground.store, ground.clock)
    telling = Telling(outbox if providers.events is not None else None)
    reach = Reach(ground.base_url, bot_name, bots_at)
    turn = Turn(way, seller, renderer, DeskActs(tools, telling), outbox, holder, key, reach)
    renewals = Renewals(seller, outbox, key, Collecting(Quotes(seller, providers.of_method, providers.charges), key))
    show = Show(way, renderer, key, ground.base_url, ground.panel, reach)
    desk = TheDesk(
        store=ground.store,
        clock=ground.clock,
        turn=turn,
        hearing=Hearing(way, renderer, ground.profile.questions(), ground.profile.known),
        show=show,
        figures=ground.figures,
        telling=telling,
        renewals=renewals,
    )
    return Core(turn, show, desk, AgentActs(desk, renderer), renewals, outbox, holder, reach)
