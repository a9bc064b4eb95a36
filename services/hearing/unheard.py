"""Transcripts that are no words of the customer, though a recogniser wrote them.

Whisper and its kin learned from subtitles: for silence they write how videos end and who made their subtitles, for
music a note in brackets, and sometimes the prompt itself. Only a whole transcript is judged: a sentence that also holds
such words is the customer's.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from services.hearing.transcriber import Transcript
from values.parsing import unaccent
from values.recording import ASSENT, HESITATION, is_too_long

Reason = Literal["silence", "prompt", "noise", "too_long"]

FILLERS: Mapping[str, Sequence[str]] = tomllib.loads(Path(__file__).with_name("fillers.toml").read_text("utf-8"))
"""Phrases that recognisers write for silence, by language."""
ANSWERS = frozenset(
    {
        *("tak", "nie", "dobrze", "okej", "dziękuję", "dziękuję bardzo", "dzięki"),
        *("sì", "no", "va bene", "grazie", "grazie mille", "certo"),
        *("yes", "ok", "okay", "thank you", "thanks"),
    }
)
"""Words of the customer whatever else is said of them: the shortest answers, which prompts may hold, too."""

SILENCES = frozenset({"blank audio", "silence", "no speech", "cisza", "silenzio"})
"""Notes in brackets that tell of no sound at all."""

FEWEST_ECHOED = 4
"""So many of the prompt's words are an echo of it, and fewer are one if they are most of it: products that a prompt
names are what customers say."""
LONGEST_CREDITS = 10
"""Words in a line about who made the subtitles."""

# A note in brackets says what is heard; a phone's digits in them are the customer's, and so is a whole sentence.
_NOTE = re.compile(r"\[([^\[\]\d]{0,40})\]|\(([^()\d]{0,40})\)|\*([^*\d]{0,40})\*|[♩-♬][^♩-♬]*[♩-♬]")
_MUSIC = "♩♪♫♬"
_WORD = re.compile(r"[^\W_]+")
_HESITATES = re.compile(rf"(?!{ASSENT}$)(?:{HESITATION}|u+m+|e+h+)$")  # "mhm" may be meant for a yes
_CREDITED = "amara org"


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unaccent(text)))


# The longest first, so that none is taken for a shorter one's beginning.
_FILLERS = sorted((_words(phrase) for phrases in FILLERS.values() for phrase in phrases), key=len, reverse=True)
_ANSWERS = frozenset(_words(answer) for answer in ANSWERS)


def find_unheard_reason(transcript: Transcript, prompt: str) -> Reason | None:
    """Return why a transcript is no words of the customer; None where it is.

    `prompt` is what the recogniser was told: names, parted by commas.
    `too_long`: longer than is taken; `silence`: nothing was said; `noise`: music and the like; `prompt`: its echo.
    """
    if is_too_long(transcript.duration):
        return "too_long"
    said = _words(_NOTE.sub(" ", transcript.text))
    if not said:
        return _without_words(transcript.text)
    if said in _ANSWERS:
        return None
    if _fills(said) or all(_HESITATES.match(word) for word in said):
        return "silence"
    return "prompt" if _echoes(said, prompt) else None


def _without_words(text: str) -> Reason:
    notes = (" ".join(_words(found[0])) for found in _NOTE.finditer(text))
    musical = any(sign in text for sign in _MUSIC)
    return "noise" if musical or any(note and note not in SILENCES for note in notes) else "silence"


def _fills(said: Sequence[str]) -> bool:
    """Return whether all that was said is fillers, one behind the other, or a line of credits."""
    if _CREDITED in " ".join(said) and len(said) <= LONGEST_CREDITS:
        return True
    at = 0
    while at < len(said):
        filler = next((filler for filler in _FILLERS if said[at : at + len(filler)] == filler), ())
        if not filler:
            return False
        at += len(filler)
    return True


def _echoes(said: Sequence[str], prompt: str) -> bool:
    """Return whether all words are the prompt's, and so many that nobody says them by chance; one name is said."""
    known = frozenset(_words(prompt))
    if not known.issuperset(said) or said in [_words(name) for name in prompt.split(",")]:
        return False
    return len(said) >= FEWEST_ECHOED or 2 * len(set(said)) > len(known)
