"""`GET /desk/c/{id}/recording/{note}`: what a customer said, for the agent who has the conversation.

A recording can't be masked as words are, so who only looks doesn't hear it.
"""

import re

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import SignedIn
from bot.handlers.console.console import Console
from bot.web.guard import RequestTurnedAway
from services.hearing import for_agents
from services.hearing.recordings import Recording

_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")


def routes(console: Console) -> list[Route]:
    """Return the route of the recordings."""
    return [Route("/desk/c/{id}/recording/{note}", console.access.guarded(_Recordings(console).play))]


class _Recordings(Struct, frozen=True):
    console: Console

    async def play(self, request: Request, me: SignedIn) -> Response:
        """Return the sound, or the part of it that is asked for. Errors: RequestTurnedAway 404, 403."""
        where, note = str(request.path_params["id"]), str(request.path_params["note"])
        talk = await self.console.talk(me, where)
        key = self.console.sight.turn.server_key
        found = await self.console.access.store.read(lambda c: for_agents.played(c, note, where, server_key=key))
        if found is None:
            raise RequestTurnedAway(404, "no_recording")
        if not talk.reading.hears(found.at):
            raise RequestTurnedAway(403, "not_yours")
        await self.console.note_read(me, talk)
        return _answer(found.recording, request.headers.get("range", ""))


def _answer(recording: Recording, asked: str) -> Response:
    """Return the whole recording, or by a header `Range` a part: browsers move about in a recording by parts."""
    audio, kind = recording.audio, recording.kind
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="recording.{kind.value}"',
        "x-content-type-options": "nosniff",
    }
    if (found := _RANGE.fullmatch(asked.strip())) is None or not any(found.groups()):
        return Response(audio, 200, headers, kind.media_type)
    first, last = _part(found[1], found[2], len(audio))
    if first > last:
        return Response(b"", 416, headers | {"content-range": f"bytes */{len(audio)}"}, kind.media_type)
    headers["content-range"] = f"bytes {first}-{last}/{len(audio)}"
    return Response(audio[first : last + 1], 206, headers, kind.media_type)


def _part(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte; the first is behind the last where there is no such part."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
