"""Which lines of a conversation a request asks for: a page's address, or what a script says that its page has."""

import re
from dataclasses import dataclass

from starlette.requests import Request

from bot.handlers.console.door import by_script
from bot.usecases.agents.transcript import MOST_DUE, Have, Transcript, Transcripts

HEADER = "okienko-lines"
"""`START.LAST.MARK.DUE`, the last of them numbers with commas between: what the page has (`static/js/desk/talk.js`)."""
_HAVE = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{16})\.((?:[0-9]{1,18}(?:,[0-9]{1,18})*)?)")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class LinesAsked:
    """`have`: what the page has, None for a page without any or without our script; `earlier`: those before them.

    `before`: a page that begins some lines before this one; `everything`: with the first.
    """

    have: Have | None = None
    earlier: bool = False
    before: int | None = None
    everything: bool = False

    def of(self, transcripts: Transcripts) -> Transcript | None:
        """Them; None if the page has them all."""
        if self.have is None:
            return transcripts.opened(before=self.before, everything=self.everything)
        return transcripts.earlier(self.have) if self.earlier else transcripts.fresh(self.have)


def lines_asked(request: Request, *, earlier: bool = False) -> LinesAsked:
    """Return what this request asks for. What isn't readable asks for the end of the conversation."""
    query = request.query_params
    have = _HAVE.fullmatch(request.headers.get(HEADER, "")) if by_script(request) else None
    before = query.get("before", "")
    return LinesAsked(
        have=None if have is None else _have(have),
        earlier=earlier,
        before=int(before) if _NUMBER.fullmatch(before) else None,
        everything="whole" in query,
    )


def _have(found: re.Match[str]) -> Have:
    start, last, mark, due = found.groups()
    lines = tuple(int(one) for one in due.split(",")[:MOST_DUE] if one)
    return Have(int(start), int(last), mark, lines)
