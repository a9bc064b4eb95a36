"""A reminder counts its days when it is shown, and is off the table once its end has come."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.profile.load import load
from dialogs.kit import Context
from dialogs.renewal import reminder
from dialogs.state import ConversationState, Offer, Reminder
from tests.table import table

END = datetime(2026, 12, 22, 12, tzinfo=UTC)
OPEN = Reminder(Offer("r2platnik", END))
SELLER = load(Path("profiles/r2platnik")).seller


@table(("before", "days"), [(30, 30), (10, 10), (1, 1), (0.1, 0)])
def test_the_days_are_those_of_the_moment(before: float, days: int) -> None:
    ctx = Context(ConversationState(), END - timedelta(days=before), "rest", SELLER)
    assert reminder.renew.when(OPEN, ctx)
    assert reminder.renew.params(OPEN, ctx)["days"] == days


def test_after_the_end_it_isnt_asked() -> None:
    assert not reminder.renew.when(OPEN, Context(ConversationState(), END + timedelta(minutes=1), "rest", SELLER))
