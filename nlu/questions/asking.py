"""Questions about what could be done, which are no requests to do it: "can I cancel it?", "how do I get out of this".

What throws something away or binds isn't done on a question, not even on one without its mark.
"""

from collections.abc import Mapping
from functools import lru_cache

from nlu.intents.score import Scored
from nlu.languages.language import Languages
from nlu.phrase_lines import wish
from values.meaning import Faq, Intent, Meaning, NavigationCommand, Unclear
from values.parsing import fold_words

_LONGEST = 400
_ASKS = wish("asking", "<asks>|<how>|<merely>")
_MERELY = wish("asking", "<merely>|<taken>")
_FIRST = frozenset("a e and und so ma but ale aber hm ok okay hi hello hallo sorry scusi scusate also no ja".split())
_QUESTIONS: Mapping[str, str] = {
    "cancel": "ask_cancel",
    "restart": "ask_restart",
    "cancel_subscription": "ask_leaving",
    "delete_my_data": "ask_kept",
    "withdraw_consent": "ask_consent",
    "renewal_off": "ask_renewal",
    "renewal_on": "ask_renewal",
}
"""By what is done on a request: the question that asks about it."""
_COMMANDS: Mapping[str, str] = {"cancel": "ask_cancel", "restart": "ask_restart", "stop": "ask_ads"}
_CAN_BE_HAD = {"choose_payment_method": "ask_payment_methods"}
"""The question of whether something can be had, by the wish for it."""
_TOLD = frozenset({"payment_status"})
"""Questions by the names of which something is told, and nothing done."""
_ASKING, _LEAST_WORDS = "ask_", 3
ASKED = frozenset({*_QUESTIONS.values(), *_COMMANDS.values()})


@lru_cache(maxsize=4)  # several readers look at one message in a row
def asks(text: str, langs: Languages) -> bool:
    """Return whether a message asks: by its mark, or by words that only a question has."""
    if "?" in text:
        return True
    said = fold_words(text[:_LONGEST])
    if _ASKS.search(said) is not None:
        return True
    if said.startswith(("do not ", "don t ")):
        return False
    first = next((word for word in said.split() if word not in _FIRST), "")
    return any(first in lang.questions for lang in langs)


def merely_asks(text: str) -> bool:
    """Return whether a message wants to know and no more: it is only curious, or asks what is taken here."""
    return _MERELY.search(fold_words(text[:_LONGEST])) is not None


def asked_about(scored: Scored) -> Scored:
    """Return the question about what an intent would undo or bind; any other intent as it is."""
    return Scored(_QUESTIONS.get(scored.name, scored.name), scored.confidence)


def asked_command(command: object, text: str) -> str | None:
    """Return the question that a command's own words are with a question mark: "cancel?"."""
    if "?" not in text or not isinstance(command, NavigationCommand):
        return None
    return _COMMANDS.get(command.name)


def as_question(text: str, said: Meaning) -> Meaning:
    """Return what a question means; one that has no answer has its own words with it."""
    match said:
        case Intent(name, confidence) if name in _CAN_BE_HAD:
            return Intent(_CAN_BE_HAD[name], confidence)
        case Intent("out_of_scope") if text.endswith("?") and len(text.split()) >= _LEAST_WORDS:
            return Unclear((), text)
        case Unclear(candidates) if is_unanswered(said):
            return Unclear(candidates, text)
        case _:
            return said


def is_answered(said: Meaning) -> bool:
    """Return whether it is a question that is answered, and nothing more is done about it."""
    return isinstance(said, Faq) or (isinstance(said, Intent) and (said.name.startswith(_ASKING) or said.name in _TOLD))


def is_unanswered(said: Meaning) -> bool:
    """Return whether it is a question that has no answer, perhaps with those that are near it."""
    return isinstance(said, Unclear) and all(one.startswith("faq:") for one in said.candidates)


def is_unknown(said: Meaning) -> bool:
    """Return whether a meaning says that nothing was understood."""
    return isinstance(said, Intent) and said.name == "out_of_scope"


def subject_of(said: Meaning) -> str:
    """Return the name of what a question is about, empty for all else."""
    match said:
        case Faq(entry):
            return entry
        case Intent(name):
            return name
        case Unclear(candidates):
            return candidates[0] if candidates else ""
        case _:
            return ""
