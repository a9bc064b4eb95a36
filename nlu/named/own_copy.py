"""The wish for a copy of one's own data, in free words: "wnoszę o kopię moich danych", "scaricare i miei dati"."""

from nlu.languages.language import Languages
from nlu.phrase_lines import alternatives
from nlu.stance import asserted
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 300
_ASKED = regex(rf"\b{alternatives('own_copy', 'asked')}")


def wants_own_copy(text: str, langs: Languages) -> bool:
    """Return whether a message asks for a copy of what is stored of its author; a question about it does not."""
    if len(text) > _LONGEST or _ASKED.search(fold_words(text)) is None:
        return False
    return asserted(text, langs, about=_ASKED, polite=True)
