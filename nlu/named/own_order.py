"""Wishes about an order that one has, and for a copy of one's data: to see it, its papers. None of it orders again.

The stem of ordering is in a noun, too ("pokaż zamówienie", "my order"): a wish to buy needs a form by which somebody
orders.
"""

from functools import partial

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, wish
from nlu.questions.asking import asks
from nlu.stance import asserted
from values.meaning import Expected, Intent, NavigationCommand, Press
from values.parsing import fold_words

_SAYS = Forms("own")

_LONGEST, _LONGEST_OF_COPY, _MOST_WORDS = 400, 300, 9
_pattern = partial(wish, "own")
_BUYS, _ORDER, _LEAVES = _pattern("<buy>"), _pattern("<order>"), _pattern("<leave>..<service>|<leave> <service>")
_PAPER, _CORRECTION = _pattern("<paper>|<correction>"), _pattern("<correction>")
_CONFIRMATION, _MONEY = _pattern("<confirmation>"), _pattern("<money>")
_TROUBLE, _OTHERWISE = _pattern("<trouble>"), _pattern("<data>|<cancel>|<switch>")
_WHICH, _SEES = _pattern("^<which>..<mine>|^<which> <mine>"), _pattern("<see>|^(?:\\w+ )?<mine> \\w+$|^\\w+(?: \\w+)?$")
BEGINNING = frozenset({"choose_plan", "renew_subscription", "order_addon"})
"""Intents that begin an order."""


def is_owner(expected: Expected) -> bool:
    """Return whether the pages of one's account are within reach: whoever names an order there has one."""
    return any(option.payload.startswith("zone:") for option in expected.options)


def orders_nothing(text: str, expected: Expected) -> bool:
    """Return whether words of ordering, of an owner's papers or of leaving stand in no form by which one orders."""
    said = fold_words(text[:_LONGEST])
    named = _SAYS.owned if is_owner(expected) else _SAYS.not_yet
    return named.search(said) is not None and _BUYS.search(said) is None


def read_own_order(text: str, expected: Expected, langs: Languages) -> Press | Intent | NavigationCommand | None:
    """Return what is wanted of one's own order or papers; on the card of an order to be placed, that it be repeated."""
    said = fold_words(text[:_LONGEST])
    if is_owner(expected) and _SAYS.quits.search(said) is not None and asserted(text, langs):
        return Intent("cancel_subscription", 1.0, (), text)
    if is_owner(expected) and _SAYS.one_more.search(said) is not None and asserted(text, langs, polite=True):
        return Intent("order_addon", 1.0, (), text)  # one beside that which runs, not the one that follows it
    if len(said.split()) > _MOST_WORDS or "@" in text or _OTHERWISE.search(said) is not None:
        return None
    if not orders_nothing(text, expected):
        return None
    order = _ORDER.search(said) is not None
    about = next((one for one in (_TROUBLE, _PAPER, _ORDER) if one.search(said) is not None), _LEAVES)
    if asks(text, langs) and (about is not _ORDER or _WHICH.search(said) is None):
        return None
    if about is _PAPER and not asserted(text, langs, about=about, polite=True):
        return None
    if order and about is _TROUBLE:
        return Intent("order_problem", 1.0, (), text)
    seen = about is _ORDER and _SEES.search(said) is not None
    if expected.rows:
        return NavigationCommand("repeat") if seen else None
    if is_owner(expected) and _CORRECTION.search(said) is not None:
        return Intent("invoice_problem", 1.0, (), text)
    if about is _PAPER and is_owner(expected):
        if _CONFIRMATION.search(said) is None:
            return Press("zone:invoices", words=text)
        return Intent("payment_status" if _MONEY.search(said) else "my_order", 1.0, (), text)
    if seen:
        return Intent("my_order", 1.0, (), text)
    return Intent("cancel_subscription", 1.0, (), text) if about is _LEAVES and is_owner(expected) else None


def wants_own_copy(text: str, langs: Languages) -> bool:
    """Return whether a message asks for a copy of what is stored of its author; a question about it does not."""
    if len(text) > _LONGEST_OF_COPY or _SAYS.copy.search(fold_words(text)) is None:
        return False
    return asserted(text, langs, about=_SAYS.copy, polite=True)
