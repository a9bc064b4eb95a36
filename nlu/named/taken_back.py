"""Things taken back in plain words: an order given up, money wanted back, a purchase that was none of theirs."""

from nlu.corrections.sentences import plain
from nlu.intents.score import likeliest
from nlu.languages.language import Languages
from nlu.phrase_lines import Forms
from nlu.questions.asking import asks
from nlu.stance import Stance, asserted, clauses, stance, stances
from values.meaning import NavigationCommand
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("taken_back")

_LONGEST = 400
_LEAST = 0.5
REFUND, COMPLAINT, LEAVING = "refund", "complaint", "cancel_subscription"
_PLAIN = {"cancel": _SAYS.cancel, "restart": _SAYS.restart}
_LEAVES_IT = frozenset({Stance.negated, Stance.filler, Stance.past})
"""Beside a plain "cancel" these are its reason: "anulujcie, nie będę płacił"."""
_MISTAKE = regex("pomyl|omyl|niechc|przypad|mistak|accid|error|sbagl|erron|verseh|irrt")


def plainly_wipes(text: str, langs: Languages) -> NavigationCommand | None:
    """Return the command to give up or to begin anew that a message gives by its plain verb, as one's own act."""
    if "?" in text:
        return None
    said = fold_words(text[:_LONGEST])
    plain = {name: verb for name, verb in _PLAIN.items() if verb.search(said) is not None}
    for name, verb in plain.items():
        if likeliest(text, langs).name == name and asserted(text, langs, about=verb):
            return NavigationCommand("cancel" if name == "cancel" else "restart")
    return _cancelled_for_a_reason(text, langs) if "cancel" in plain else None


def _cancelled_for_a_reason(text: str, langs: Languages) -> NavigationCommand | None:
    parts = clauses(text)
    giving = [part for part in parts if _SAYS.cancel.search(fold_words(part)) is not None]
    beside = [part for part in parts if part not in giving]
    if not beside or not all(stance(part, langs) is Stance.asserted for part in giving):
        return None
    tops = [likeliest(part, langs) for part in giving]
    meant = bool(tops) and all(top.name == "cancel" and top.confidence >= _LEAST for top in tops)
    return NavigationCommand("cancel") if meant and all(stance(part, langs) in _LEAVES_IT for part in beside) else None


def read_grievance(text: str, langs: Languages) -> str | None:
    """Return what a message says of something bought: money back, bought by mistake or never, out of the service.

    None of it begins an order, whatever verbs of buying stand in it; a question is answered as one.
    """
    said = fold_words(text[:_LONGEST])
    if "?" in text or len(text) > _LONGEST:
        return COMPLAINT if len(text) <= _LONGEST and _SAYS.not_mine.match(said.removeprefix("ja tego ")) else None
    if _MISTAKE.search(said) is not None and _SAYS.mistaken.search(said) is not None:
        return REFUND
    if _SAYS.money_back.search(said) is not None and asserted(text, langs, about=_SAYS.money_back, polite=True):
        return REFUND
    charged = _SAYS.charged.search(plain(text))
    if charged is not None and asserted(text[: charged.end("wish")], langs, polite=True):
        return REFUND
    if _SAYS.not_mine.search(said) is not None or _is_wrongly_charged(text, said, langs):
        return COMPLAINT
    return LEAVING if _SAYS.out.search(said) is not None and asserted(text, langs, about=_SAYS.out) else None


def _is_wrongly_charged(text: str, said: str, langs: Languages) -> bool:
    """Return whether money is told to have been taken twice, too much or unasked."""
    if _SAYS.wrongly_charged.search(said) is None or asks(text, langs):
        return False
    told = stances(_SAYS.wrongly.sub(" ", said), langs, _SAYS.charge)  # "without my consent" denies nothing
    return all(one in (Stance.asserted, Stance.past, Stance.reserved) for one in told)
