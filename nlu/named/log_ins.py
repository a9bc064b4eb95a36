"""The question where the account is logged in, and the wish to be logged out: "where am I logged in", "scollegami".

That wish is a verb of leaving with a scope: this chat, every log-in, or every other one.
"""

from functools import lru_cache, partial

from nlu.languages.language import Languages
from nlu.phrase_lines import wish
from nlu.stance import asserted, clauses
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 120
LOG_INS, LOG_OUT, EVERYWHERE, OTHERS = "log_ins", "log_out", "log_out_everywhere", "log_out_others"
"""Intents: to see the log-ins; to end this one, all of them, or all but this one."""
_LONGEST_WISH = 200
_pattern = partial(wish, "log_out")
_WHERE = _pattern("<where>")
_LEAVING = _pattern(
    r"<out>|<go>.*(?:<place>|<session>|<device>)|<go>..<account>|<place>.*<go>|<end>.*<session>"
    r"|(?:<every>|<others>)..<session>.*<end>|<throw>.*(?:<place>|<every>|<others>)"
    r"|<throw>.*(?:<another>|<here>).*<device>"
)
_EVERY = _pattern(
    r"<place>|<every>..(?:<session>|<device>)|(?:<out>|<throw>) (?:\w+ ){0,4}?<every>|<every> (?:out|off)"
)
_OTHERS, _HERE, _KEEPS = _pattern(r"<others>"), _pattern(r"<here>"), _pattern(r"<keep>")
_BUT_HERE = _pattern(r"<but> (?:\w+ ){0,2}?<here>")
_ONLY_HERE = _pattern(r"<only> (?:\w+ ){0,2}?<here>|<not> (?:\w+ )?(?:<place>|<every>)")
_HERE_AND_OTHERS = _pattern(r"<here> (?:\w+ )?<and>..<others>|<others>..<and>..<here>")
_SCOPE = _pattern(r"(?:<but>|<only>|<not>) (?:\w+ ){0,2}?(?:<here>|<place>|<every>)|<every>|<others>|<another>")
_ANOTHER = _pattern(r"<another> (?:\w+ )?(?:<device>|<session>)")
_WONDERS = wish("asking", "<how>|<merely>")
_NO_LOG_IN = regex(
    r"\b(?:newsletter\w*|mailing\w*|serviz\w*|uslug\w*|servic\w*|marketing\w*|pubblicit\w*|reklam\w*|werbung)\b"
)
"""Whoever leaves one of these doesn't log out."""


@lru_cache(maxsize=4)  # several readers look at one message in a row
def asks_for_log_ins(text: str) -> bool:
    """Return whether a message asks where the account is logged in."""
    return len(text) <= _LONGEST and _WHERE.search(fold_words(text)) is not None


@lru_cache(maxsize=4)
def log_out_wanted(text: str, langs: Languages) -> str | None:
    """Return the intent of a message that asks, now, for the end of log-ins; also in the form of a question.

    Of one other log-in it is the list of them, where each has its button; so it is where the way to do it is asked.
    """
    if len(text) > _LONGEST_WISH:
        return None
    said = fold_words(text)
    if _LEAVING.search(said) is None or _NO_LOG_IN.search(said) is not None:
        return None
    if _WONDERS.search(said) is not None:
        return LOG_INS
    meant = asserted(_without_scope(text), langs, about=_LEAVING, polite=True)
    return _scope(said) if meant else None


def _without_scope(text: str) -> str:
    """Return a message without the words that say which log-ins stay: "all but this one" reserves nothing."""
    if _SCOPE.search(fold_words(text)) is None:
        return text
    return ", ".join(_SCOPE.sub(" ", fold_words(one)) + ("?" if "?" in one else "") for one in clauses(text))


def _scope(said: str) -> str:
    """Return the intent by which log-ins a wish to log out names."""
    if _ONLY_HERE.search(said) is not None:
        return LOG_OUT
    others, every = _OTHERS.search(said) is not None, _EVERY.search(said) is not None
    stays = _BUT_HERE.search(said) or (_KEEPS.search(said) and _HERE.search(said))
    if stays or (others and _HERE_AND_OTHERS.search(said) is None):
        return OTHERS if others or every else LOG_OUT
    if others or every:
        return EVERYWHERE
    return LOG_INS if _ANOTHER.search(said) is not None else LOG_OUT
