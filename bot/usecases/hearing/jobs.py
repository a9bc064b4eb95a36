"""The job that has a recording written down.

The recording goes to the endpoint that the seller has set and to nobody else; what comes back is the customer's words,
which go into the turn of the result and nowhere else.
"""

from datetime import timedelta

import structlog

from bot.conversation.render import Renderer
from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.voice import KeepNote, NoteHeard, NoteKept, NoteLost, NoteUnheard, Transcribe
from services import limits
from services.errors import ProviderRefused
from services.hearing import for_agents, recordings
from services.hearing.transcriber import Transcriber
from services.hearing.unheard import find_unheard_reason
from services.jobs.port import StoredJob
from services.store import conversations
from values.recording import MOST_BYTES, audio_type, is_too_long, length_s

_log = structlog.get_logger(__name__)
OF_DESK = limits.Rule("recordings of the desk", 600, timedelta(days=1))
"""Each is a minute at most: so many minutes of a recogniser's time, whoever asks for them."""
TAX_NUMBER = "NIP"


@does(Transcribe, tries=3, given_up=lambda _: NoteUnheard("away"))
async def transcribe(deps: JobDeps, job: Transcribe, stored: StoredJob) -> Event:
    """Return the words, or why there are none. Raises ProviderUnavailable."""
    if deps.transcriber is None:
        return NoteUnheard("refused")
    if not await deps.has_room(stored, recordings.OF_CONVERSATION, recordings.OF_NETWORK):
        return NoteUnheard("limited")
    if not await _desk_has_room(deps):
        _log.error("recordings_limited", alarm=True)
        return NoteUnheard("limited")
    recording = await _recording(deps, job, stored)
    if recording is None:
        return NoteUnheard("gone")
    return await _heard(deps, deps.transcriber, recording, stored)


@does(KeepNote, tries=5, given_up=lambda job: NoteLost(job.note))
async def keep_note(deps: JobDeps, job: KeepNote, stored: StoredJob) -> NoteKept:
    """Store a recording for an agent, and its words where the seller wants them. Raises ProviderUnavailable."""
    key = deps.server_key
    found = await deps.store.read(lambda c: for_agents.find_coming_recording(c, job.note, server_key=key))
    if found is None:
        return NoteKept()
    fault: for_agents.State = "lost"
    recording = found.recording
    if recording is None and (audio := await _fetched(deps, job.place, stored)) is not None:
        recording, fault = _recording_of(audio) if not is_too_long(length_s(audio)) else None, "no_sound"
        if recording is not None:
            sound = recording
            await deps.store.write(lambda c: for_agents.store_fetched_sound(c, job.note, sound, server_key=key))
    words = await _written_down(deps, recording, stored) if recording is not None else None
    await deps.store.write(lambda c: for_agents.settle(c, job.note, fault, words))
    return NoteKept()


async def _written_down(deps: JobDeps, recording: recordings.Recording, stored: StoredJob) -> str | None:
    """Return the words for the agent; None where the seller wants none, or there are none."""
    if not deps.renderer.seller.desk.transcribe_recordings or deps.transcriber is None:
        return None
    if not await _desk_has_room(deps):
        _log.error("recordings_limited", alarm=True)
        return None
    heard = await _heard(deps, deps.transcriber, recording, stored)
    return heard.text if isinstance(heard, NoteHeard) else None


async def _heard(
    deps: JobDeps, transcriber: Transcriber, recording: recordings.Recording, stored: StoredJob
) -> NoteHeard | NoteUnheard:
    if is_too_long(length_s(recording.audio)):
        return NoteUnheard("too_long")
    locale = await deps.locale(stored)
    prompt = list_expected_words(deps.renderer, locale)
    try:
        said = await transcriber.transcribe(
            recording.audio, recording.kind, locale=locale, prompt=prompt, key=stored.key
        )
    except ProviderRefused:
        return NoteUnheard("refused")
    reason = find_unheard_reason(said, prompt)
    return NoteHeard(said.text) if reason is None else NoteUnheard(reason)


def list_expected_words(renderer: Renderer, locale: str) -> str:
    """Return words that a recogniser wouldn't know: the seller's name, those of what is sold, and the tax number's.

    Commas part them.
    """
    seller = renderer.seller
    plans = (renderer.words(f"plan.{plan.id}", {}, locale) for plan in seller.plans)
    addons = (renderer.words(f"addon.{addon.id}.title", {}, locale) for addon in seller.addons)
    names = (seller.name, *plans, *addons, TAX_NUMBER)
    return ", ".join(dict.fromkeys(name.replace(",", "") for name in names))


async def _desk_has_room(deps: JobDeps) -> bool:
    now, key = deps.clock.now(), deps.server_key
    return await deps.store.write(
        lambda c: limits.allow(c, OF_DESK, "desk", server_key=key, now=now, quotas=deps.quotas)
    )


async def _recording(deps: JobDeps, job: Transcribe, stored: StoredJob) -> recordings.Recording | None:
    """Return the recording from the desk's store, or from its channel."""
    if job.note:
        return await deps.store.read(lambda c: recordings.get(c, job.note, server_key=deps.server_key))
    audio = await _fetched(deps, job.place, stored)
    return _recording_of(audio) if audio is not None else None


async def _fetched(deps: JobDeps, place: str, stored: StoredJob) -> bytes | None:
    """Return what the job's channel has under that name; None for what it doesn't have or give. As `Fetch` raises."""
    known = await deps.store.read(lambda c: conversations.load(c, stored.conversation_id, lock=False))
    fetch = deps.files.get(known.channel) if known is not None and place else None
    return await fetch(place) if fetch is not None else None


def _recording_of(audio: bytes) -> recordings.Recording | None:
    kind = audio_type(audio) if len(audio) <= MOST_BYTES else None
    return recordings.Recording(audio, kind) if kind is not None else None
