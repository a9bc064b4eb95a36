"""A seller's own questions: each is asked at its place, and its answer kept with what it is about."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Literal, NotRequired, TypedDict

from msgspec.structs import replace

from dialogs.company.data import find_company, is_added, read_company
from dialogs.kit import (
    Answered,
    Cards,
    Condition,
    Decision,
    Dialog,
    Guest,
    Param,
    Say,
    Skipped,
    Step,
    Tell,
    Word,
    need_slot,
    then,
)
from dialogs.kit.step import PASSED_OVER
from dialogs.messages.account import LoggedIn
from dialogs.messages.company import CompanyChosen, CompanyPicked
from dialogs.messages.order import OrderPlaced
from dialogs.messages.questions import AnswersKept, KeepAnswers, QuestionAnswered
from dialogs.order.in_books import is_paid
from dialogs.order.order_card import order_card
from dialogs.own import ways_to_answer
from dialogs.own.conditions import answer_of, applies, find_stored_answer, holder_of
from dialogs.own.words import word_answer
from dialogs.renewal.renewing import is_ordering
from dialogs.state import Ctx, OwnAnswers
from values.question import CHOSEN, OwnQuestion, Place, parse_kept_answer

PLACES: Mapping[Place, tuple[Guest, ...]] = {
    "account": (Guest("lost_password", shown_as="account"), Guest("on_file", shown_as="account"), Guest("account")),
    "contact": (Guest("contact"),),
    "company": (Guest("company", before="save"),),
    "pay": (Guest("order", before="terms"),),
    "order": (Guest("payment", shown_as="order"),),
}
"""Where questions stand: the first of these places that the journey has."""


def own_questions(questions: tuple[OwnQuestion, ...], dialogs: tuple[str, ...]) -> Dialog[OwnAnswers]:
    """Return the dialog that asks them in their order, among the steps of these dialogs, and keeps the answers.

    Without any it still knows the account's answers: a question may be asked again one day.
    """
    dialog = Dialog(
        ways_to_answer.NAME, OwnAnswers, outlives=lambda s: OwnAnswers(ordered=s.ordered), shown_as="account"
    )
    for question in questions:
        _declare(dialog, question, _place(question.place, dialogs))
    if questions:
        _keep(dialog, dialogs)
    _know(dialog)
    return dialog


def _keep(dialog: Dialog[OwnAnswers], dialogs: tuple[str, ...]) -> None:
    """Declare the command that keeps what waits for it."""
    keep = dialog.do(
        "keep",
        lambda s, c: need_slot(_unsaved(s, c)),
        done=lambda s, c: _unsaved(s, c) is None,
        guest=_place("account", dialogs),
    )

    @keep.on(AnswersKept)
    def leave_answers_to_books(s: OwnAnswers, _e: AnswersKept, ctx: Ctx) -> Decision[OwnAnswers]:
        """Leave them to the books, and tell the dialogs that do something with them."""
        saved = need_slot(_unsaved(s, ctx)).answers
        told = (Tell(QuestionAnswered(question, answer)) for question, answer in saved.items())
        return then(_without(s, saved), *told)


def _know(dialog: Dialog[OwnAnswers]) -> None:
    """Declare what the dialog forgets with the account, or for what the account has."""

    @dialog.always(LoggedIn)
    def keep_answers_on_log_in(s: OwnAnswers, e: LoggedIn, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Keep the answers given before the log-in where the account has none."""
        held = (e.view, e.view.company, e.view.order or e.view.paid)
        return then(_without(s, {name for one in held if one is not None for name in one.own_answers}))

    @dialog.always(CompanyPicked, CompanyChosen)
    def take_company_answers(s: OwnAnswers, e: CompanyPicked | CompanyChosen, ctx: Ctx) -> Decision[OwnAnswers]:
        """Go on with the answers of the company that the customer goes on with."""
        return then(_without(s, find_company(ctx, e.company_id).own_answers))

    @dialog.always(OrderPlaced)
    def note_own_order(s: OwnAnswers, e: OrderPlaced, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Note which order is the customer's own, placed here: the desk's own orders are asked nothing about."""
        return then(replace(s, ordered=e.order_id))


# --- one question ---


def _declare(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> None:
    step = _chosen if question.kind in CHOSEN else _typed
    declared = step(dialog, question, guest)

    @declared.on(Answered)
    def keep_answer(s: OwnAnswers, e: Answered, ctx: Ctx) -> Decision[OwnAnswers]:
        """Keep the answer, and say back one that was changed where the customer asked for that."""
        several = question.kind == "several"
        value = str(e.value)
        given = _one_of_several(s, question, value, ctx) if several else then(_answered(s, question, value))
        return then(given.slots, *given.effects, *_changed(s, given.slots, question, ctx))

    def pass_question_over(s: OwnAnswers, _e: Skipped, _ctx: Ctx) -> Decision[OwnAnswers]:
        return then(_answered(s, question, PASSED_OVER))

    if ways_to_answer.is_optional_row(question):
        declared.on(Skipped)(pass_question_over)


def _one_of_several(s: OwnAnswers, question: OwnQuestion, value: str, ctx: Ctx) -> Decision[OwnAnswers]:
    """Tick a box, or take the answer: those ticked, the one pressed, or those named in one sentence."""
    if value == PASSED_OVER:
        opened = question.id in s.ticked and question.id not in s.answers  # its boxes, to be changed
        kept = opened and find_stored_answer(question, ctx) is not None
        return then(_without_ticks(s, question) if kept else _answered(s, question, value))
    way, _, box = value.partition(":")
    ticked = ways_to_answer.ticked_of(s, question, ctx)
    if way == ways_to_answer.SEVERAL:
        return then(_with_ticks(s, question, ticked))
    if way == ways_to_answer.TOGGLE:
        return then(
            _with_ticks(s, question, [one for one in ways_to_answer.boxes(question) if (one in ticked) != (one == box)])
        )
    given = [one for one in question.options if one in (ticked if way == ways_to_answer.DONE else value.split(","))]
    return (
        then(_answered(s, question, ",".join(given))) if given else then(s, Say(f"{ways_to_answer.NAME}.none_ticked"))
    )


def _changed(before: OwnAnswers, s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> tuple[Say, ...]:
    """Return what says back an answer that was kept already; nothing while its boxes are ticked."""
    if question.id in before.answers or question.id not in s.answers or not _counts(before, question, ctx):
        return ()
    answer = word_answer(question, s.answers[question.id])
    return (Say("kit.corrected", {"step": Word(f"label.{question.id}"), "answer": answer}),)


def _without_ticks(s: OwnAnswers, question: OwnQuestion) -> OwnAnswers:
    return replace(s, ticked={name: ticked for name, ticked in s.ticked.items() if name != question.id})


def _with_ticks(s: OwnAnswers, question: OwnQuestion, ticked: Iterable[str]) -> OwnAnswers:
    return replace(s, ticked={**s.ticked, question.id: ",".join(ticked)})


class _Declared(TypedDict):
    """The fields of every question's step."""

    slot: str
    entry: str
    when: Condition[OwnAnswers]
    done: Condition[OwnAnswers]
    optional: bool
    revise: Literal["anew"]
    said: Callable[[str], Param | tuple[Param, ...]]
    ahead: Condition[OwnAnswers]
    in_books: Callable[[OwnAnswers, Ctx], object]
    guest: Guest
    card: NotRequired[Cards[OwnAnswers]]


def _declared(question: OwnQuestion, guest: Guest) -> _Declared:
    fields = _Declared(
        slot="answers",
        entry=question.id,
        when=lambda s, c: applies(s, question, c),
        done=lambda s, c: _is_done(s, question, c),
        optional=not question.required and not ways_to_answer.is_optional_row(question),
        revise="anew",
        said=lambda answer: word_answer(question, answer),
        ahead=lambda s, c: applies(s, question, c) and answer_of(s, question, c) is None,
        in_books=lambda _s, c: find_stored_answer(question, c),
        guest=guest,
    )
    if question.place == "pay":
        fields["card"] = order_card
    return fields


def _chosen(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> Step[OwnAnswers]:
    return dialog.choose(
        question.id,
        lambda s, c: (*ways_to_answer.own_options(s, question, c), *ways_to_answer.offer_skip_button(question, c)),
        several=question.kind == "several",
        intents=ways_to_answer.yes_and_no(question),
        **_declared(question, guest),
    )


def _typed(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> Step[OwnAnswers]:
    return dialog.ask(
        question.id,
        question.expects,
        parse=ways_to_answer.parser(question),
        options=lambda s, c: (
            *ways_to_answer.offer_last_answer(s, question, c),
            *ways_to_answer.offer_skip_button(question, c),
        ),
        free_text=question.kind == "text",
        **_declared(question, guest),
    )


# --- when it is asked ---


def _place(place: Place, dialogs: tuple[str, ...]) -> Guest:
    return next((one for one in PLACES[place] if one.host in dialogs), PLACES[place][-1])


def _is_done(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether nothing is to be asked: it is answered, needn't be on the order's card, or isn't due here."""
    if question.id in s.ticked:
        return False
    return ways_to_answer.is_optional_row(question) or _counts(s, question, ctx) or not _due(question, ctx)


def _due(question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether the customer is on the way on which it is asked: nobody is asked for having logged in."""
    order, account = ctx.case.order, ctx.case.account
    if question.place == "order":
        return order.id is not None and order.id == ctx.case.own.ordered and is_paid(ctx)
    if question.place == "company" and is_added(read_company(ctx)):
        return True
    if ctx.seller.sells:
        return order.id is None and is_ordering(ctx)
    return account.login is not None and not account.login.inside


def _counts(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether its answer is about the account, company or order at hand, and is one."""
    given = answer_of(s, question, ctx)
    return given is not None and not (question.required and given == PASSED_OVER)


# --- what becomes of the answers ---


def _answered(s: OwnAnswers, question: OwnQuestion, value: str) -> OwnAnswers:
    """Return the slots with an answer that is still to be kept."""
    return replace(_without_ticks(s, question), answers={**s.answers, question.id: value})


def _unsaved(s: OwnAnswers, ctx: Ctx) -> KeepAnswers | None:
    """Return the command that keeps what waits for it, of one holder at a time; None where nothing does."""
    waiting = [q for q in ctx.seller.own_questions if q.id in s.answers and holder_of(q, ctx)]
    if not waiting or ctx.case.account.id is None:
        return None
    together = [question for question in waiting if question.keep == waiting[0].keep]
    answers = {question.id: parse_kept_answer(question, s.answers[question.id]) for question in together}
    return KeepAnswers(ctx.case.account.id, waiting[0].keep, need_slot(holder_of(waiting[0], ctx)), answers)


def _without(s: OwnAnswers, names: Container[str]) -> OwnAnswers:
    return replace(s, answers={name: value for name, value in s.answers.items() if name not in names})
