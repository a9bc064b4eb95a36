"""A whole text as it is said: its values in words, abbreviations in full, signs dropped or named."""

import re

from bot.texts.speech.vocabulary import SpeechVocabulary
from bot.texts.speech.written_values import Links, say_values
from values.patterns import regex

_AT_LINE = regex(r"^[ \t]*(?:[-–—•*]|#{1,6}|>)[ \t\u00a0]+", re.MULTILINE)
_BOX = regex(r"([☑☐])[ \t\u00a0]*")
_RANGE = regex(r"(?<=\d)[ \u00a0]?–[ \u00a0]?(?=\d)")
_PAUSE = regex(r"(?<![ \u00a0])[ \u00a0]*(?:[·→]|(?<=[ \u00a0])[-–—](?=[ \u00a0]))[ \u00a0]*")
_MARKS = r"[„”“«»\"`‘‹›|#\[\]{}<>^]|\*+|~~|(?<!\w)_+|_+(?!\w)|•+"
_PICTURES = "[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U0001f000-\U0001faff]"
_DROPPED = regex(f"{_MARKS}|{_PICTURES}")
_SPACES, _BEFORE_SIGN = regex(r"[ \t\u00a0\u202f\u2009]+"), regex(r" (?=[,.;:!?](?:\s|$))")
_LINE_ENDS = regex(r" ?\n ?")
_UNENDED = regex(r"(?<=[\w%)])(?=\n)")


def spoken_text(text: str, words: SpeechVocabulary, links: Links) -> str:
    """Return plain words for a voice: no address of the web, no mark-up; `links` are titles by address."""
    said = words.unabbreviated(say_values(text, words, links))
    said = _AT_LINE.sub("", said)
    said = _BOX.sub(lambda box: f"{words.signs['ticked' if box[1] == '☑' else 'unticked']}: ", said)
    said = _RANGE.sub(f" {words.signs['to']} ", said)
    said = _PAUSE.sub(", ", said)
    if "@" in said:
        sign = words.signs["at"]
        said = said.replace("@", f" {sign} ").replace(f"{sign}  {sign}", sign)  # "la chiocciola @"
    return plain(_UNENDED.sub(".", plain(_DROPPED.sub("", said))))


def plain(text: str) -> str:
    """Return the text with simple spaces and line ends: two that are alike so are said alike."""
    return _LINE_ENDS.sub("\n", _BEFORE_SIGN.sub("", _SPACES.sub(" ", text))).strip()
