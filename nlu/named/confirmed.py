"""A yes to what is shown, or a value that is called right: "61-001 is the right zip" confirms nothing."""

from nlu.binding import unknown_words
from nlu.languages.language import Languages
from values.meaning import Expected
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 400
_RIGHT = (
    r"(?:right|correct|proper|good|true|giust\w|corrett\w|esatt\w|dobr\w{1,3}|poprawn\w+|prawidlow\w+"
    r"|wlasciw\w+|richtig\w*)"
)
_PART = (
    r"(?:zip|post ?code|code|kod\w{0,3}|cap|plz|ulic\w+|street|road|via|viale|piazza|strasse|town|city|miast\w+"
    r"|miejscowosc\w*"
    r"|citta|comune|ort|stadt|nazw\w+|name|nome|ragione|numer\w*|number|civico|lokal\w*|adres\w*|address|indirizzo"
    r"|nip|vat|sede|siedzib\w+|seat)"
)
_OF_PART = regex(_PART)
_THE_RIGHT = regex(
    rf"\b{_RIGHT} (?:(?:il|la|lo|postal|pocztow\w+) )?{_PART}\b|\b{_PART} {_RIGHT} (?:e|sarebbe|dovrebbe|deve|to"
    rf"|would|should)\b"
)
_CALLED_RIGHT = regex(
    rf"(?P<what>.+?) (?:is|s|are|would be|e|sono|sarebbe|jest|sa|to|bylby|byloby|ist|sie)"
    rf" (?:(?:the|il|la|quell\w|ten|ta|to|za|de\w|die|das) )?(?:{_RIGHT}|zgadza\w*|ones?|richtige\w?)\b"
    rf"|(?:{_RIGHT}|va bene) (?:one |would be |is |jest |to |sarebbe |e |byloby )(?P<named>.+)"
)
_THE_WHOLE = regex(
    r"\b(?:it|this|that|these|those|they|everything|all|data|details?|compan\w+|firm\w*|business|info\w*|records?"
    r"|wszystk\w+|dan(?:e|ych)|spolk\w+|wpis\w*|calosc\w*|tutt[oaie]|dat[io]|ditt\w+|aziend\w+|societa|quell[oaie]"
    r"|alle?s?|daten|angaben|unternehmen)\b"
)
_SMALL = frozenset(
    "the and my our i jest sa te moja nasza moje nasze il la lo le mia nostra die co do literki joty so s".split()
)


def names_a_value(text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether words that sound like a yes are about a value, which isn't the one that is shown."""
    said = fold_words(text[:_LONGEST])
    shown = {word for value in expected.given.values() for word in fold_words(str(value)).split()}
    if any(word not in shown for word in said.split() if any(letter.isdecimal() for letter in word)):
        return True
    if _THE_RIGHT.search(said) is not None:
        return True
    called = _CALLED_RIGHT.match(said)
    if called is None:
        return False
    about = called["what"] or called["named"]
    if _THE_WHOLE.search(about) is not None:
        return False
    words = unknown_words(" ".join(word for word in about.split() if word not in shown), langs)
    return any(word not in _SMALL and not _OF_PART.fullmatch(word) for word in words)
