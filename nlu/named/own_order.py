"""Wishes about an order that one has, and for a copy of one's data: to see it, its papers. None of it orders again.

The stem of ordering is in a noun, too ("pokaż zamówienie", "my order"): a wish to buy needs a form by which somebody
orders.
"""

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms
from nlu.questions.asking import asks
from nlu.questions.telling import words_of_its_own
from nlu.stance import is_asserted
from values.expected import Expected
from values.meaning import Intent, NavigationCommand, Press
from values.parsing import fold_words

_SAYS, _PAPERS = Forms("own"), Forms("papers")

_LONGEST, _LONGEST_OF_COPY, _MOST_WORDS, _OTHERS = 400, 300, 9, 3
BEGINNING = frozenset({"choose_plan", "renew_subscription", "order_addon"})
"""Intents that begin an order."""


def is_owner(expected: Expected) -> bool:
    """Return whether the pages of one's account are within reach: whoever names an order there has one."""
    return any(option.payload.startswith("zone:") for option in expected.options)


def orders_nothing(text: str, expected: Expected) -> bool:
    """Return whether words of ordering, of an owner's papers or of leaving stand in no form by which one orders."""
    said = fold_words(text[:_LONGEST])
    named = _SAYS.owned if is_owner(expected) else _SAYS.not_yet
    return named.search(said) is not None and _SAYS.buys.search(said) is None


def read_own_order(text: str, expected: Expected, langs: Languages) -> Press | Intent | NavigationCommand | None:
    """Return what is wanted of one's own order or papers; on the card of an order to be placed, that it be repeated."""
    said = fold_words(text[:_LONGEST])
    if is_owner(expected) and _SAYS.quits.search(said) is not None and is_asserted(text, langs):
        return Intent("cancel_subscription", 1.0, (), text)
    if is_owner(expected) and _SAYS.one_more.search(said) is not None and is_asserted(text, langs, polite=True):
        return Intent("order_addon", 1.0, (), text)  # one beside that which runs, not the one that follows it
    if len(said.split()) > _MOST_WORDS or "@" in text or _SAYS.otherwise.search(said) is not None:
        return None
    if not orders_nothing(text, expected):
        return None
    order = _SAYS.its_order.search(said) is not None
    named = (one for one in (_SAYS.troubled, _SAYS.papers, _SAYS.its_order) if one.search(said) is not None)
    about = next(named, _SAYS.leaves)
    if asks(text, langs) and (about is not _SAYS.its_order or _SAYS.asks_which.search(said) is None):
        return None
    if about is _SAYS.papers and not is_asserted(text, langs, about=about, polite=True):
        return None
    if order and about is _SAYS.troubled:
        return Intent("order_problem", 1.0, (), text)
    seen = about is _SAYS.its_order and _SAYS.sees.search(said) is not None
    if expected.rows:
        return NavigationCommand("repeat") if seen else None
    if is_owner(expected) and _SAYS.corrects.search(said) is not None:
        return Intent("invoice_problem", 1.0, (), text)
    if about is _SAYS.papers and is_owner(expected):
        if _SAYS.confirms.search(said) is None:
            return Press("zone:invoices", words=text)
        return Intent("payment_status" if _SAYS.pays.search(said) else "my_order", 1.0, (), text)
    if seen:
        return Intent("my_order", 1.0, (), text)
    return Intent("cancel_subscription", 1.0, (), text) if about is _SAYS.leaves and is_owner(expected) else None


def read_papers(text: str, langs: Languages) -> Intent | None:
    """Return that the invoice of what was paid is asked for, or is to be sent again; what it says is no such wish."""
    said = fold_words(text[:_LONGEST])
    if _PAPERS.other.search(said) is not None or "@" in text:
        return None
    again = _PAPERS.again.match(said) is not None
    wanted = again or _PAPERS.sought.match(said) is not None or (asks(text, langs) and _PAPERS.awaited.match(said))
    if not _PAPERS.bare.match(said) and not (wanted and words_of_its_own(text, "ask_invoice", langs) <= _OTHERS):
        return None
    return Intent("resend_invoice" if again else "ask_invoice", 1.0, (), text)


def wants_own_copy(text: str, langs: Languages) -> bool:
    """Return whether a message asks for a copy of what is stored of its author; a question about it does not."""
    if len(text) > _LONGEST_OF_COPY or _SAYS.copy.search(fold_words(text)) is None:
        return False
    return is_asserted(text, langs, about=_SAYS.copy, polite=True)
