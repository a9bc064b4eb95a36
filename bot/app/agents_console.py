"""The agents' console, put together: what it shows conversations by, its pages, its streams."""

from starlette.routing import Route

from bot.agents.acts import AgentActs
from bot.agents.ready import ReadyAnswers
from bot.agents.sight import Sight
from bot.handlers.desk import console_acts, console_pages, customer_acts, live, search_page
from bot.handlers.desk.console import Console
from bot.handlers.desk.door import DeskDoor
from bot.handlers.desk.live import DeskStreams
from bot.port import Desk
from bot.profile import Profile
from bot.turn import Turn
from services.desk.finder import Finder


def routes(
    door: DeskDoor, desk: Desk, acts: AgentActs, turn: Turn, streams: DeskStreams, profile: Profile
) -> list[Route]:
    """All of the console's pages below `/desk`."""
    sight = Sight(turn)
    ready = ReadyAnswers(sight, profile.replies, profile.brand.desk, profile.brand.support_email)
    console = Console(door, desk, acts, sight, ready)
    finder = Finder(door.store)
    return [
        *console_pages.routes(console),
        *console_acts.routes(console),
        *customer_acts.routes(console),
        *search_page.routes(console, finder),
        *live.routes(console, streams),
    ]
