"""What the desk says and what programs of others read is as it was: a change of it is seen before it is shipped."""

from difflib import unified_diff

from services.seller.seller_events import MEANINGS
from tests.golden.files import FILES, HERE, made_events
from tests.table import table


@table("name", FILES)
def test_it_is_as_it_was(name: str) -> None:
    kept, now = (HERE / name).read_text("utf-8"), FILES[name]()
    changed = list(unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=0))
    assert not changed, f"if it is meant, write {name} anew with `make pages`:\n" + "\n".join(changed[:200])


def test_every_type_of_event_is_among_them() -> None:
    assert {event.type for event in made_events()} == MEANINGS.keys()
