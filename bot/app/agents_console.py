"""The agents' console, put together: what it shows conversations by, its pages, its streams."""

from starlette.routing import Route

from bot.agents.acts import AgentActs
from bot.agents.sight import Sight
from bot.handlers.desk import console_acts, console_pages, live
from bot.handlers.desk.console import Console
from bot.handlers.desk.door import DeskDoor
from bot.handlers.desk.live import DeskStreams
from bot.port import Desk
from bot.turn import Turn


def routes(door: DeskDoor, desk: Desk, acts: AgentActs, turn: Turn, streams: DeskStreams) -> list[Route]:
    """All of the console's pages below `/desk`."""
    console = Console(door, desk, acts, Sight(turn))
    return [*console_pages.routes(console), *console_acts.routes(console), *live.routes(console, streams)]
