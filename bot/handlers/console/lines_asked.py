"""Lines of the transcript that a request asks for, told by what its page has already."""

import re

from msgspec import Struct
from starlette.requests import Request

from bot.handlers.console.page_requests import by_script, row_id
from bot.usecases.agents.transcript import MOST_DUE, Have, TranscriptPart, Transcripts

HEADER = "okienko-lines"
"""`START.LAST.MARK.DUE`, the last of them numbers with commas between: what the page has (`static/js/desk/talk.js`)."""
_HAVE = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{16})\.((?:[0-9]{1,18}(?:,[0-9]{1,18})*)?)")


class LinesAsked(Struct, frozen=True):
    """Which lines a page asks for: beyond those that it has (`have`, None without our script), or `earlier` than those.

    `before`: a page that begins some lines before this one; `everything`: with the first.
    """

    have: Have | None = None
    earlier: bool = False
    before: int | None = None
    everything: bool = False

    def of(self, transcripts: Transcripts) -> TranscriptPart | None:
        """Them; None if the page has them all."""
        if self.have is None:
            return transcripts.opened(before=self.before, everything=self.everything)
        return transcripts.earlier(self.have) if self.earlier else transcripts.fresh(self.have)


THE_END = LinesAsked()


def lines_asked(request: Request, *, earlier: bool = False) -> LinesAsked:
    """Return what this request asks for. What isn't readable asks for the end of the conversation."""
    query = request.query_params
    have = _HAVE.fullmatch(request.headers.get(HEADER, "")) if by_script(request) else None
    return LinesAsked(
        have=None if have is None else _have(have),
        earlier=earlier,
        before=row_id(query.get("before", "")),
        everything="whole" in query,
    )


def _have(found: re.Match[str]) -> Have:
    start, last, mark, due = found.groups()
    lines = tuple(int(one) for one in due.split(",")[:MOST_DUE] if one)
    return Have(int(start), int(last), mark, lines)
