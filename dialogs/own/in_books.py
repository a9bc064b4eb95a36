"""Answers to a seller's own questions: as they are given here, else as the account's books have them."""

from dialogs.company.data import read_company, saved_as
from dialogs.state import Ctx, OwnAnswers
from values.question import Answers, OwnQuestion, typed


def holder_of(question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return the id of the account, company or order that its answer is about."""
    held = {"account": ctx.case.account.id, "company": saved_as(read_company(ctx)), "order": ctx.case.order.id}
    return held[question.keep]


def kept_answer(question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return the answer that is kept with it; "" was passed over."""
    books, holder = ctx.books, holder_of(question, ctx)
    held = {one.id: one.own_answers for one in (*books.companies, *books.orders)} | {books.id: books.own_answers}
    return _in(held.get(holder or "", {}), question)


def answer_of(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return the answer about the account, company or order at hand."""
    return s.answers[question.id] if question.id in s.answers else kept_answer(question, ctx)


def last_answer(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return that answer, else the one about the company or the order before."""
    if (answer := answer_of(s, question, ctx)) is not None:
        return answer
    before = {"account": None, "company": ctx.books.company, "order": ctx.books.order or ctx.books.paid}
    last = before[question.keep]
    return _in(last.own_answers, question) if last is not None else None


def _in(answers: Answers, question: OwnQuestion) -> str | None:
    return typed(answers[question.id]) if question.id in answers else None
