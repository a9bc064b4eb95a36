"""The agents' console, put together: what it shows conversations by, its pages, its streams."""

from starlette.routing import Route

from bot.conversation.port import Desk
from bot.conversation.turn import Turn
from bot.handlers.console import (
    console_acts,
    console_pages,
    customer_acts,
    lists_page,
    live,
    overview_page,
    own_data_page,
    replies_page,
    search_page,
)
from bot.handlers.console.console import Console
from bot.handlers.console.door import DeskDoor
from bot.handlers.console.live import DeskStreams
from bot.profile import Profile
from bot.usecases.agents.acts import AgentActs
from bot.usecases.agents.canned_replies import ReadyAnswers
from bot.usecases.agents.queue_view import Glances
from bot.usecases.agents.sight import Sight
from bot.usecases.handoff.training import TrainingLabels
from bot.usecases.privacy.erasing import Erasing
from services.support.overview import Overview
from services.support.search import Finder
from values.meaning import Expects


def routes(
    door: DeskDoor, desk: Desk, acts: AgentActs, turn: Turn, streams: DeskStreams, profile: Profile, erasing: Erasing
) -> list[Route]:
    """Return all of the console's pages below `/desk`."""
    sight = Sight(turn)
    ready = ReadyAnswers(sight, profile.replies, profile.brand.desk, profile.brand.support_email)
    console = Console(door, desk, acts, sight, ready, Glances(sight))
    finder = Finder(door.store)
    return [
        *console_pages.routes(console),
        *console_acts.routes(console),
        *customer_acts.routes(console),
        *search_page.routes(console, finder),
        *overview_page.routes(console, _overview(door, sight), TrainingLabels(sight.journey, profile.known)),
        *replies_page.routes(console),
        *lists_page.routes(console),
        *own_data_page.routes(console, erasing),
        *live.routes(console, streams),
    ]


def _overview(door: DeskDoor, sight: Sight) -> Overview:
    """Return the supervisor's readings over the journey's steps."""
    order = tuple(step.path for step in sight.journey.steps)
    ends = tuple(step.path for step in sight.journey.steps if step.expects is Expects.nothing)
    return Overview(door.store, door.clock, order, ends)
