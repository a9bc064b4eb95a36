"""A stored way to pay that is to be taken away or changed: "usuń zapisaną kartę", "replace the card on file"."""

from nlu.entities.terms import names_a_method
from nlu.languages.language import Languages
from nlu.phrase_lines import Forms
from nlu.tokens import is_question
from values.expected import Expected
from values.meaning import Intent, Press, Unclear
from values.parsing import fold_words

_SAYS = Forms("stored_ways")

_LONGEST = 200
_FORGET = "forget:"
_SURE = 0.95


def about_stored(said: str) -> bool:
    """Return whether folded words wish for something to be done with what is stored."""
    return _SAYS.stored.search(said) is not None and (_SAYS.away.search(said) or _SAYS.changed.search(said)) is not None


def read_stored_way(text: str, expected: Expected, langs: Languages) -> Press | Unclear | Intent | None:
    """Return what a wish about a stored way means: a button that forgets it, or the wish for the page where one is."""
    if len(text) > _LONGEST:
        return None
    said = fold_words(text)
    if not about_stored(said) or not names_a_method(said, langs):
        return None
    away = _SAYS.away.search(said) is not None
    offered = any(option.payload.endswith((":saved", ":another")) for option in expected.options)
    if (offered and not away) or is_question(text, said.split(), langs):
        return None
    forgets = tuple(option.payload for option in expected.options if option.payload.startswith(_FORGET)) if away else ()
    if len(forgets) == 1:
        return Press(forgets[0])
    return Unclear(forgets, text) if forgets else Intent("choose_payment_method", _SURE, (), text)
