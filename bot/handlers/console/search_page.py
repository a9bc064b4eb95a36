"""`/desk/search`: conversations by whose they are, and by what was said. Any of them may be opened and taken.

What is looked for is personal data: it is sent as a form, so that it stands in no address, no history and no log.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import SignedIn, form_of, row_id
from bot.handlers.console.console import Console
from bot.usecases.agents import masking
from bot.usecases.agents.masking import contacts
from bot.usecases.agents.sight import Sight
from services.store import conversations
from services.store.journal import CUSTOMER
from services.support.conversations_of import Theirs
from services.support.search import Finder, Hit, SearchPage
from values.incoming_text import one_line
from values.search_terms import parse_search, snippet

_LONGEST = 200


def routes(console: Console, finder: Finder) -> list[Route]:
    async def search(request: Request, me: SignedIn) -> Response:
        asked, people, found = "", list[Theirs](), SearchPage((), None)
        if request.method == "POST":
            fields = await form_of(request)
            asked = one_line(fields.get("q", "")[:_LONGEST])
            people, found = await _looked(finder, asked, fields.get("before", ""))
            found = await console.access.store.read(lambda c, page=found: _masked(c, console.sight, page, asked))
            await _noted(console, me, people, found)
        told = console.words(me)
        return console.access.page(
            request, me, "desk/search.html", asked=asked, people=people, found=found, told=told, searched=bool(asked)
        )

    return [Route("/desk/search", console.access.guarded(search), methods=["GET", "POST"])]


async def _noted(console: Console, me: SignedIn, people: Sequence[Theirs], found: SearchPage) -> None:
    """Note in the audit log that a search was made and which conversations it showed; never the words."""
    seen = dict.fromkeys([one.conversation_id for one in people] + [hit.conversation_id for hit in found.hits])

    def work(connection: sa.Connection) -> None:
        console.access.record(connection, me, "searched", people=len(people), lines=len(found.hits))
        for conversation_id in seen:
            console.access.record(connection, me, "found_by_search", conversation_id=conversation_id)

    await console.access.store.write(work)


def _masked(connection: sa.Connection, sight: Sight, page: SearchPage, asked: str) -> SearchPage:
    """Return the hits with contacts hidden as in the conversation, where opening them is noted.

    One that held any is shown without marks: they would tell where the words sought stand in it.
    """
    return replace(page, hits=tuple(_hidden(connection, sight, hit, asked) for hit in page.hits))


def _hidden(connection: sa.Connection, sight: Sight, hit: Hit, asked: str) -> Hit:
    """Hidden before the piece is cut out: half a contact wouldn't be known again."""
    found, sought = conversations.load(connection, hit.conversation_id, lock=False), parse_search(asked)
    known = contacts(sight.case(found)) if found is not None else ()
    theirs = hit.who == CUSTOMER
    words = masking.said(hit.words, known, hit.step) if theirs else masking.hidden(hit.words, known)
    if words == hit.words or sought is None:
        return hit
    return replace(hit, snippet=replace(snippet(words, sought), hits=()))


async def _looked(finder: Finder, asked: str, before: str) -> tuple[Sequence[Theirs], SearchPage]:
    if not asked:
        return [], SearchPage((), None)
    older = row_id(before)
    people = [] if older is not None else await finder.people(asked)
    return people, await finder.words(asked, before=older)
