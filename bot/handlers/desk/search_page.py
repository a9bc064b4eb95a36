"""`/desk/search`: conversations by whose they are, and by what was said. Any of them may be opened and taken.

What is looked for is personal data: it is sent as a form, so that it stands in no address, no history and no log.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.agents import masking
from bot.agents.sight import Sight
from bot.agents.who import contacts
from bot.handlers.desk.console import Console
from bot.handlers.desk.door import SignedIn
from bot.handlers.desk.forms import form_of
from bot.handlers.desk.telling import Told
from services.desk.finder import Finder
from services.desk.search import Hit, Page
from services.desk.who import Theirs
from services.store import conversations
from services.store.journal import CUSTOMER
from values.found import Snippet
from values.text import one_line

_LONGEST = 200


def routes(console: Console, finder: Finder) -> list[Route]:
    """The page and its form."""

    async def search(request: Request, me: SignedIn) -> Response:
        asked, people, found = "", list[Theirs](), Page((), None)
        if request.method == "POST":
            fields = await form_of(request)
            asked = one_line(fields.get("q", "")[:_LONGEST])
            people, found = await _looked(finder, asked, fields.get("before", ""))
            found = await console.door.store.read(lambda c, page=found: _masked(c, console.sight, page))
            await console.door.note(me, "searched", people=len(people), lines=len(found.hits))
        told = Told(console.door.pages, me.locale, console.door.clock.now())
        return console.door.page(
            request, me, "desk/search.html", asked=asked, people=people, found=found, told=told, searched=bool(asked)
        )

    return [Route("/desk/search", console.door.guarded(search), methods=["GET", "POST"])]


def _masked(connection: sa.Connection, sight: Sight, page: Page) -> Page:
    """The hits with contacts hidden as in the conversation, where opening them is noted. One that held any is shown
    without marks: they would tell where the words sought stand in it."""
    return replace(page, hits=tuple(_hidden(connection, sight, hit) for hit in page.hits))


def _hidden(connection: sa.Connection, sight: Sight, hit: Hit) -> Hit:
    found = conversations.load(connection, hit.conversation_id, lock=False)
    known = contacts(sight.case(found)) if found is not None else ()
    text = masking.hidden(hit.snippet.text, known, theirs=hit.who == CUSTOMER)
    return hit if text == hit.snippet.text else replace(hit, snippet=Snippet(text, ()))


async def _looked(finder: Finder, asked: str, before: str) -> tuple[Sequence[Theirs], Page]:
    if not asked:
        return [], Page((), None)
    older = int(before) if before.isascii() and before.isdigit() and len(before) <= 18 else None
    people = [] if older is not None else await finder.people(asked)
    return people, await finder.words(asked, before=older)
