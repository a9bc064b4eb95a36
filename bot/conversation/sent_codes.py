"""Codes that were sent, as customers type them: at their own step, or at whatever other one is open."""

from typing import Any

from dialogs.kit import Journey, Step
from dialogs.state import Ctx
from nlu.languages.language import Languages
from nlu.parse import LABEL_WORDS
from nlu.tokens import tokens
from values import meaning
from values.codes import LOG_IN_DIGITS, parse_code, parse_pair
from values.kinds import kind_of
from values.parsing import Ok, ParseRefused, fold_digits
from values.patterns import regex

_LONGEST = 80
_SIX = regex(r"(?<![\d+])\d{3}[ \u00a0.\-–]?\d{3}(?!\d)")
_MOST = 2
_NAMING = regex(r"\w*(?:kod|cod)\w*|sms\w{0,3}|e?mail\w{0,4}|wiadomosc\w{0,2}|messaggio|message|text|arrivato|came|got")
HIDDEN = "••••••"
_UNSURE = (meaning.Answer, meaning.Intent, meaning.Faq, meaning.Unclear, meaning.Refusal)


def says_only_codes(text: str, langs: Languages) -> bool:
    """Return whether a message is one code of six digits or two, and at most what they are called."""
    if len(text) > _LONGEST:
        return False
    rest, found = _SIX.subn(" ", fold_digits(text))
    if not 1 <= found <= _MOST or "?" in rest:
        return False
    small = {word for lang in langs for word in lang.answers.small}
    return all(
        one.word in LABEL_WORDS or one.word in small or _NAMING.fullmatch(one.word) is not None for one in tokens(rest)
    )


def takes_letter_code(step: Step[Any]) -> bool:
    """Tell whether the letter whose link is awaited may hold a code, which is as good."""
    return step.expects is meaning.Expects.email_link and step.parse is not None


def typed_elsewhere(
    text: str, understood: meaning.Meaning, step: Step[Any], ctx: Ctx, journey: Journey, langs: Languages
) -> meaning.Meaning:
    """Return a message that is only a code as that, where the open step asks for none and has no use for its digits.

    Where words are asked for it is no answer, whether a code is awaited or not: no firm is called by six digits. To an
    agent digits may be anything, so that only an awaited code is one: it isn't kept, as nobody else's eyes are for it.
    """
    asks = kind_of(step.expects).one_time or takes_letter_code(step)
    if asks or not isinstance(understood, _UNSURE) or not says_only_codes(text, langs):
        return understood
    awaited = journey.awaits_code(ctx.case, ctx) is not None
    if ctx.case.muted:
        return meaning.SentCode(text) if awaited else understood
    taken = step.takes(text, ctx)
    worded = kind_of(step.expects).is_name
    no_answer = worded and (taken or step.expects is meaning.Expects.company_name)
    if taken and not (worded or step.typed.free_text):
        return understood
    return meaning.SentCode(text) if awaited or no_answer else understood


def holds_code(said: meaning.Meaning, step: Step[Any]) -> bool:
    """Tell whether what was typed is a code: it is compared and forgotten."""
    if isinstance(said, meaning.SentCode):
        return True
    if not isinstance(said, meaning.Answer) or not (kind_of(step.expects).one_time or takes_letter_code(step)):
        return False
    text = said.words
    if step.name == LOG_IN_DIGITS:
        return isinstance(parse_pair(text), Ok)
    typed = parse_code(text)
    return not isinstance(typed, ParseRefused) or typed.reason == "code.several"
