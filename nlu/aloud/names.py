"""A person's name out of speech: without what introduces it, and only where all of it can be one."""

import re

from msgspec import Struct

from nlu.aloud.pauses import without_thanks

_GREETING = re.compile(
    r"^(?:dzie[nń] dobry|dobry wiecz[oó]r|witam|cze[sś][cć]|hej|buongiorno|buonasera|salve|ciao|hello|hi|good morning"
    r"|good afternoon|good evening)\b[\s,.!]*",
    re.I,
)
_INTRODUCED = re.compile(
    r"^(?:(?:to jest|tutaj|tu|z tej strony|m[oó]wi|jestem|nazywam si[eę]|no to|to|tak"
    r"|(?:moje |prosz[eę] zapisa[cć] )?imi[eę] i nazwisko(?: to| brzmi)?|(?:moje )?nazwisko(?: to)?"
    r"|sono|mi chiamo|qui|parla|s[iì]|il mio nome (?:completo )?[eè]|(?:il mio )?nome e cognome(?: [eè]| sono)?"
    r"|my (?:full )?name(?:'s| is)|the name(?:'s| is)|name|full name|this is|it'?s|it is|i am|i'm|yes)\b[\s,:.]+)+",
    re.I,
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’-][^\W\d_]+)*\.?")
_FEWEST, _MOST = 2, 5
_NONE = frozenset(
    "nie tak no wiem mam moje moja moj czyje czyj kto co jak po gdzie kiedy dlaczego wlasnie zaraz chwila chwile jest"
    " prosze sa bylo bedzie chce moze pan pani ja ty on ona my wy oni to ten ta tego dobra ale albo czy sie z na do"
    " non so si boh mah chi che cosa come perche quando dove aspetta aspetti attimo momento un mio mia mi ti ho hai ha"
    " e' sono voglio vorrei io tu lui lei noi voi loro ma o il lo ancora"
    " i you he she we they know don't dont not sure what who whose why when where wait is are am my your the a it yes"
    " or but and at can could would want have has this that there here moment second".split()
)
"""Words that stand in sentences and in nobody's name."""


class SpokenName(Struct, frozen=True):
    """A name, with capitals; `introduced` as the speaker's own ("nazywam się …"), so that it is surely one."""

    text: str
    introduced: bool


def spoken_name(text: str) -> SpokenName | None:
    """Return the name that was said; None where the words aren't surely one."""
    whole = _GREETING.sub("", without_thanks(text).strip(" .,;:!"))
    said = _INTRODUCED.sub("", whole).strip(" .,;:!")
    words = said.split()
    if not _FEWEST <= len(words) <= _MOST or not all(_WORD.fullmatch(word) for word in words):
        return None
    if any(word.casefold().strip(".") in _NONE for word in words):
        return None
    return SpokenName(said.title() if said.islower() else said, introduced=said != whole.strip(" .,;:!"))
