"""Names of letters, for codes and addresses that are spelled out: "emme cinque u ics", "wu pe"."""

from collections.abc import Mapping, Sequence

from nlu.tokens import Token, joined
from values.locale import Locale


def _table(text: str) -> dict[str, str]:
    return {name: pair.split("=")[0] for pair in text.split() for name in pair.split("=")[1].split("/")}


LETTERS: dict[Locale, dict[str, str]] = {
    Locale("pl"): _table(
        "a=a b=be c=ce d=de e=e f=ef g=gie h=ha i=i j=jot k=ka l=el m=em n=en o=o p=pe q=ku r=er s=es"
        " t=te u=u v=fau w=wu x=iks"
        " y=igrek/ipsylon z=zet"
    ),
    Locale("it"): _table(
        "a=a b=bi c=ci d=di e=e f=effe g=gi h=acca i=i j=jay k=kappa/cappa l=elle m=emme n=enne o=o p=pi"
        " q=cu/qu r=erre s=esse t=ti"
        " u=u v=vu/vi x=ics/iks y=ipsilon z=zeta"
    ),
    Locale("en"): _table(
        "a=a/ay/alpha/alfa b=b/bee/bravo c=c/cee/see/charlie d=d/dee/delta e=e/echo f=f/eff/foxtrot"
        " g=g/gee/golf h=h/aitch/hotel i=i/india"
        " j=j/jay/juliet k=k/kay/kilo l=l/ell/lima m=m/em/mike n=n/en/november o=o/oscar p=p/pee/papa"
        " q=q/cue/queue/quebec r=r/ar/romeo"
        " s=s/ess/sierra t=t/tee/tango u=u/you/uniform v=v/vee/victor w=w/whiskey x=x/ex/xray"
        " y=y/why/yankee z=z/zed/zee/zulu"
    ),
}

WORDS_TOO = frozenset(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec"
    " romeo sierra tango uniform victor whiskey yankee zulu".split()
)
"""Names of letters that are names of people and things as well: in addresses they are letters among letters only."""

# Letters of two words, in whatever language they are said.
_OF_TWO_WORDS = {
    ("doppia", "vu"): "w",
    ("doppia", "v"): "w",
    ("doppio", "vu"): "w",
    ("vu", "doppia"): "w",
    ("i", "lunga"): "j",
    ("i", "lungo"): "j",
    ("i", "greca"): "y",
    ("i", "greco"): "y",
    ("double", "u"): "w",
    ("double", "you"): "w",
    ("podwojne", "v"): "w",
    ("podwojne", "fau"): "w",
}


def with_letters(words: Sequence[Token]) -> Sequence[Token]:
    """Return the words with letters of two words as one: "i lunga" is a j."""
    return joined(words, _OF_TWO_WORDS)


def letter(word: str, letters: Mapping[str, str]) -> str:
    """Return the letter that an unaccented word names or is; empty when it is none."""
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word
    return letters.get(word, "")


_AS_IN = frozenset("di come da jak od for like of as in wie".split())
_MOST_AS_IN = 2  # "as in"


def without_examples(words: Sequence[Token], letters: Mapping[str, str]) -> Sequence[Token]:
    """Return the words without those that only say which letter is meant: "S for Savona" is an S."""
    if not any(token.word in _AS_IN for token in words):
        return words
    out: list[Token] = []
    skipped = 0
    for at, token in enumerate(words):
        if at < skipped:
            continue
        out.append(token)
        if sign := letter(token.word, letters):
            skipped = _behind_example(words, at + 1, sign)
    return out


def _behind_example(words: Sequence[Token], at: int, sign: str) -> int:
    """Return the place behind "for Savona", or `at` where no such words stand."""
    for here in range(at, min(at + _MOST_AS_IN, len(words) - 1)):
        if words[here].word not in _AS_IN:
            break
        example = words[here + 1].word
        if len(example) > 1 and example.startswith(sign) and example not in _AS_IN:
            return here + 2
    return at
