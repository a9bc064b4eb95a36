"""Labelling: agents mark lines as wrongly read, supervisors say what doubtful sentences mean.

A sentence becomes an example of an intent, a way to ask for an entry of the seller's FAQ, or the first way to ask for a
new entry, which has a page of its own: `/desk/overview/entry?line=…`.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.handlers.console.page_requests import by_script, form_of, row_id, see_other
from bot.usecases.handoff.training import Sentence, TrainingLabels
from bot.web.guard import RequestTurnedAway
from services.support import misread_lines
from services.support.faq_drafts import MOST_ANSWER, MOST_TITLE, DraftRefused, DraftWords

_TITLE, _ANSWER = "title-", "answer-"
_BACK = "/desk/overview#sentences"


def routes(console: Console, labels: TrainingLabels) -> list[Route]:
    """Return the mark in a conversation, which is any agent's, and the supervisors' forms."""
    pages, guarded = _Labelling(console, labels), console.access.guarded
    return [
        Route("/desk/c/{id}/misread", guarded(pages.mark), methods=["POST"]),
        Route("/desk/overview/label", guarded(pages.label, role="supervisor"), methods=["POST"]),
        Route("/desk/overview/entry", guarded(pages.entry, role="supervisor"), methods=["GET"]),
        Route("/desk/overview/entry", guarded(pages.write, role="supervisor"), methods=["POST"]),
    ]


class _Labelling(Struct, frozen=True):
    console: Console
    labels: TrainingLabels

    async def mark(self, request: Request, me: SignedIn) -> Response:
        """Mark a line as wrongly read, or take the mark back; once more of the same changes nothing."""
        fields, where = await form_of(request), str(request.path_params["id"])
        line, back, access = _line_of(fields), fields.get("back") == "yes", self.console.access
        now = access.clock.now()

        def work(connection: sa.Connection) -> None:
            if back:
                if misread_lines.unmark(connection, conversation_id=where, line_id=line):
                    access.record(connection, me, "misread_taken_back", conversation_id=where, line=line)
            elif self.labels.mark(connection, conversation_id=where, line_id=line, agent_id=me.agent_id, now=now):
                access.record(connection, me, "misread", conversation_id=where, line=line)

        await access.store.write(work)
        if by_script(request):
            return await self.console.page(request, me, where)
        return see_other(f"/desk/c/{where}?before={line}#line-{line}")

    async def label(self, request: Request, me: SignedIn) -> Response:
        """Label a sentence with its intent, or with the entry that it asks for; neither: an example of nothing."""
        fields, access = await form_of(request), self.console.access
        line, intent, faq = _line_of(fields), fields.get("intent") or None, fields.get("faq") or None

        def work(connection: sa.Connection) -> None:
            now = access.clock.now()
            if self.labels.label(connection, line_id=line, intent=intent, faq=faq, agent_id=me.agent_id, now=now):
                access.record(connection, me, "labelled", line=line)

        try:
            await access.store.write(work)
        except ValueError:
            raise RequestTurnedAway(422, "unreadable") from None
        return see_other(_BACK)

    async def entry(self, request: Request, me: SignedIn) -> Response:
        """Show the form of a new entry for a sentence."""
        return await self._form(request, me, {"line": request.query_params.get("line", "")})

    async def write(self, request: Request, me: SignedIn) -> Response:
        """Write the entry. Refused, the form is shown again as it was typed."""
        fields, access = await form_of(request), self.console.access
        line, words = _line_of(fields), self._words(fields)

        def work(connection: sa.Connection) -> None:
            now = access.clock.now()
            if self.labels.write_entry(connection, line_id=line, words=words, agent_id=me.agent_id, now=now):
                access.record(connection, me, "entry_written", line=line)

        try:
            await access.store.write(work)
        except DraftRefused as refused:
            return await self._form(request, me, fields, refused)
        return see_other(_BACK)

    def _words(self, fields: Mapping[str, str]) -> dict[str, DraftWords]:
        """Return what was typed, for all languages of the seller: each of them needs the entry."""

        def typed(name: str) -> str:
            return fields.get(name, "").strip()

        locales = self.console.sight.seller.locales
        return {locale: DraftWords(typed(f"{_TITLE}{locale}"), typed(f"{_ANSWER}{locale}")) for locale in locales}

    async def _form(
        self, request: Request, me: SignedIn, fields: Mapping[str, str], refused: DraftRefused | None = None
    ) -> Response:
        sentence = await self._sentence(_line_of(fields))
        locales = self.console.sight.seller.locales
        return self.console.access.page(
            request,
            me,
            "desk/entry.html",
            status=200 if refused is None else 422,
            sentence=sentence,
            told=self.console.words(me),
            # The sentence's own language first: what it asks is to be answered there.
            locales=sorted(locales, key=lambda locale: locale != sentence.said.locale),
            fields=fields,
            refused=refused,
            most_title=MOST_TITLE,
            most_answer=MOST_ANSWER,
        )

    async def _sentence(self, line: int) -> Sentence:
        found = await self.console.access.store.read(lambda c: self.labels.one(c, line))
        if found is None:
            raise RequestTurnedAway(404, "no_conversation")
        return found


def _line_of(fields: Mapping[str, str]) -> int:
    """Return the journal's line that a form is about. Errors: RequestTurnedAway 422."""
    line = row_id(fields.get("line", ""))
    if line is None:
        raise RequestTurnedAway(422, "unreadable")
    return line
