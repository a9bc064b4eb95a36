"""The agents' room `/desk` as the desk starts with it: who is let in and how often. Its pages come with the first."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from starlette.routing import Route

from bot.app.container import Container
from bot.handlers.console.access import FLOOD, DeskAccess
from bot.handlers.console.cookies import DeskCookies
from bot.handlers.console.streams import DeskStreams
from bot.web.flood import Flood, FloodRules
from bot.web.flood_peers import FloodPeers
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.room import Room

# Each form that is taken costs a hash: of one browser, and of one network address.
_FORMS = FloodRules(session="20/minute", address="120/minute")


def agents_room(
    parts: Container, pages: Pages, address_of: AddressOf, streams: DeskStreams, peers: FloodPeers | None
) -> Room:
    """Return the log-in and the console. The counters are there from the start: other processes tell of visitors."""
    deps, slows = parts.deps, parts.deps.settings.slows_floods
    flood = Flood(FLOOD if slows else None).shared("desk", peers)
    forms = Flood(_FORMS if slows else None).shared("log-in", peers)
    access = DeskAccess(deps.store, deps.clock, pages, DeskCookies(pages.site, deps.server_key), address_of, flood)

    def load() -> Sequence[Route]:
        # By name: a desk whose console nobody opens does without its pages.
        console: Any = import_module("bot.app.console")
        of_log_in = (deps.settings, access, deps.server_key, deps.client, forms, deps.refusals.note)
        return [*console.access_routes(*of_log_in), *console.console_routes(access, parts, streams)]

    return Room("/desk", load)
