"""A database belongs to one seller: the first start writes the profile's `id`, and no other id's desk starts there.

A desk of another seller would speak to this one's customers, in its own words and at its own prices.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.app.settings import Settings
from services.store.database import Store, parse_url
from services.store.installation_rows import agree, agreed

SELLER = "profile"
"""The row of the table `installation` that holds the seller's id."""


class AnotherSeller(Exception):
    """The database belongs to another seller; the message says what to do."""


def refuse_another(settings: Settings, seller: str) -> None:
    """Look whose the database is before anything is done to it, its schema included. Raises AnotherSeller."""
    url = parse_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            owner = agreed(connection, SELLER) if sa.inspect(connection).has_table("installation") else None
    except DBAPIError:
        return  # whoever brings the schema up says what is wrong with the database
    finally:
        engine.dispose()
    _compare(settings, owner, seller)


async def claim(settings: Settings, store: Store, seller: str) -> None:
    """Write the seller's id, unless the database has one; of two that start at once the first has it.

    Raises AnotherSeller, StoreUnavailable.
    """
    _compare(settings, await store.write(lambda connection: agree(connection, SELLER, seller)), seller)


def _compare(settings: Settings, owner: str | None, seller: str) -> None:
    if owner is None or owner == seller:
        return
    what = f"the database belongs to the seller `{owner}`, and this profile's id is `{seller}`"
    raise AnotherSeller(f"{what}. {remedy(settings, seller)}")


def remedy(settings: Settings, seller: str) -> str:
    """Say what to do about a database of another seller's."""
    if settings.sandboxed and settings.database_url is None:
        return f"To try another seller give it a data folder of its own: OKIENKO_DATA_DIR=data/{seller}"
    return (
        "Set this seller's own database in OKIENKO_DATABASE_URL. If it is the same seller under a new id, stop all its "
        f"processes and say `okienko db profile {seller}`"
    )
