"""Commands and events of a seller's own questions."""

from dialogs.kit.effects import Command
from dialogs.kit.messages import Event
from values.private import Private
from values.question import Answers, AnswerValue, Keep


class AnswersKept(Event):
    """The answers stand with the account, company or order. `told`: those that the seller's system is told of."""

    told: tuple[str, ...] = ()


class QuestionAnswered(Event):
    """An answer is kept, for the first time or changed; None: the question was passed over.

    Dialogs that do something with it react.
    """

    question: str
    answer: Private[AnswerValue | None]


class KeepAnswers(Command):
    """Keep answers to the seller's own questions with what they are about; those named by no id stay.

    `holder` is the id of the account, company or order, of this account. An answer of None was passed over.
    """

    account_id: str
    keep: Keep
    holder: str
    answers: Private[Answers]
    outcome = AnswersKept
