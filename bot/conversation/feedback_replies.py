"""Replies beside the open step to the questions whether an answer helped, and why it didn't."""

from typing import Any

from dialogs.kit import Context, Step, read_slots
from dialogs.state import ConversationState
from nlu.answer_words import is_no_reason, read_helpful
from nlu.choices import read_plain_answer
from nlu.languages.language import Languages
from values import meaning
from values.expected import OF_A_STEP
from values.kinds import kind_of
from values.meaning import Expects, Meaning
from values.parsing import fold_words

# These are what they are, whatever was asked.
_CERTAIN = (
    *(meaning.SecretTyped, meaning.Empty, meaning.TooLong, meaning.NotText),
    *(meaning.Press, meaning.NavigationCommand, meaning.Correction, meaning.Discount, meaning.SentCode),
)
_LONGEST = 80
_A_PERSON = "talk_to_agent"


def heard(
    text: str,
    understood: Meaning,
    step: Step[Any],
    case: ConversationState,
    ctx: Context[ConversationState],
    known: Languages,
) -> Meaning:
    """Return the meaning of a typed message, given what was asked beside the open step.

    That is a yes or no to "did it help", then the reason. What answers the open step stays its answer; a question
    stays one. `known`: the seller's languages.
    """
    if isinstance(understood, meaning.SecretTyped):
        return understood
    if case.feedback.about is not None and (helped := _helped(text, step, known)) is not None:
        return meaning.Press("helpful:yes" if helped else "helpful:no")
    if not case.talk.remark or isinstance(understood, _CERTAIN):
        return _unasked(text, understood, known)
    if is_no_reason(text, known) and not step.optional:
        return meaning.Press("helpful:skip")
    return understood if "?" in text or _goes_on(understood, step, case, ctx) else meaning.Remark(text)


def _unasked(text: str, understood: Meaning, known: Languages) -> Meaning:
    """Return the meaning where nobody asked whether it helped: "it didn't" is a call for help, and nobody's name."""
    free = isinstance(understood, meaning.Answer | meaning.Intent | meaning.Unclear)
    free = free or understood == meaning.Press(OF_A_STEP)
    helped = read_helpful(text, known) if free else None
    return understood if helped is None else meaning.Intent("thank" if helped else "help", 1.0, (), text)


def _helped(text: str, step: Step[Any], known: Languages) -> bool | None:
    """Return whether it helped, as the message says; a bare yes or no is about that where nothing else is asked."""
    helped = read_helpful(text, known)
    if helped is not None or step.expects is not Expects.nothing:
        return helped
    answer = read_plain_answer(fold_words(text), known) if len(text) <= _LONGEST else ""
    return answer == "yes" if answer else None


def _goes_on(understood: Meaning, step: Step[Any], case: ConversationState, ctx: Context[ConversationState]) -> bool:
    """Tell whether the words are for the open step, or for a person.

    At a step where any words would be an answer they are the reason that was asked for: taken wrongly it costs one
    question more, a wrong street costs an invoice.
    """
    match understood:
        case meaning.Answer():
            worded = step.typed.free_text or kind_of(step.expects).form == "words"
            return not worded and step.takes(understood.words, ctx)
        case meaning.Intent(name):
            offered = {option.payload for option in step.options(read_slots(case, step.dialog, ctx), ctx)}
            meant = step.intents.get(name, ())
            return name == _A_PERSON or any(p in offered for p in ((meant,) if isinstance(meant, str) else meant))
        case _:
            return False
