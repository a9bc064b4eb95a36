"""The conditions under which a seller's own question is asked, and its answer, given here or in the books."""

from collections.abc import Callable, Mapping

from dialogs.company.data import country, find_saved_id, read_company, read_legal_form
from dialogs.order.bought import addons_of
from dialogs.order.cart_lines import plan_of
from dialogs.state import Ctx, OwnAnswers
from values.question import Answers, OwnQuestion, write_typed_answer


def applies(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> bool:
    """Return whether each name of its `when` has one of the values that it wants."""
    return all(not _known(s, name, ctx).isdisjoint(values) for name, values in question.when)


def _known(s: OwnAnswers, name: str, ctx: Ctx) -> frozenset[str]:
    """Return the values that a name of `when` has now: the facts of a journey, or the answer of another question."""
    if (fact := FACTS.get(name)) is not None:
        return fact(ctx)
    other = next((one for one in ctx.seller.own_questions if one.id == name), None)
    return frozenset(((last_answer(s, other, ctx) if other is not None else None) or "").split(","))


FACTS: Mapping[str, Callable[[Ctx], frozenset[str]]] = {
    "plan": lambda c: frozenset((plan_of(c),)),
    "addon": lambda c: frozenset(addon for addon, _ in addons_of(c.case.cart, c)),
    "country": lambda c: frozenset((country(read_company(c), c),)),
    "legal_form": lambda c: frozenset((read_legal_form(read_company(c), c) or "",)),
    "language": lambda c: frozenset((c.case.talk.locale,)),
    "channel": lambda c: frozenset((c.channel,)),
}
"""The names that `when` may ask for, beside other questions."""


def holder_of(question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return the id of the account, company or order that its answer is about."""
    held = {"account": ctx.case.account.id, "company": find_saved_id(read_company(ctx)), "order": ctx.case.order.id}
    return held[question.keep]


def find_stored_answer(question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return the answer that is kept with it; "" was passed over."""
    books, holder = ctx.books, holder_of(question, ctx)
    held = {one.id: one.own_answers for one in (*books.companies, *books.orders)} | {books.id: books.own_answers}
    return _in(held.get(holder or "", {}), question)


def answer_of(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return the answer about the account, company or order at hand."""
    return s.answers[question.id] if question.id in s.answers else find_stored_answer(question, ctx)


def last_answer(s: OwnAnswers, question: OwnQuestion, ctx: Ctx) -> str | None:
    """Return that answer, else the one about the company or the order before."""
    if (answer := answer_of(s, question, ctx)) is not None:
        return answer
    before = {"account": None, "company": ctx.books.company, "order": ctx.books.order or ctx.books.paid}
    last = before[question.keep]
    return _in(last.own_answers, question) if last is not None else None


def _in(answers: Answers, question: OwnQuestion) -> str | None:
    return write_typed_answer(answers[question.id]) if question.id in answers else None
