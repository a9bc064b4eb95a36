"""The conditions under which a seller's own question is asked."""

from collections.abc import Callable, Mapping

from dialogs.company.data import country, read_company, read_legal_form
from dialogs.order.costs import plan_of
from dialogs.own.in_books import last_answer
from dialogs.state import Ctx, OwnAnswers
from values.question import OwnQuestion


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
    "addon": lambda c: frozenset(addon for addon, _ in c.case.cart.extra),
    "country": lambda c: frozenset((country(read_company(c), c),)),
    "legal_form": lambda c: frozenset((read_legal_form(read_company(c), c) or "",)),
    "language": lambda c: frozenset((c.case.talk.locale,)),
    "channel": lambda c: frozenset((c.channel,)),
}
"""The names that `when` may ask for, beside other questions."""
