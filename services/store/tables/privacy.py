"""Privacy declarations: what an export and an erasure do with each column, stated where the column is defined.

Every column has one in its `info`, by `hand_out`, `leave_out` or `owner`; a test fails for a column without. Export,
erasure and retention follow from them (`services/privacy/`). Nothing here knows a table.
"""

from enum import Enum
from typing import Any

from msgspec import Struct

KEY = "privacy"
"""The name of the declaration in `info`."""


class OnErasure(Enum):
    """A column's fate when its person is erased."""

    KEPT = "kept"
    EMPTIED = "emptied"  # NULL where that is allowed, otherwise an empty text or object, or False
    REPLACED = "replaced by the row's id"
    STAMPED = "the moment of the erasure"
    DELETED = "deleted with its row"
    ON_FILE = "kept or deleted with the seller's own record, by the profile"
    BY_RULE = "by a rule of its own in erase.py"


KEPT, EMPTIED, REPLACED, STAMPED, DELETED, ON_FILE, BY_RULE = OnErasure

SAME = "the same as the id of the account"
COMPARED = "the same value, in the form in which it is compared"
INTERNAL = "a number or mark of the desk's own, of no meaning outside it"
OPERATIONAL = "nothing of a person"


class ColumnPrivacy(Struct, frozen=True):
    """A column's declaration.

    `field` is its promised name in the export, empty for the column's own; `withheld` the reason for leaving it out.
    `owner` marks a column that leads to the account: by its foreign key, or to the column named by `refers_to`.
    `after` moves the field behind another one.
    """

    erased: OnErasure
    field: str = ""
    withheld: str = ""
    owner: bool = False
    refers_to: str = ""
    after: str = ""


class ExportedTable(Struct, frozen=True):
    """A table that the export lists as a section of its own; `single`: at most one row."""

    section: str
    order: tuple[str, ...] = ()
    single: bool = False


Info = dict[Any, Any]


def hand_out(erased: OnErasure, field: str = "", *, after: str = "", owner: bool = False, refers_to: str = "") -> Info:
    """Declare a column that the export hands out."""
    return {KEY: ColumnPrivacy(erased, field, "", owner, refers_to, after)}


def leave_out(why: str, erased: OnErasure) -> Info:
    """Declare a column that the export leaves out."""
    return {KEY: ColumnPrivacy(erased, withheld=why)}


def owner(erased: OnErasure, why: str = SAME, *, refers_to: str = "") -> Info:
    """Declare a column that only leads to the account and is left out of the export."""
    return {KEY: ColumnPrivacy(erased, withheld=why, owner=True, refers_to=refers_to)}


def section(name: str, *order: str, single: bool = False) -> Info:
    """Declare a table as a section of the export, its rows in the order of these columns."""
    return {KEY: ExportedTable(name, order, single)}
