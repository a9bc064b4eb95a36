"""Intents as they are meant: an act that is denied, past, another's or depends on something is no request for it.

Which stances an act bears is told here, by the intents' names; the judgement of a clause is `nlu.stance`.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from nlu.answer_words import SHIPPED
from nlu.binding_words import YES, vocabulary
from nlu.entities.term_words import is_term_alone
from nlu.intents.score import Scored, likeliest
from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, word_set
from nlu.stance import Stance, between_denials, clauses, stances
from nlu.stance.cues import cues_in
from values.meaning import BindingAct
from values.parsing import fold_words

_SAYS = Forms("as_meant")

_ASSENT = word_set("as_meant", "assent")
"""Words that go along with something: to a question of fact they are no answer."""
_LONGEST, _MOST_CLAUSES = 400, 6
_LEAST, _SHORT = 0.4, 4
_NOT_NOW = frozenset({Stance.past, Stance.conditional, Stance.others, Stance.quoted, Stance.later})
_NOT_MEANT = _NOT_NOW | {Stance.negated}
_NO_YES = _NOT_MEANT | {Stance.reserved, Stance.filler, Stance.doubted, Stance.complained}
_POLITE = _NOT_MEANT | {Stance.asked, Stance.filler}
"""A request in the form of a question will do, and a complaint that it doesn't work."""
_REJECTED: Mapping[str, frozenset[Stance]] = {
    **dict.fromkeys(("choose_plan", "renew_subscription", "order_addon", "pay", "sign_up"), _NOT_MEANT),
    **dict.fromkeys(("renewal_on", "activate_einvoice"), _NOT_MEANT | {Stance.doubted}),
    **dict.fromkeys(("log_in", "change_language", "talk_to_agent", "resend_code"), _POLITE),
    # "I don't want it any more" is how these are said; what they take back must not be denied itself.
    **dict.fromkeys(("withdraw_consent", "renewal_off", "cancel_subscription", "delete_my_data"), _NOT_NOW),
    **dict.fromkeys(("cancel", "restart"), _NOT_NOW | {Stance.quoted}),
    "affirm": _NO_YES,
    "thank": frozenset({Stance.negated, Stance.complained}),
}
_MENDED_BY_A_CLAUSE = frozenset({"log_in", "change_language", "talk_to_agent", "resend_code"})
"""One clause that asks for it is enough; what binds or wipes is asserted in each clause that speaks of it."""
_ABOUT = {"talk_to_agent": _SAYS.an_agent, "log_in": _SAYS.a_log_in, "change_language": _SAYS.a_language}
_YESES = frozenset({YES, str(BindingAct.agree)})


def as_meant(ranked: Sequence[Scored], text: str, langs: Languages) -> list[Scored]:
    """Return the intents without the first, where the message names its act without asking for it."""
    if not ranked or ranked[0].confidence < _LEAST or is_meant(ranked[0].name, text, langs):
        return list(ranked)
    return list(ranked[1:])


def is_meant(name: str, text: str, langs: Languages) -> bool:
    """Return whether the customer asks, of themselves and now, for what the intent of this name does."""
    rejected = _REJECTED.get(name)
    if name == "delete_my_data" and not names_deleting(text):
        return False
    if name == "deny":
        return _says_no(fold_words(text), langs)
    if rejected is None or len(text) > _LONGEST:
        return True
    said = fold_words(text)
    if _is_another_matter(name, said) or (name == "affirm" and not _says_yes(said, langs)):
        return False
    if (every := stances(text, langs)) and rejected.isdisjoint(every):  # whichever clauses are about it
        return True
    found = stances(text, langs, _about(name, text, langs))
    if name in _MENDED_BY_A_CLAUSE and Stance.conditional not in found:
        return any(one not in rejected for one in found) or _is_set_against(name, text, langs)
    return all(one not in rejected for one in found)


def names_deleting(text: str) -> bool:
    """Return whether a message has a word by which an account or data are deleted."""
    return _SAYS.deletes.search(fold_words(text)) is not None


def is_agreement(text: str, langs: Languages) -> bool:
    """Return whether a message that has the words of a yes gives it, of the customer's own, now, and to all of it."""
    return all(one not in _NO_YES for one in stances(text[:_LONGEST], langs))


def is_asked_for(text: str, langs: Languages) -> bool:
    """Return whether nothing in a message says that what it names is past, another's, quoted or on a condition."""
    return _NOT_NOW.isdisjoint(stances(text[:_LONGEST], langs))


def is_reserved(text: str, langs: Languages) -> bool:
    """Return whether a message agrees with all but something: "the rest is fine", "all right except the street"."""
    return Stance.reserved in stances(text[:_LONGEST], langs)


def is_assent(text: str) -> bool:
    """Return whether a message only goes along: "ok", "va bene", "fine"."""
    words = fold_words(text[:_LONGEST]).split()
    return bool(words) and all(word in _ASSENT for word in words)


def names_origin(text: str) -> bool:
    """Return whether a nationality in a message is where somebody is from rather than what they speak."""
    said = fold_words(text[:_LONGEST])
    told = _SAYS.being.search(said) is not None or _SAYS.business.search(said) is not None
    return told and _SAYS.as_language.search(said) is None


def is_nationality(word: str) -> bool:
    """Return whether a word is a nationality that is a language as well: "Polish"."""
    return _ABOUT["change_language"].fullmatch(fold_words(word)) is not None


def _is_set_against(name: str, text: str, langs: Languages) -> bool:
    """Return whether it is wished for before something else is turned down, no comma between: "a human not a bot"."""
    asked, about = next(between_denials(text, langs)), _ABOUT.get(name)
    said = fold_words(asked)
    if about is None or about.search(said) is None:
        return False
    wished = any(cue.kind in ("wish", "requested") for cue in cues_in(said.split(), langs))
    return wished and _REJECTED[name].isdisjoint(stances(asked, langs))


def _is_another_matter(name: str, said: str) -> bool:
    if name == "change_language":
        of_a_firm = _SAYS.business.search(said) is not None and _SAYS.as_language.search(said) is None
        return of_a_firm or _SAYS.something_else.search(said) is not None or _SAYS.learnt.search(said) is not None
    if name == "renew_subscription":
        return is_term_alone(said)
    return name == "log_in" and _SAYS.logged_out.search(said) is not None


def _says_yes(said: str, langs: Languages) -> bool:
    """Return whether a yes is more than a likeness of short words, and refuses nothing: a grunt is none."""
    words, known = said.split(), vocabulary(langs)
    yes = any(len(word) >= _SHORT or known.phrases.alone(word) & _YESES for word in words)
    return yes and not known.refuses(words)


def _says_no(said: str, langs: Languages) -> bool:
    """Return whether a no is more than a likeness: it has a word of denying, or refuses."""
    words = said.split()
    denied = any(cue.kind == "negated" for cue in cues_in(words, langs)) or said in SHIPPED.no
    return denied or any(said in lang.answers.no for lang in langs) or vocabulary(langs).refuses(words)


def _about(name: str, text: str, langs: Languages) -> re.Pattern[str] | Callable[[str], bool] | None:
    """Return what finds the clauses that speak of an act: its words, else that they mean it alone; None for all."""
    known = _ABOUT.get(name)
    if known is not None or name == "affirm":
        return known
    parts = clauses(text)[:_MOST_CLAUSES]
    return None if len(parts) < 2 else lambda clause: likeliest(clause, langs).name == name
