"""The job that has a recording written down.

The recording goes to the endpoint that the seller has set and to nobody else; what comes back is the customer's words,
which go into the turn of the result and nowhere else.
"""

from datetime import timedelta

import structlog

from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.voice import NoteHeard, NoteUnheard, Transcribe
from services import limits
from services.errors import ProviderRefused
from services.hearing import recordings
from services.hearing.recordings import Recording
from services.hearing.unheard import unheard
from services.jobs.port import StoredJob
from services.store import conversations
from values.recording import MOST_BYTES, audio_type

_log = structlog.get_logger(__name__)
OF_CONVERSATION = limits.Rule("recordings of a conversation", 30, timedelta(hours=1))
OF_NETWORK = limits.Rule("recordings of a network", 60, timedelta(hours=1))
OF_DESK = limits.Rule("recordings of the desk", 600, timedelta(days=1))
"""Each is a minute at most: so many minutes of a recogniser's time, whoever asks for them."""
LISTENED_TO = ("NIP",)
"""Words that a recogniser wouldn't know, beside the seller's and the plans' names."""


@does(Transcribe, tries=3, given_up=lambda _: NoteUnheard("away"))
async def transcribe(deps: JobDeps, job: Transcribe, stored: StoredJob) -> Event:
    """Return the words, or why there are none. Raises ProviderUnavailable."""
    if deps.transcriber is None:
        return NoteUnheard("refused")
    if not await deps.has_room(stored, OF_CONVERSATION, OF_NETWORK):
        return NoteUnheard("limited")
    if not await _desk_has_room(deps):
        _log.error("recordings_limited", alarm=True)
        return NoteUnheard("limited")
    recording = await _recording(deps, job, stored)
    if recording is None:
        return NoteUnheard("gone")
    prompt = ", ".join((deps.renderer.seller.name, *LISTENED_TO))
    try:
        said = await deps.transcriber.transcribe(
            recording.audio, recording.kind, locale=await deps.locale(stored), prompt=prompt, key=stored.key
        )
    except ProviderRefused:
        return NoteUnheard("refused")
    reason = unheard(said, prompt)
    return NoteHeard(said.text) if reason is None else NoteUnheard(reason)


async def _desk_has_room(deps: JobDeps) -> bool:
    now, key = deps.clock.now(), deps.server_key
    return await deps.store.write(
        lambda c: limits.allow(c, OF_DESK, "desk", server_key=key, now=now, quotas=deps.quotas)
    )


async def _recording(deps: JobDeps, job: Transcribe, stored: StoredJob) -> Recording | None:
    """Return the recording from the desk's store, or from its channel."""
    if job.note:
        return await deps.store.read(lambda c: recordings.get(c, job.note, server_key=deps.server_key))
    known = await deps.store.read(lambda c: conversations.load(c, stored.conversation_id, lock=False))
    fetch = deps.files.get(known.channel) if known is not None else None
    audio = await fetch(job.place) if fetch is not None else None
    kind = audio_type(audio) if audio is not None and len(audio) <= MOST_BYTES else None
    return Recording(audio, kind) if audio is not None and kind is not None else None
