"""Commands about answers to a seller's own questions."""

from bot.conversation.render import Renderer
from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages.questions import AnswersKept, KeepAnswers
from dialogs.own.words import word_answer
from services.questions import own_answers
from values.question import AnswerValue, OwnQuestion, write_typed_answer


@handles(KeepAnswers)
def keep_answers(deps: CommandDeps, command: KeepAnswers, context: CommandContext) -> Event:
    """Keep the answers with their labels and words, in the language of the conversation.

    Errors: LookupError for a company or order of another account.
    """
    asked = {question.id: question for question in deps.seller.own_questions}
    locale = context.locale
    given = {
        name: own_answers.OwnAnswer(
            value, label_of(name, deps.renderer, locale), words_of(asked.get(name), value, deps.renderer, locale)
        )
        for name, value in command.answers.items()
    }
    own_answers.keep(
        context.connection, keep=command.keep, holder=command.holder, account_id=command.account_id, given=given
    )
    told = (name for name in given if (question := asked.get(name)) is not None and question.shown_to("events"))
    return AnswersKept(tuple(told))


def label_of(question: str, renderer: Renderer, locale: str) -> str:
    """Return what the question is called; its id where the profile has no such question."""
    key = f"label.{question}"
    return renderer.words(key, {}, locale) if renderer.has(key, locale) else question


def words_of(question: OwnQuestion | None, value: AnswerValue | None, renderer: Renderer, locale: str) -> str:
    """Return an answer in words."""
    answer = write_typed_answer(value)
    return (
        answer if question is None else renderer.words("own.answer", {"answer": word_answer(question, answer)}, locale)
    )
