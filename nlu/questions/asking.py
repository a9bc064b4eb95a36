"""Questions about what could be done, which are no requests to do it: "can I cancel it?", "how do I get out of this".

What throws something away or binds isn't done on a question, not even on one without its mark.
"""

from collections.abc import Mapping
from functools import lru_cache

from nlu.intents.score import Scored
from nlu.languages.language import Languages
from values.meaning import NavigationCommand
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 400
_ASKS = regex(
    r"\b(?:"
    # English: the verb before its subject, and ways and consequences.
    r"(?:can|could|may|might|should|must|shall|will|would|does|did) (?:i|we|you|it|this|that|one|they|someone)"
    r"|do (?:i|we|you|they)"  # "let's do it" doesn't ask
    r"|(?<!no way )(?:am i|are we)|is (?:it|this|that)|how (?:to|do|can|could|would|does)"
    r"|what (?:if|happens|would happen)|if i ask|i (?:wonder|was wondering|m wondering)"
    r"|not sure (?:if|whether)|don t know (?:if|whether)|just asking"
    # Polish: the particle, and what is possible or would follow.
    r"|czy|(?<!nie )(?:moge|mozemy|mozna|da sie|wolno)|(?:co|a) (?:jak|jesli|jezeli|gdy|gdyby)|co bedzie|co sie stanie"
    r"|jak (?:(?:to|sie|moge|mam|mozna|potem|pozniej|z tego) ){0,3}\w{2,}c|(?:jak|jesli) poprosze"
    r"|tylko (?:sie )?pytam|tak sie pytam|zastanawiam sie|pytanie (?:tylko|mam)"
    # Italian: what is possible, how, and what would follow.
    r"|(?<!non )(?:posso|possiamo|potrei|potro|potremo|potremmo|si puo|si potra|e possibile)|potete|potreste"
    r"|come (?:si|faccio|facciamo|posso|fare|annull|disdic|disattiv|cancell|elimin|revoc|ritir|rinunci|chiud|esc)\w*"
    r"|(?:cosa|che) (?:succede|accade)|e se|se (?:ve )?lo chiedo|chiedo solo|solo per sapere|mi chied\w+|non so se"
    r")\b"
)
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


def asked_about(scored: Scored) -> Scored:
    """Return the question about what an intent would undo or bind; any other intent as it is."""
    return Scored(_QUESTIONS.get(scored.name, scored.name), scored.confidence)


def asked_command(command: object, text: str) -> str | None:
    """Return the question that a command's own words are with a question mark: "cancel?"."""
    if "?" not in text or not isinstance(command, NavigationCommand):
        return None
    return _COMMANDS.get(command.name)
