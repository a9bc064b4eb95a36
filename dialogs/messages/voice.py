"""Jobs and events of recordings that customers send."""

from dialogs.kit.effects import BackgroundJob, Command, Job
from dialogs.kit.messages import Event
from values.consent import Acceptance
from values.private import Private


class Transcribe(Job):
    """Have the words of a recording written down: `note` is the desk's own, `place` the channel's."""

    note: str
    place: Private[str]


class NoteHeard(Event):
    """The words of a recording. A turn reads them as if they were typed (`bot/conversation/spoken_words.py`)."""

    text: Private[str]


class NoteUnheard(Event):
    """A recording without words: silence, noise, too_long, refused, away, limited, or gone."""

    reason: str


class NoteDropped(Event):
    """A deleted recording."""


class DropNote(Command):
    """Delete a recording that nobody is to hear any more; without a name, those of this conversation that are over."""

    note: str
    outcome = NoteDropped


class VoiceConsentGiven(Event):
    """A consent to being heard, or its taking back, on record."""


class GiveVoiceConsent(Command):
    """Record the consent to being heard, or its taking back; without an account it is the conversation's.

    What an account has said about it since stands.
    """

    account_id: str | None
    accepted: Acceptance
    outcome = VoiceConsentGiven


class KeepNote(BackgroundJob):
    """Fetch a recording that an agent is to hear, where its channel has it, and write it down if the seller wants that.

    Its words are for the agent alone. `note` and `place` as in `Transcribe`.
    """

    note: str
    place: Private[str]

    @property
    def label(self) -> str:
        """Each recording is awaited by itself."""
        return f"{type(self).__name__} {self.note}"


class NoteKept(Event):
    """A recording for an agent, of which all was done that can be."""


class NoteLost(Event):
    """A recording for an agent that couldn't be fetched, or written down, for so long that nobody tries any more."""

    note: str


class NoteGivenUp(Event):
    """A recording for an agent that nobody waits for any more."""


class GiveUpNote(Command):
    """Wait no more for a recording: what there is of it stays."""

    note: str
    outcome = NoteGivenUp
