"""The part that decides: the journey, the turn, and the desk that takes everything to its turn."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.acts import DeskActs
from bot.acts.tools import Tools
from bot.agents.acts import AgentActs
from bot.app.ground import Ground
from bot.collecting import Collecting
from bot.desk import TheDesk
from bot.hearing import Hearing
from bot.reach import Reach
from bot.renewal_quotes import Quotes
from bot.renewals import Renewals
from bot.show import Show
from bot.telling import Telling
from bot.turn import Turn
from dialogs.journey import journey
from services.engine.holder import Holder
from services.engine.opening import open_outbox
from services.engine.port import Outbox


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
