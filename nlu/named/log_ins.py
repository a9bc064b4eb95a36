"""The question where the account is logged in, and the wish to be logged out: "where am I logged in", "scollegami".

That wish is a verb of leaving with a scope: this chat, every log-in, or every other one.
"""

from functools import lru_cache

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms
from nlu.stance import clauses, is_asserted
from values.parsing import fold_words

_SAYS = Forms("log_out")

_LONGEST = 120
LOG_INS, LOG_OUT, EVERYWHERE, OTHERS = "log_ins", "log_out", "log_out_everywhere", "log_out_others"
"""Intents: to see the log-ins; to end this one, all of them, or all but this one."""
_LONGEST_WISH = 200


@lru_cache(maxsize=4)  # several readers look at one message in a row
def asks_for_log_ins(text: str) -> bool:
    """Return whether a message asks where the account is logged in."""
    return len(text) <= _LONGEST and _SAYS.where.search(fold_words(text)) is not None


@lru_cache(maxsize=4)
def log_out_wanted(text: str, langs: Languages) -> str | None:
    """Return the intent of a message that asks, now, for the end of log-ins; also in the form of a question.

    Of one other log-in it is the list of them, where each has its button; so it is where the way to do it is asked.
    """
    if len(text) > _LONGEST_WISH:
        return None
    said = fold_words(text)
    if _SAYS.leaving.search(said) is None or _SAYS.no_log_in.search(said) is not None:
        return None
    if _SAYS.wonders.search(said) is not None:
        return LOG_INS
    meant = is_asserted(_without_scope(text), langs, about=_SAYS.leaving, polite=True)
    return _scope(said) if meant else None


def _without_scope(text: str) -> str:
    """Return a message without the words that say which log-ins stay: "all but this one" reserves nothing."""
    if _SAYS.scope.search(fold_words(text)) is None:
        return text
    return ", ".join(_SAYS.scope.sub(" ", fold_words(one)) + ("?" if "?" in one else "") for one in clauses(text))


def _scope(said: str) -> str:
    """Return the intent by which log-ins a wish to log out names."""
    if _SAYS.only_here.search(said) is not None:
        return LOG_OUT
    others, every = _SAYS.other_ones.search(said) is not None, _SAYS.every.search(said) is not None
    stays = _SAYS.but_here.search(said) or (_SAYS.keeps.search(said) and _SAYS.this_one.search(said))
    if stays or (others and _SAYS.here_and_others.search(said) is None):
        return OTHERS if others or every else LOG_OUT
    if others or every:
        return EVERYWHERE
    return LOG_INS if _SAYS.another.search(said) is not None else LOG_OUT
