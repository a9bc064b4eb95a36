"""A seller's own questions: each is asked at its place, and its answer kept with what it is about."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, NotRequired, TypedDict

from msgspec.structs import replace

from dialogs.kit import (
    Answered,
    Cards,
    Condition,
    Decision,
    Dialog,
    Guest,
    Option,
    Param,
    Skipped,
    Step,
    Tell,
    required,
    then,
)
from dialogs.kit.dialog import PASSED_OVER, SKIP
from dialogs.messages.account import AccountLeft, LoggedIn
from dialogs.messages.company import CompanyChosen, CompanyPicked
from dialogs.messages.order import OrderBegun, OrderPlaced
from dialogs.messages.questions import AnswersKept, KeepAnswers, QuestionAnswered
from dialogs.order.order_card import order_card
from dialogs.own.conditions import applies
from dialogs.own.words import said
from dialogs.renewal.renewing import begun
from dialogs.state import Ctx, OwnAnswers
from values import email, phone
from values.account_view import AccountView
from values.hours import zone_of
from values.kinds.date import parse_date
from values.kinds.number import parse_number
from values.parsing import Parsed
from values.question import CHOSEN, NO, YES, Answers, OwnQuestion, Place, parse_words, stored, typed

NAME = "own"
TOGGLE, DONE = "toggle", "done"
MOST_OFFERED = 40
"""Characters of an earlier answer that is offered as a button."""
PLACES: Mapping[Place, tuple[Guest, ...]] = {
    "account": (Guest("lost_password", shown_as="account"), Guest("on_file", shown_as="account"), Guest("account")),
    "contact": (Guest("contact"),),
    "company": (Guest("company"),),
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

    @keep.on(AnswersKept)
    def kept(s: OwnAnswers, _e: AnswersKept, ctx: Ctx) -> Decision[OwnAnswers]:
        """Note with what they are kept, and tell the dialogs that do something with them."""
        saved = required(_unsaved(s, ctx))
        told = (Tell(QuestionAnswered(question, answer)) for question, answer in saved.answers.items())
        return then(replace(s, kept={**s.kept, **dict.fromkeys(saved.answers, saved.holder)}), *told)


def _know(dialog: Dialog[OwnAnswers]) -> None:
    """Declare what the dialog learns from the account, and forgets with it."""

    @dialog.always(LoggedIn, OrderBegun)
    def known(s: OwnAnswers, e: LoggedIn | OrderBegun, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Take the account's answers; those given before the log-in stay where it has none."""
        return then(_of_account(s, e.view))

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
    def answered(s: OwnAnswers, e: Answered, _ctx: Ctx) -> Decision[OwnAnswers]:
        """Keep the answer; boxes are ticked until they are sent."""
        value = str(e.value)
        if question.kind != "several":
            return then(_answered(s, question, value))
        ticked, way = _ticked(s, question), value.partition(":")
        if way[0] == TOGGLE:
            now = (one for one in question.options if (one in ticked) != (one == way[2]))
            return then(replace(s, ticked={**s.ticked, question.id: ",".join(now)}))
        named = [one for one in question.options if one in (ticked if value == DONE else value.split(","))]
        return then(_answered(s, question, ",".join(named)))

    def passed_over(s: OwnAnswers, _e: Skipped, _ctx: Ctx) -> Decision[OwnAnswers]:
        return then(_answered(s, question, PASSED_OVER))

    if _is_optional_row(question):
        declared.on(Skipped)(passed_over)


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
        optional=not question.required and not _is_optional_row(question),
        revise="anew",
        said=lambda answer: said(question, answer),
        ahead=lambda s, c: applies(s, question, c) and question.id not in s.answers,
        guest=guest,
    )
    if question.place == "pay":
        fields["card"] = order_card
    return fields


def _chosen(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> Step[OwnAnswers]:
    yes_no = question.kind == "yes_no"
    return dialog.choose(
        question.id,
        lambda s, c: (*_options(s, question), *_past(question, c)),
        several=question.kind == "several",
        intents={"affirm": f"{question.id}:{YES}", "deny": f"{question.id}:{NO}"} if yes_no else {},
        **_declared(question, guest),
    )


def _typed(dialog: Dialog[OwnAnswers], question: OwnQuestion, guest: Guest) -> Step[OwnAnswers]:
    return dialog.ask(
        question.id,
        question.expects,
        parse=_parser(question),
        options=lambda s, c: (*_as_before(s, question), *_past(question, c)),
        free_text=question.kind == "text",
        **_declared(question, guest),
    )


def _options(s: OwnAnswers, question: OwnQuestion) -> tuple[Option, ...]:
    """Return a button for each option, the one chosen last first, or a box for each and one that sends them."""
    if question.kind == "yes_no":
        return tuple(Option(f"{question.id}:{way}", f"option.{NAME}.{way}") for way in (YES, NO))
    titles = {one: f"option.{question.id}.{one}" for one in question.options}
    if question.kind == "several":
        ticked = _ticked(s, question)
        boxes = (Option(f"{question.id}:{TOGGLE}:{one}", key, ticked=one in ticked) for one, key in titles.items())
        named = (Option(f"{question.id}:{one}", key, hidden=True) for one, key in titles.items())
        return (*boxes, Option(f"{question.id}:{DONE}", f"option.{NAME}.{DONE}"), *named)
    last = s.answers.get(question.id)
    return tuple(Option(f"{question.id}:{one}", titles[one]) for one in sorted(titles, key=lambda one: one != last))


def _past(question: OwnQuestion, ctx: Ctx) -> tuple[Option, ...]:
    """Return the button past an optional row of the order's card, while it is open: else the row holds nothing up."""
    opened = _is_optional_row(question) and ctx.case.talk.revising == f"{NAME}.{question.id}"
    return (Option(f"{question.id}:{SKIP}", f"option.{question.id}.{SKIP}"),) if opened else ()


def _as_before(s: OwnAnswers, question: OwnQuestion) -> tuple[Option, ...]:
    """Return the answer of another order or company as a button."""
    last = s.answers.get(question.id)
    if not last or question.id not in s.kept or len(last) > MOST_OFFERED:
        return ()
    return (Option(f"{question.id}:{last}", f"option.{NAME}.last", {"answer": last}),)


def _parser(question: OwnQuestion) -> Callable[[str, OwnAnswers, Ctx], Parsed[Any]]:
    match question.kind:
        case "number":
            return lambda text, _s, _c: parse_number(text, minimum=question.min, maximum=question.max)
        case "date":
            return lambda text, _s, c: parse_date(text, today=_today(c), locale=c.case.talk.locale)
        case "email":
            return lambda text, _s, _c: email.parse(text)
        case "phone":
            return lambda text, _s, c: phone.parse(text, c.seller.country, ())
        case _:
            return lambda text, _s, _c: parse_words(text)


def _today(ctx: Ctx) -> date:
    return ctx.now.astimezone(zone_of(ctx.case.country, ctx.seller.time_zone)).date()


def _ticked(s: OwnAnswers, question: OwnQuestion) -> list[str]:
    ticked = s.ticked.get(question.id, s.answers.get(question.id, ""))
    return [one for one in ticked.split(",") if one in question.options]


# --- when it is asked ---


def _place(place: Place, dialogs: tuple[str, ...]) -> Guest:
    return next((one for one in PLACES[place] if one.host in dialogs), PLACES[place][-1])


def _is_optional_row(question: OwnQuestion) -> bool:
    return question.place == "pay" and not question.required


def _is_done(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether nothing is to be asked: it is answered, needn't be on the order's card, or isn't due here."""
    return _is_optional_row(question) or _counts(s, question, ctx) or not _due(question, ctx)


def _due(question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether the customer is on the way on which it is asked: nobody is asked for having logged in."""
    order, account = ctx.case.order, ctx.case.account
    if question.place == "order":
        return order.id is not None and order.id == ctx.case.own.ordered and ctx.case.payment.status == "paid"
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
        s,
        answers={**s.answers, question.id: value},
        kept={name: holder for name, holder in s.kept.items() if name != question.id},
        ticked={name: ticked for name, ticked in s.ticked.items() if name != question.id},
    )


def _holder(question: OwnQuestion, ctx: Ctx) -> str | None:
    held = {"account": ctx.case.account.id, "company": ctx.case.company.id, "order": ctx.case.order.id}
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


def _with(s: OwnAnswers, answers: Answers, holder: str) -> OwnAnswers:
    """Return the slots with all answers of the holder: a question that isn't asked just now may come back."""
    found = {name: typed(value) for name, value in answers.items()}
    return replace(s, answers={**s.answers, **found}, kept={**s.kept, **dict.fromkeys(found, holder)})
