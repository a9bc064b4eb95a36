"""One step back in any words: "one up please", "torniamo alla domanda di prima", "oczko wyżej".

As with words that bind, the vocabulary is closed: a message is one if every word of it is known, so that a number, a
name or another wish needs no list of its own.
"""

import re

from values.parsing import fold_words, unaccent

_LONGEST, _MOST_WORDS = 80, 10
_BACK = re.compile(
    r"wstecz|wroc\w{0,3}|cofn\w{1,5}|cofam\w?|cofa\w{2,3}|tyl\w?|nazad|poprzedni\w{0,3}|wczesniejsz\w{1,3}"
    r"|indietro|precedente|retro|back|backwards?|previous|prior"
)
_UP = re.compile(r"wyzej|gor[ey]|przedtem|wczesniej|di_prima|su|sopra|scorsa|up|upwards?|before|earlier")
_STEP = re.compile(
    r"krok\w{0,3}|krocz\w{1,3}|pytani\w{1,2}|oczk\w|rzecz\w?|punkt\w{0,2}|ekran\w?|etap\w?|miejsc\w|jeden|jedn[oaey]\w{0,2}"
    r"|passo|passettino|passaggio|domanda|cosa|schermata|punto|un[oa]?"
    r"|one|1|a|steps?|questions?|screens?|items?|notch|places?|thing"
)
_SMALL = frozenset(
    "hop no ok okej dobra prosze poprosze prosz o sie w do na z tej tego ten to ta jeszcze raz chce chcialbym"
    " chcialabym moge mozemy mozna da czy bysmy zrobmy zrob przejdz przejdzmy idz idzmy skok skoczmy tam gdzie"
    " bylismy troche torna torniamo tornare vai andiamo andare fai fare facciamo vorrei voglio posso possiamo"
    " potrei si puo per favore cortesia piacere alla al di all della la il lo l ancora volta grazie dove eravamo"
    " rivediamo rifacciamo un po can could may we i you let s us me please go going move step jump take get just"
    " the that want d like would again thanks hang on was were it for where".split()
)


_WHY = re.compile(r"[,;.!:]|\s(?:bo|zeby|aby|che|perche|because|cause|cos|so|as|i want|i need|weil|damit)\s")
_VALUE = re.compile(r"[\d@]")


def reads_step_back(text: str) -> bool:
    """Return whether a message asks for the question before this one; it may go on to say why, but names no value."""
    said = unaccent(text[: 2 * _LONGEST])
    why = _WHY.search(said)
    whole = is_step_back(fold_words(said))
    return whole or (why is not None and not _VALUE.search(said) and is_step_back(fold_words(said[: why.start()])))


def is_step_back(words: str) -> bool:
    """Return whether folded words ask for the question before this one, and nothing else."""
    said = words.replace("di prima", "di_prima").split() if len(words) <= _LONGEST else []
    if not 2 <= len(said) <= _MOST_WORDS:
        return False
    back, up = _any(_BACK, said), _any(_UP, said)
    if not back and not (up and _any(_STEP, said)):
        return False
    return all(word in _SMALL or any(p.fullmatch(word) for p in (_BACK, _UP, _STEP)) for word in said)


def _any(pattern: re.Pattern[str], said: list[str]) -> bool:
    return any(pattern.fullmatch(word) is not None for word in said)
