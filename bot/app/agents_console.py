"""The agents' console, put together: what it shows conversations by, its pages, its streams."""

from starlette.routing import Route

from bot.conversation.port import Desk
from bot.conversation.turn import Turn
from bot.handlers.console import (
    console_pages,
    conversation_commands,
    customer_data,
    replies_page,
    search_page,
    supervision,
)
from bot.handlers.console.access import DeskAccess
from bot.handlers.console.console import Console
from bot.handlers.console.console_pages import DeskStreams
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
    access: DeskAccess,
    desk: Desk,
    acts: AgentActs,
    turn: Turn,
    streams: DeskStreams,
    profile: Profile,
    erasing: Erasing,
) -> list[Route]:
    """Return all of the console's pages below `/desk`."""
    sight = Sight(turn)
    ready = ReadyAnswers(sight, profile.replies, profile.brand.desk, profile.brand.support_email)
    console = Console(access, desk, acts, sight, ready, Glances(sight))
    finder = Finder(access.store)
    return [
        *console_pages.routes(console, streams),
        *conversation_commands.routes(console),
        *search_page.routes(console, finder),
        *supervision.routes(console, _overview(access, sight), TrainingLabels(sight.journey, profile.known)),
        *replies_page.routes(console),
        *customer_data.routes(console, erasing),
    ]


def _overview(access: DeskAccess, sight: Sight) -> Overview:
    """Return the supervisor's readings over the journey's steps."""
    order = tuple(step.path for step in sight.journey.steps)
    ends = tuple(step.path for step in sight.journey.steps if step.expects is Expects.nothing)
    return Overview(access.store, access.clock, order, ends)
