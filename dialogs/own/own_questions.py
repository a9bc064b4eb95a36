"""A seller's own questions: each is asked at its place, and its answer kept with what it is about."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NotRequired, TypedDict

from msgspec.structs import replace

from dialogs.company.data import is_added, read_company, saved_as
from dialogs.kit import (
    Answered,
    Came,
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
    required,
    then,
)
from dialogs.kit.dialog import PASSED_OVER
from dialogs.messages.account import AccountLeft, LoggedIn
from dialogs.messages.company import CompanyChosen, CompanyPicked
from dialogs.messages.order import OrderBegun, OrderPlaced
from dialogs.messages.questions import AnswersKept, KeepAnswers, QuestionAnswered
from dialogs.order.in_books import is_paid
from dialogs.order.order_card import order_card
from dialogs.own.conditions import applies
from dialogs.own.ways_to_answer import (
    DONE,
    NAME,
    SEVERAL,
    TOGGLE,
    as_before,
    boxes,
    is_optional_row,
    own_options,
    parser,
    past,
    ticked_of,
    yes_and_no,
)
from dialogs.own.words import said
from dialogs.renewal.renewing import begun
from dialogs.state import Ctx, OwnAnswers
from values.account_view import AccountView
from values.question import CHOSEN, Answers, OwnQuestion, Place, stored, typed

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
    dialog = Dialog(NAME, OwnAnswers, outlives=_kept, shown_as="account")
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
        lambda s, c: required(_unsaved(s, c)),
        done=lambda s, c: _unsaved(s, c) is None,
        guest=_place("account", dialogs),
    )

    @dialog.always(Came)
    def came(s: OwnAnswers, _e: Came, ctx: Ctx) -> Decision[OwnAnswers]:
        """Take what another chat has changed; an answer that waits to be kept stays as it was given here."""
        return then(_on_file(s, ctx))

    @keep.on(AnswersKept)
    def kept(s: OwnAnswers, _e: AnswersKept, ctx: Ctx) -> Decision[OwnAnswers]:
        """Note with what they are kept, and tell the dialogs that do something with them."""
        saved = required(_unsaved(s, ctx))
        told = (Tell(QuestionAnswered(question, answer)) for question, answer in saved.answers.items())
        return then(replace(s, kept={**s.kept, **dict.fromkeys(saved.answers, saved.holder)}), *told)


def _know(dialog: Dialog[OwnAnswers]) -> None:
    """Declare what the dialog learns from the account, and forgets with it."""

    @dialog.always(LoggedIn)
    def logged_in(s: OwnAnswers, e: LoggedIn, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Take the account's answers; those given before the log-in stay where it has none."""
        return then(_of_account(s, e.view))

    @dialog.always(OrderBegun)
    def order_begun(s: OwnAnswers, _e: OrderBegun, ctx: Ctx) -> Decision[OwnAnswers]:
        """Take the account's answers for another order."""
        return then(_of_account(s, ctx.books))

    @dialog.always(CompanyPicked, CompanyChosen)
    def another_company(s: OwnAnswers, e: CompanyPicked | CompanyChosen, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Take the answers of the company that the customer goes on with."""
        return then(_with(s, e.view.own_answers, e.view.id))

    @dialog.always(OrderPlaced)
    def placed(s: OwnAnswers, e: OrderPlaced, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Note which order is the customer's own, placed here: the desk's own orders are asked nothing about."""
        return then(replace(s, ordered=e.order_id))

    @dialog.always(AccountLeft)
    def logged_out(_s: OwnAnswers, _e: AccountLeft, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Clear account data on log-out."""
        return then(OwnAnswers())


# --- one question ---


def _declare(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> None:
    step = _chosen if question.kind in CHOSEN else _typed
    declared = step(dialog, question, guest)

    @declared.on(Answered)
    def answered(s: OwnAnswers, e: Answered, ctx: Ctx) -> Decision[OwnAnswers]:
        """Keep the answer, and say back one that was changed where the customer asked for that."""
        several = question.kind == "several"
        given = _one_of_several(s, question, str(e.value)) if several else then(_answered(s, question, str(e.value)))
        return then(given.slots, *given.effects, *_changed(s, given.slots, question, ctx))

    def passed_over(s: OwnAnswers, _e: Skipped, _ctx: Ctx) -> Decision[OwnAnswers]:
        return then(_answered(s, question, PASSED_OVER))

    if is_optional_row(question):
        declared.on(Skipped)(passed_over)


def _one_of_several(s: OwnAnswers, question: OwnQuestion, value: str) -> Decision[OwnAnswers]:
    """Tick a box, or take the answer: those ticked, the one pressed, or those named in one sentence."""
    if value == PASSED_OVER:
        kept = question.id in s.kept and question.id in s.ticked  # its boxes were opened to be changed
        return then(_without_ticks(s, question) if kept else _answered(s, question, value))
    way, _, box = value.partition(":")
    ticked = ticked_of(s, question)
    if way == SEVERAL:
        return then(_with_ticks(s, question, ticked))
    if way == TOGGLE:
        return then(_with_ticks(s, question, [one for one in boxes(question) if (one in ticked) != (one == box)]))
    given = [one for one in question.options if one in (ticked if way == DONE else value.split(","))]
    return then(_answered(s, question, ",".join(given))) if given else then(s, Say(f"{NAME}.none_ticked"))


def _changed(before: OwnAnswers, s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> tuple[Say, ...]:
    """Return what says back an answer that was kept already; nothing while its boxes are ticked."""
    if question.id in s.kept or question.id not in before.kept or not _counts(before, question, ctx):
        return ()
    answer = said(question, s.answers[question.id])
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
    guest: Guest
    card: NotRequired[Cards[OwnAnswers]]


def _declared(question: OwnQuestion, guest: Guest) -> _Declared:
    fields = _Declared(
        slot="answers",
        entry=question.id,
        when=lambda s, c: applies(s, question, c),
        done=lambda s, c: _is_done(s, question, c),
        optional=not question.required and not is_optional_row(question),
        revise="anew",
        said=lambda answer: said(question, answer),
        ahead=lambda s, c: applies(s, question, c) and question.id not in s.answers,
        guest=guest,
    )
    if question.place == "pay":
        fields["card"] = order_card
    return fields


def _chosen(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> Step[OwnAnswers]:
    return dialog.choose(
        question.id,
        lambda s, c: (*own_options(s, question), *past(question, c)),
        several=question.kind == "several",
        intents=yes_and_no(question),
        **_declared(question, guest),
    )


def _typed(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> Step[OwnAnswers]:
    return dialog.ask(
        question.id,
        question.expects,
        parse=parser(question),
        options=lambda s, c: (*as_before(s, question), *past(question, c)),
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
    return is_optional_row(question) or _counts(s, question, ctx) or not _due(question, ctx)


def _due(question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether the customer is on the way on which it is asked: nobody is asked for having logged in."""
    order, account = ctx.case.order, ctx.case.account
    if question.place == "order":
        return order.id is not None and order.id == ctx.case.own.ordered and is_paid(ctx)
    if question.place == "company" and is_added(read_company(ctx)):
        return True
    if ctx.seller.sells:
        return order.id is None and begun(ctx)
    return account.login is not None and not account.login.inside


def _counts(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether its answer is about the account, company or order at hand, and is one."""
    given = s.answers.get(question.id)
    if given is None or (question.required and given == PASSED_OVER):
        return False
    return question.id not in s.kept or s.kept[question.id] == _holder(question, ctx)


# --- what becomes of the answers ---


def _answered(s: OwnAnswers, question: OwnQuestion, value: str) -> OwnAnswers:
    """Return the slots with an answer that is still to be kept."""
    return replace(
        _without_ticks(s, question),
        answers={**s.answers, question.id: value},
        kept={name: holder for name, holder in s.kept.items() if name != question.id},
    )


def _holder(question: OwnQuestion, ctx: Ctx) -> str | None:
    held = {"account": ctx.case.account.id, "company": saved_as(read_company(ctx)), "order": ctx.case.order.id}
    return held[question.keep]


def _unsaved(s: OwnAnswers, ctx: Ctx) -> KeepAnswers | None:
    """Return the command that keeps what waits for it, of one holder at a time; None where nothing does."""
    waiting = [q for q in ctx.seller.own_questions if q.id in s.answers and q.id not in s.kept and _holder(q, ctx)]
    if not waiting or ctx.case.account.id is None:
        return None
    together = [question for question in waiting if question.keep == waiting[0].keep]
    answers = {question.id: stored(question, s.answers[question.id]) for question in together}
    return KeepAnswers(ctx.case.account.id, waiting[0].keep, required(_holder(waiting[0], ctx)), answers)


def _kept(s: OwnAnswers) -> OwnAnswers:
    """Return what stays when the customer gives up: the answers that are kept."""
    return replace(s, answers={name: value for name, value in s.answers.items() if name in s.kept}, ticked={})


def _of_account(s: OwnAnswers, view: AccountView) -> OwnAnswers:
    known = _with(s, view.own_answers, view.id)
    if view.company is not None:
        known = _with(known, view.company.own_answers, view.company.id)
    order = view.order or view.paid
    return known if order is None else _with(known, order.own_answers, order.id)


def _on_file(s: OwnAnswers, ctx: Ctx) -> OwnAnswers:
    """Return the slots with the answers as they stand with what each is kept with, or would be."""
    books, waiting = ctx.books, s.answers.keys() - s.kept.keys()
    orders = (one for one in (books.order, books.paid, *books.waiting) if one is not None)
    answers = {books.id: books.own_answers} | {one.id: one.own_answers for one in (*books.companies, *orders)}
    for question in ctx.seller.own_questions:
        holder = s.kept.get(question.id) or _holder(question, ctx) or ""
        known = answers.get(holder, {})
        if question.id in known and question.id not in waiting:
            s = _with(s, {question.id: known[question.id]}, holder)
    return s


def _with(s: OwnAnswers, answers: Answers, holder: str) -> OwnAnswers:
    """Return the slots with all answers of the holder: a question that isn't asked just now may come back."""
    found = {name: typed(value) for name, value in answers.items()}
    return replace(s, answers={**s.answers, **found}, kept={**s.kept, **dict.fromkeys(found, holder)})
