"""What copies the books is declared by hand: the declaration is true of the code."""

from services.store.tables.schema import metadata
from tests.architecture.memory import COPIES, slots


def test_each_slot_that_copies_a_row_is_there_with_its_column() -> None:
    columns = {str(column) for table in metadata.tables.values() for column in table.columns}
    assert COPIES.keys() <= slots(), "a slot that is gone leaves the table, so that the figure falls"
    assert {*COPIES.values()} <= columns
