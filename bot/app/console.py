"""The agents' console, put together: the log-in and all pages below `/desk`."""

from importlib import import_module
from typing import Any

import httpx
from starlette.routing import Route

from bot.app.container import Container
from bot.app.settings import Settings
from bot.handlers.console import (
    console_pages,
    conversation_commands,
    customer_data,
    labelling,
    log_in,
    money_page,
    own_account,
    replies_page,
    search_page,
    second_factor,
    supervision,
)
from bot.handlers.console.access import FLOOD, DeskAccess
from bot.handlers.console.console import Console
from bot.handlers.console.cookies import DeskCookies
from bot.handlers.console.log_in import LogInPages
from bot.profile import Profile
from bot.usecases.agents.canned_replies import ReadyAnswers
from bot.usecases.agents.line_words import name_kind_in_every_language
from bot.usecases.agents.queue_view import Glances
from bot.usecases.agents.sight import Sight
from bot.usecases.handoff.training import FaqEntries, TrainingLabels
from bot.usecases.privacy.erasing import Erasing
from bot.web.flood import Flood, FloodPeers, FloodRules
from bot.web.network import AddressOf
from bot.web.pages import Pages
from services.accounts.credentials import Argon2Hasher
from services.agents.log_in import AgentLogIns
from services.refusals import Note, note_nothing
from services.support.overview import Overview
from services.support.search import Finder
from values.meaning import Expects

# Each form that is taken costs a hash: of one browser, and of one network address.
_FORMS = FloodRules(session="20/minute", address="120/minute")


def agents_routes(
    parts: Container, pages: Pages, address_of: AddressOf, streams: console_pages.DeskStreams, peers: FloodPeers | None
) -> list[Route]:
    """Return the log-in and the console; `peers` are other processes that count the same visitors."""
    deps, slows = parts.deps, parts.deps.settings.slows_floods
    flood = Flood(FLOOD if slows else None).shared("desk", peers)
    forms = Flood(_FORMS if slows else None).shared("log-in", peers)
    access = DeskAccess(deps.store, deps.clock, pages, DeskCookies(pages.site, deps.server_key), address_of, flood)
    return [
        *access_routes(deps.settings, access, deps.server_key, deps.client, forms, deps.refusals.note),
        *console_routes(access, parts, streams),
    ]


def access_routes(
    settings: Settings,
    access: DeskAccess,
    server_key: bytes,
    client: httpx.AsyncClient,
    flood: Flood,
    note: Note = note_nothing,
) -> list[Route]:
    """Return the pages of the log-in and of one's own account. With the sandbox off a second factor is obligatory.

    `flood` counts the forms that cost a hash.
    """
    log_ins = AgentLogIns(access.store, access.clock, Argon2Hasher(), server_key, settings.rate_limits == "on", note)
    # By name: OpenID Connect's libraries take 54 ms and 10 MiB, which a desk without an issuer does without.
    sign_on: Any = import_module("bot.app.single_sign_on") if settings.oidc_issuer is not None else None
    provider = sign_on.identity_provider(settings, access, client) if sign_on is not None else None
    entry = LogInPages(access, log_ins, server_key, flood, obligatory=not settings.sandboxed, sso=provider is not None)
    return [
        *log_in.routes(entry, provider),
        *second_factor.routes(entry),
        *own_account.routes(entry, with_telegram=settings.telegram_desk_chat is not None),
        *(sign_on.routes(entry, provider) if sign_on is not None else []),
    ]


def console_routes(access: DeskAccess, parts: Container, streams: console_pages.DeskStreams) -> list[Route]:
    """Return the console's pages below `/desk`."""
    profile, desk, acts = parts.deps.profile, parts.desk, parts.agent_acts
    sight, erasing = Sight(parts.turn), Erasing(parts.deps.seller, parts.outbox)
    ready = ReadyAnswers(sight, profile.replies, profile.brand.desk, profile.brand.support_email)
    console = Console(access, desk, acts, sight, ready, Glances(sight))
    finder = Finder(access.store, name_kind_in_every_language)
    overview = _overview(access, sight)
    labels = TrainingLabels(sight.journey, profile.known, _entries(profile), _own_words(profile))
    return [
        *console_pages.routes(console, streams),
        *conversation_commands.routes(console),
        *search_page.routes(console, finder),
        *labelling.routes(console, labels),
        *supervision.routes(console, overview, labels),
        *money_page.routes(console, overview, parts.bookings),
        *replies_page.routes(console),
        *customer_data.routes(console, erasing),
    ]


def _entries(profile: Profile) -> FaqEntries:
    """Return the profile's entries as sentences are labelled with them."""
    titles = {
        locale: {entry.id: entry.title or entry.questions[0] for entry in entries}
        for locale, entries in profile.faq.items()
    }
    return FaqEntries(titles, frozenset({*profile.facts, "seller"}), profile.questions)


def _own_words(profile: Profile) -> tuple[str, ...]:
    """Return what the seller says of himself: addresses, numbers to call, answers."""
    answers = (entry.answer for entries in profile.faq.values() for entry in entries)
    return (*profile.facts.values(), *answers)


def _overview(access: DeskAccess, sight: Sight) -> Overview:
    """Return the supervisor's overview of the journey's steps."""
    order = tuple(step.path for step in sight.journey.steps)
    ends = tuple(step.path for step in sight.journey.steps if step.expects is Expects.nothing)
    return Overview(access.store, access.clock, order, ends)
