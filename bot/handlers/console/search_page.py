"""`/desk/search`: conversations by whose they are, and by what was said. Any of them may be opened and taken.

What is looked for is personal data: it is sent as a form, so that it stands in no address, no history and no log.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.inbound import known_kind
from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.handlers.console.page_requests import form_of, row_id
from bot.usecases.agents.masking import ContactMasks
from bot.usecases.agents.sight import Sight
from bot.web.page_texts import PageWords
from dialogs.state import ConversationState
from services.support import talks
from services.support.conversations_of import Theirs
from services.support.search import Finder, Hit, SearchPage
from values.incoming_text import one_line
from values.search_terms import Snippet, parse_search, snippet

_LONGEST = 200


def routes(console: Console, finder: Finder) -> list[Route]:
    async def search(request: Request, me: SignedIn) -> Response:
        asked, people, found, names = "", list[Theirs](), SearchPage((), None), dict[str, str | None]()
        if request.method == "POST":
            fields = await form_of(request)
            asked = one_line(fields.get("q", "")[:_LONGEST])
            people, found = await _looked(finder, asked, fields.get("before", ""))
            ids = _ids(people, found)
            known = await console.access.store.read(lambda c: _masks(c, console.sight, ids))
            masks = {id: masks for id, (masks, _) in known.items()}
            names = {id: masks.name_of(case) for id, (masks, case) in known.items()}
            found = _masked(masks, _named(found, console.access.pages.words(me.locale), asked), asked)
            await _noted(console, me, people, found)
        told, page = console.words(me), "desk/search.html"
        return console.access.page(request, me, page, asked=asked, people=people, found=found, names=names, told=told)

    return [Route("/desk/search", console.access.guarded(search), methods=["GET", "POST"])]


def _ids(people: Sequence[Theirs], found: SearchPage) -> list[str]:
    """Return the conversations that are shown, each once."""
    return list(dict.fromkeys([*(one.conversation_id for one in people), *(hit.conversation_id for hit in found.hits)]))


async def _noted(console: Console, me: SignedIn, people: Sequence[Theirs], found: SearchPage) -> None:
    """Note in the audit log that a search was made and which conversations it showed; never the words."""

    def work(connection: sa.Connection) -> None:
        console.access.record(connection, me, "searched", people=len(people), lines=len(found.hits))
        for conversation_id in _ids(people, found):
            console.access.record(connection, me, "found_by_search", conversation_id=conversation_id)

    await console.access.store.write(work)


def _masks(
    connection: sa.Connection, sight: Sight, ids: Sequence[str]
) -> dict[str, tuple[ContactMasks, ConversationState]]:
    cases = {id: (found, sight.case(connection, found)) for id, found in talks.load_talks(connection, ids).items()}
    return {id: (sight.masks(connection, found, case), case) for id, (found, case) in cases.items()}


def _named(page: SearchPage, t: PageWords, asked: str) -> SearchPage:
    """Return the hits, those without words with the name of what came, in the agent's language."""
    return replace(page, hits=tuple(_with_name(hit, t, asked) for hit in page.hits))


def _with_name(hit: Hit, t: PageWords, asked: str) -> Hit:
    sought = parse_search(asked)
    if hit.other is None or sought is None:
        return hit
    name = t(f"other_kind.{known_kind(hit.other)}")
    return replace(hit, words=name, snippet=snippet(name, sought))


def _masked(masks: Mapping[str, ContactMasks], page: SearchPage, asked: str) -> SearchPage:
    """Return the hits with contacts hidden as in the conversation, where opening them is noted.

    One that held any is shown without marks: they would tell where the words sought stand in it.
    """
    return replace(page, hits=tuple(_hidden(hit, masks.get(hit.conversation_id), asked) for hit in page.hits))


def _hidden(hit: Hit, masks: ContactMasks | None, asked: str) -> Hit:
    """Hidden before the piece is cut out: half a contact wouldn't be known again."""
    sought = parse_search(asked)
    if masks is None or sought is None:
        return replace(hit, snippet=Snippet("", ()))
    words = masks.mask_line(hit.words, hit.who, hit.step)
    if words == hit.words:
        return hit
    return replace(hit, snippet=replace(snippet(words, sought), hits=()))


async def _looked(finder: Finder, asked: str, before: str) -> tuple[Sequence[Theirs], SearchPage]:
    if not asked:
        return [], SearchPage((), None)
    older = row_id(before)
    people = [] if older is not None else await finder.people(asked)
    return people, await finder.words(asked, before=older)
