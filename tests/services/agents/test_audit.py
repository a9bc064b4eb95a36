"""The trail: ids and counts, page by page, nothing of what people are called."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.agents import audit
from services.store.database import Store
from tests.services.databases import NOW


def test_it_is_read_page_by_page_newest_first(connection: sa.Connection) -> None:
    for n in range(5):
        audit.note(
            connection,
            agent_id=f"agent {n % 2}",
            what="seen",
            at=NOW + timedelta(seconds=n),
            conversation_id=f"c{n}",
            details={"n": n},
        )
    first = audit.page(connection, most=2)
    assert [entry.details["n"] for entry in first] == [4, 3]
    audit.note(connection, agent_id=None, what="new", at=NOW)
    second = audit.page(connection, before=first[-1].id, most=2)
    assert [entry.details["n"] for entry in second] == [2, 1], "what comes meanwhile shifts nothing"
    audit.forget_before(connection, NOW + timedelta(seconds=4))
    assert [entry.conversation_id for entry in audit.page(connection)] == ["c4"]


@pytest.mark.parametrize("details", [{"email": "a@b.pl"}, {"name": "Anna"}, {"why": "x" * 101}])
async def test_what_is_personal_is_refused(store: Store, details: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="trail"):
        await store.write(lambda c: audit.note(c, agent_id="a", what="seen", at=NOW, details=details))


def test_an_answer_put_right_is_known_until_its_person_is_erased(connection: sa.Connection) -> None:
    for talk in ("c1", "c2"):
        audit.note(connection, agent_id="a", what="corrected", at=NOW, conversation_id=talk, before="old", after="new")
    assert [(one.before, one.after) for one in audit.page(connection)] == [("old", "new")] * 2
    audit.forget_answers(connection, ["c1"])
    left = {one.conversation_id: (one.before, one.after) for one in audit.page(connection)}
    assert left == {"c1": (None, None), "c2": ("old", "new")}
