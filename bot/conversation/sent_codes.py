"""Codes that were sent, as customers type them: at their own step, or at whatever other one is open."""

from typing import Any

from dialogs.kit import Journey, Step
from dialogs.state import Ctx
from nlu.languages.language import Languages
from nlu.named.sent_codes import says_only_codes
from values import meaning
from values.codes import LOG_IN_DIGITS, parse_code, parse_pair
from values.kinds import kind_of
from values.meaning import Expects, Meaning
from values.parsing import Ok, ParseRefused

HIDDEN = "••••••"
_UNSURE = (meaning.Answer, meaning.Intent, meaning.Faq, meaning.Unclear, meaning.Refusal)


def takes_letter_code(step: Step[Any]) -> bool:
    """Tell whether the letter whose link is awaited may hold a code, which is as good."""
    return step.expects is Expects.email_link and step.parse is not None


def typed_elsewhere(
    text: str, understood: Meaning, step: Step[Any], ctx: Ctx, journey: Journey, langs: Languages
) -> Meaning:
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
    no_answer = worded and (taken or step.expects is Expects.company_name)
    if taken and not (worded or step.typed.free_text):
        return understood
    return meaning.SentCode(text) if awaited or no_answer else understood


def holds_code(said: Meaning, step: Step[Any]) -> bool:
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
