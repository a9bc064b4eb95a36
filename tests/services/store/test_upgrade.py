"""A database that 0.1.0 filled is brought up under somebody who goes on writing; the large form is `benchmarks/`."""

import pytest
import sqlalchemy as sa

from benchmarks import upgrade
from services.store import migrate
from services.store.tables.schema import metadata

MANY = 200


def counts(url: str) -> dict[str, int]:
    """Rows in each table that 0.1.0 had."""
    with upgrade.opened(url) as engine, engine.connect() as connection:
        known = set(sa.inspect(connection).get_table_names()) & metadata.tables.keys()
        count = sa.func.count()
        return {
            name: connection.scalar(sa.select(count).select_from(metadata.tables[name])) or 0 for name in sorted(known)
        }


def test_what_0_1_0_left_is_all_there_and_can_be_read(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0001")
    rows = upgrade.fill(empty_url, MANY)
    before = counts(empty_url)

    with upgrade.Busy(empty_url) as busy:
        migrate.upgrade(empty_url)

    after = counts(empty_url)
    assert migrate.current(empty_url) == migrate.newest()
    assert sum(before.values()) == rows + 1
    assert {name: after[name] for name in before} == before
    assert upgrade.read(empty_url) == MANY
    assert busy.took_s


def test_a_state_that_no_rung_leads_up_from_is_found(empty_url: str) -> None:
    """The benchmark would tell: it reads as the desk does."""
    migrate.upgrade(empty_url)
    upgrade.fill(empty_url, 3)
    table = metadata.tables["conversation"]
    with upgrade.opened(empty_url) as engine, engine.begin() as connection:
        connection.execute(sa.update(table).values(state={"v": 1, "contact": {"phone": 48512000999}}))

    with pytest.raises(ValueError, match="contact"):
        upgrade.read(empty_url)
