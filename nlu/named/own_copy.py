"""The wish for a copy of one's own data, in free words: "wnoszę o kopię moich danych", "scaricare i miei dati"."""

from nlu.languages.language import Languages
from nlu.stance import asserted
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 300
_ASKED = regex(
    r"\b(?:(?:kopi[aeię]\w*|odpis\w*|wyciag\w*|eksport\w*|plik\w*|wydruk\w*|copia|estratto|scaric\w+|esport\w+|file"
    r"|copy|export\w*|download\w*|dump)"
    r"(?: \w+){0,6}? (?:(?:moich|swoich|osobowych|wszystkich) (?:\w+ ){0,2}?dan\w+|o mnie|mnie dotyc\w+"
    r"|(?:i )?(?:miei|mie|tutti i|tutte le) (?:\w+ ){0,2}?(?:dati|informazioni)|su di me|che mi riguard\w+"
    r"|(?:my|all my|the) (?:\w+ ){0,2}?(?:data|information|info)|(?:everything|all) of mine|about me|on me"
    r"|you (?:have|hold|keep))"
    r"|(?:dostac|dostane|wyslijcie|przeslijcie|przyslijcie|chce|prosze|mandatemi|inviatemi|voglio|send me"
    r"|give me|i want)"
    r"(?: \w+){0,5}? (?:co o mnie|tutto quello che avete su di me|everything you (?:have|hold|know) (?:about|on) me))"
)


def wants_own_copy(text: str, langs: Languages) -> bool:
    """Return whether a message asks for a copy of what is stored of its author; a question about it does not."""
    if len(text) > _LONGEST or _ASKED.search(fold_words(text)) is None:
        return False
    return asserted(text, langs, about=_ASKED, polite=True)
