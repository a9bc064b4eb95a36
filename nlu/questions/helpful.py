"""Answers to "Did that help?", typed instead of pressed, by closed lists per language.

They are read only where the question was asked; a language that a profile brings has its own.
"""

from nlu.languages.language import Languages
from nlu.phrase_lines import word_set
from values.parsing import fold_words
from values.patterns import regex

_YES = regex(
    r"(?:tak |si |yes |yep )?(?:to |it |that |mi |e |was |is |very |molto |bardzo |stata |stato |byla |bylo |byl )*"
    r"(?:pomoglo|pomogla|pomogl|pomocne|pomocna|pomocny|przydatne|przydatna|przydalo sie|ok pomoglo"
    r"|utile|ha aiutato|mi ha aiutato|helpful|useful|helped)(?: mi)?(?: dziekuje| dzieki| grazie| thanks| thank you)?"
)
_NO = regex(
    r"(?:nie |no )?(?:"
    r"(?:to |ta odpowiedz )?(?:mi )?(?:wcale )?nie (?:bylo |byla |byl )?"
    r"(?:pomoglo|pomogla|pomogl|pomocne|pomocna|pomocny|przydatne|przydatna|przydalo sie)(?: mi)?(?: to)?"
    r"|niepomocne|niepomocna|nieprzydatne|nieprzydatna"
    r"|non (?:mi )?(?:e )?(?:stata |stato )?(?:utile|ha aiutato|aiuta|serve|servito|servita)"
    r"|inutile|per niente utile|poco utile"
    r"|(?:it |that |this )?(?:was |is )?(?:not|wasn t|isn t|didn t|did not|hasn t|doesn t|does not) (?:really |very )?"
    r"(?:helpful|useful|help|helped)|unhelpful|useless|no help"
    r")(?: grazie| thanks| dziekuje)?"
)
_SKIP = word_set("helpful", "skip")
_LONGEST = 80


def read_helpful(text: str, brought: Languages = ()) -> bool | None:
    """Return True or False where the whole message says that it helped or didn't, else None.

    A bare yes is None, too: it answers the open step. `brought`: languages that a profile adds to the shipped ones.
    """
    words = fold_words(text) if len(text) <= _LONGEST else ""
    if _NO.fullmatch(words) or any(words in language.answers.unhelpful for language in brought):
        return False
    said = _YES.fullmatch(words) or any(words in language.answers.helpful for language in brought)
    return True if said else None


def is_no_reason(text: str, brought: Languages = ()) -> bool:
    """Return whether the message declines to give a reason."""
    if len(text) > _LONGEST:
        return False
    words = fold_words(text)
    return words in _SKIP or any(words in language.answers.no_reason for language in brought)
