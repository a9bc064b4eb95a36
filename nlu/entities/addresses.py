"""E-mail and PEC addresses, typed or spoken: "anna kropka nowak małpa example kropka com"."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from nlu.entities.taken_back import without_taken_back
from nlu.languages.language import AddressWords, Languages, spelled
from nlu.numbers.spelling import WORDS_TOO, letter, without_examples
from nlu.phrase_lines import word_set
from nlu.tokens import Token, joined, tokens
from values import email
from values.meaning import Entity
from values.parsing import Ok, fold_hyphens
from values.patterns import regex

_AT_TYPED = r"[ ]?(?:@|[\[({] ?(?:at|@|malpa|małpa|chiocciola) ?[\])}])[ ]?"
TYPED = regex(r"(?<![\w.+-])[\w.+-]{1,64}[ ]?@[ ]?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# As some write it against robots, or as a keyboard leaves it: "anna [at] firma.pl", "anna @ firma . pl".
_DOT_TYPED = regex(r" ?(?:\.|[\[(]dot[\])]) ?", re.I)
_GLUED = "!#$%&*^{}~'`"
"""Signs that may begin an address, where they don't stand at both its ends."""
_LOOSE = regex(
    rf"(?<![\w.+-])([\w.+-]{{1,64}}){_AT_TYPED}([\w-]{{1,63}}(?:{_DOT_TYPED.pattern}[\w-]{{2,63}}){{1,4}})", re.I
)
_MAY_LOOSE = regex(r"[@\[({]")
_AT = frozenset("malpa malpka malpie at chiocciola chiocciolina kiocciola".split())
_DOT = frozenset("kropka punto dot punkt period".split())
_HYPHEN = frozenset("myslnik minus kreska lacznik trattino hyphen dash".split())
# Signs of two words.
_PAIRS = {("trattino", "basso"): "underscore", ("dolna", "kreska"): "underscore", ("under", "score"): "underscore"}
_UNDERSCORE = frozenset("podkreslnik podkreslenie underscore podloga".split())
INTRO = word_set("entities_addresses", "intro")
TLDS = word_set("entities_addresses", "tlds")
_PEC = regex(r"(?<![\w@.])pec(?![\w@]|\.\w)", re.I)  # not that of "@pec.it"
_NEAR = 12
_MOST_LEFT = 12
_MOST_SPELLED = 40
_MOST_RIGHT = 14


def find_addresses(text: str, langs: Languages) -> list[Entity]:
    """Return every address of a text that it doesn't take back, in lower case, as `email` or `pec`."""
    text = fold_hyphens(text) if "@" in text else text
    written = TYPED.finditer(text) if "@" in text else ()
    spans = [(_begin(text, match), match.end()) for match in written]
    typed = [(start, end, "".join(text[start:end].split()).rstrip(".")) for start, end in spans]
    found = typed or list(_loose(text)) or list(_spoken(text, langs))
    if not found:
        return []
    names = [match.end() for match in _PEC.finditer(text)]
    every = [
        _entity(address, start, end, said_pec=_called_pec(start, names, alone=len(found) == 1))
        for start, end, address in found
    ]
    return without_taken_back(every, text, langs)


def _begin(text: str, typed: re.Match[str]) -> int:
    """Return where an address begins: with a sign before it that doesn't stand behind it, too."""
    start = typed.start()
    while start and text[start - 1] in _GLUED and text[start - 1] != text[typed.end() : typed.end() + 1]:
        start -= 1
    return start


def _called_pec(start: int, names: Sequence[int], *, alone: bool) -> bool:
    """Return whether an address is called PEC: anywhere if it's the only one, else right before it."""
    return any(alone or 0 <= start - end <= _NEAR for end in names)


def _entity(address: str, start: int, end: int, *, said_pec: bool) -> Entity:
    outcome = email.parse(address)
    value = outcome.value if isinstance(outcome, Ok) else address.lower()
    kind = "pec" if said_pec or email.is_certified(value) else "email"
    return Entity(kind, value, start, end, isinstance(outcome, Ok))


def _loose(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _LOOSE.finditer(text) if _MAY_LOOSE.search(text) is not None else ():
        name, domain = match.group(1), _DOT_TYPED.sub(".", match.group(2)).lower()
        while "." in domain and domain.rpartition(".")[2] not in TLDS:  # a sentence that goes on behind a full stop
            domain = domain.rpartition(".")[0]
        if "." in domain:
            yield match.start(), match.end(), f"{name}@{domain}"


def _spoken(text: str, langs: Languages) -> Iterator[tuple[int, int, str]]:
    known = _known(langs).at
    words = tokens(text)
    if not any(token.word in known for token in words):
        return
    words = without_examples(joined(words, _PAIRS), langs[0].letters)
    for i, token in enumerate(words):
        if token.word in known and (right := _right(words, i + 1, langs)) is not None:
            left = _left(words, i, langs)
            if left is not None:
                yield words[left[1]].start, words[right[1]].end, f"{left[0]}@{right[0]}"
                return


@lru_cache(maxsize=32)
def _known(langs: Languages) -> AddressWords:
    brought = [lang.address for lang in langs]
    return AddressWords(
        at=_AT.union(*(words.at for words in brought)),
        dot=_DOT.union(*(words.dot for words in brought)),
        hyphen=_HYPHEN.union(*(words.hyphen for words in brought)),
        underscore=_UNDERSCORE.union(*(words.underscore for words in brought)),
        intro=INTRO.union(*(words.intro for words in brought)),
    )


def known_signs(langs: Languages) -> dict[str, str]:
    """Return the words for the signs of an address, with what they write."""
    known = _known(langs)
    words = ((known.dot, "."), (known.hyphen, "-"), (known.underscore, "_"), (known.at, "@"))
    return {word: sign for table, sign in words for word in table}


def _sign(word: str, langs: Languages) -> str | None:
    known = _known(langs)
    if word in known.dot:
        return "."
    if word in known.hyphen:
        return "-"
    return "_" if word in known.underscore else None


def _piece(words: Sequence[Token], i: int, langs: Languages) -> str:
    """Return what a word writes in an address: a sign, digits, a spelled letter, itself."""
    word = words[i].word
    sign = _sign(word, langs)
    if sign is not None:
        return sign
    if (digits := spelled(langs).get(word)) is not None:
        return digits
    letters = langs[0].letters
    named = letter(word, letters) if len(word) > 1 and word not in TLDS else ""
    if named and word in WORDS_TOO:
        beside = [words[j].word for j in (i - 1, i + 1) if 0 <= j < len(words)]
        named = named if any(letter(other, letters) for other in beside) else ""
    return named or word


def _left(words: Sequence[Token], at: int, langs: Languages) -> tuple[str, int] | None:
    pieces: list[str] = []
    first, longer = at, 0
    for i in range(at - 1, max(-1, at - 1 - _MOST_SPELLED), -1):
        word = words[i].word
        longer += len(word) > 1
        if longer > _MOST_LEFT:
            break
        spelled_here = i + 1 < at and _sign(words[i + 1].word, langs)
        if word in _known(langs).intro and not spelled_here and not _letter_like(words, i, at, langs):
            break
        pieces.append(_tens_and_unit(words, i, langs) or _piece(words, i, langs))
        first = i
    local = "".join(reversed(pieces)).strip(".-")
    return (local, first) if local else None


def _letter_like(words: Sequence[Token], i: int, at: int, langs: Languages) -> bool:
    """Return whether an intro word is rather a spelled letter: a single letter beside another one."""
    if len(words[i].word) != 1:
        return False
    before = words[i - 1].word if i else ""
    spelled_behind = i + 1 < at and bool(letter(words[i + 1].word, langs[0].letters))
    return spelled_behind or (len(before) == 1 and before.isalpha())


def _tens_and_unit(words: Sequence[Token], i: int, langs: Languages) -> str | None:
    """Return the tens digit alone where a spoken unit follows: "osiemdziesiąt pięć" is 85."""
    digits = spelled(langs)
    tens = digits.get(words[i].word, "")
    unit = digits.get(words[i + 1].word, "") if i + 1 < len(words) else ""
    joins = len(tens) == 2 and tens[1] == "0" and tens[0] != "1" and len(unit) == 1 and unit != "0"
    return tens[0] if joins else None


def _right(words: Sequence[Token], start: int, langs: Languages) -> tuple[str, int] | None:
    domain, last = "", start
    for i in range(start, min(len(words), start + _MOST_RIGHT)):
        word = words[i].word
        after_dot = domain.endswith(".")
        domain += _piece(words, i, langs) if not (after_dot and word in TLDS) else word
        last = i
        if "." in domain and not domain.endswith(".") and _ends(words, i, domain, langs):
            return (domain.strip(".-"), last)
    return (domain.strip(".-"), last) if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", domain) else None


def _ends(words: Sequence[Token], i: int, domain: str, langs: Languages) -> bool:
    label = domain.rpartition(".")[2]
    dotted = i + 1 < len(words) and _sign(words[i + 1].word, langs) == "."
    return label in TLDS and not dotted
