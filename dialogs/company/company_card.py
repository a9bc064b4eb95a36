"""The company's card: the data that are confirmed, each row with the way to change it."""

from dialogs.company.data import FIELDS, own, shown
from dialogs.kit import CardContent, RowContent
from dialogs.state import Company, Ctx


def company_card(s: Company, ctx: Ctx) -> CardContent | None:
    """Return the card; none where two sets of data are to be chosen from."""
    if s.offered is not None:
        return None
    mine = own(s, ctx)
    rows = tuple(RowContent(name, edit=f"edit:{name}" if mine else None) for name in FIELDS)
    return CardContent("company", "company", rows, shown(s, ctx))
