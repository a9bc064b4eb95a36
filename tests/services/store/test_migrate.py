"""The migrations make exactly the tables of the code, forwards and backwards, on both databases."""

import re
import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace

from benchmarks import upgrade
from services.accounts import one_time_links
from services.companies import companies
from services.contacts import codes
from services.questions import own_answers
from services.store import conversations, jobs_table, journal, migrate, migration_steps, queue_schema
from services.store.database import open_store, parse_url
from services.store.errors import StoreTooNew, StoreUnavailable
from services.store.tables.accounts import code, one_time_link
from services.store.tables.schema import TABLES, metadata
from tests.architecture.rooms import ROOT
from tests.kit.narrow import present
from tests.services.domain import people
from tests.services.domain.people import NOW, buyer


def catalogue(url: str) -> dict[str, Any]:
    """Everything the database itself says about its schema."""
    engine = sa.create_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            tables = sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})
            return {table: _described(connection, table) for table in tables if not _of_the_queue(table)}
    finally:
        engine.dispose()


def _of_the_queue(table: str) -> bool:
    return table.startswith(queue_schema.PREFIX)


def by_name(found: Iterable[object]) -> list[str]:
    return sorted(str(one) for one in found)


def _described(connection: sa.Connection, table: str) -> dict[str, Any]:
    look = sa.inspect(connection)
    return {
        "columns": by_name(
            (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
            for column in look.get_columns(table)
        ),
        "indexes": by_name(index["name"] for index in look.get_indexes(table)),
        "unique": by_name(look.get_unique_constraints(table)),
        "references": by_name(look.get_foreign_keys(table)),
        "checks": by_name(look.get_check_constraints(table)),
        "key": str(look.get_pk_constraint(table)),
        "where": _conditions(connection, table),
    }


def _conditions(connection: sa.Connection, table: str) -> list[str]:
    catalogue = (
        "SELECT indexdef FROM pg_indexes WHERE tablename = :t AND indexdef LIKE '%WHERE%' ORDER BY 1"
        if connection.dialect.name == "postgresql"
        else "SELECT sql FROM sqlite_master WHERE tbl_name = :t AND sql LIKE '%WHERE%' ORDER BY 1"
    )
    return [" ".join(row[0].split()) for row in connection.execute(sa.text(catalogue), {"t": table})]


def test_a_migrated_database_is_the_code_s(empty_url: str) -> None:
    migrate.upgrade(empty_url, migrate.find_newest())
    found = catalogue(empty_url)
    assert set(found) == TABLES
    migrate.downgrade(empty_url, "base")
    migrate.upgrade(empty_url)  # made at once
    assert catalogue(empty_url) == found, "a step in services/store/migrations/versions/"


def test_alembic_sees_no_difference(empty_url: str) -> None:
    migrate.upgrade(empty_url, migrate.find_newest())
    engine = sa.create_engine(parse_url(empty_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        assert compare_metadata(context, metadata) == [], "a step in services/store/migrations/versions/"
    engine.dispose()


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name is None or not _of_the_queue(name)


def test_up_down_up(empty_url: str) -> None:
    assert migrate.current(empty_url) is None
    migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == migrate.find_newest() == migration_steps.revisions()[0]
    full = catalogue(empty_url)
    migrate.downgrade(empty_url, "base")
    assert migrate.current(empty_url) is None
    assert catalogue(empty_url) == {}
    migrate.upgrade(empty_url)
    migrate.upgrade(empty_url)
    assert catalogue(empty_url) == full


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def go() -> None:
        try:
            migrate.upgrade(empty_url)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(catalogue(empty_url)) == TABLES


def test_a_migration_that_fails_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DDL is in the transaction, on SQLite too."""

    class Broken(Exception):
        pass

    upgrade = migration_steps.command.upgrade

    def breaks(*args: Any) -> None:
        upgrade(*args)
        raise Broken

    monkeypatch.setattr(migration_steps.command, "upgrade", breaks)
    with pytest.raises(Broken):
        migrate.upgrade(empty_url, migrate.find_newest())
    assert migrate.current(empty_url) is None
    assert catalogue(empty_url) == {}


def test_a_database_of_a_newer_release_is_left_alone(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    engine = sa.create_engine(parse_url(empty_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreTooNew, match="9999"):
        migrate.upgrade(empty_url)


async def test_a_migrated_database_takes_the_store(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    store = open_store(empty_url)
    migrate.upgrade(empty_url)  # beside a running engine
    await store.close()


def test_a_database_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no database " * 200)
    for address in ("postgresql://nobody@127.0.0.1:1/none", f"sqlite:///{tmp_path}/no.db"):
        with pytest.raises(StoreUnavailable):
            migrate.upgrade(address)


async def test_forms_of_contact_of_before_are_answers_with_their_words(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    engine = sa.create_engine(parse_url(empty_url))
    with engine.begin() as connection:
        buyer(connection)
    migrate.downgrade(empty_url, "0034")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE company SET contact_form = 'email,sms'"))

    migrate.upgrade(empty_url)
    with engine.connect() as connection:
        kept = own_answers.read_answers(present(companies.get(connection, "f1")).own_answers)
    assert kept == {"contact_forms": own_answers.OwnAnswer(("email", "sms"), "Forma kontaktu", "E-mail, SMS")}

    migrate.downgrade(empty_url, "0034")
    with engine.connect() as connection:
        row = connection.execute(sa.text("SELECT contact_form, own_answers FROM company")).one()
    assert tuple(row) == ("email,sms", None)
    engine.dispose()


async def test_links_and_codes_that_an_earlier_life_kept_from_leaving_are_revoked(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    engine = sa.create_engine(parse_url(empty_url))
    job = jobs_table.StoredJob("", "talk", None, "SendLetter", {}, False, NOW)
    with engine.begin() as connection:
        people.conversation(connection, "talk")
        people.conversation(connection, "other")
        # At revision 3 the earlier conversation had sent something under the key that is given out again, at 4 not.
        for key in ("talk:3:2", "talk:30:1", "other:3:2"):
            jobs_table.add(connection, replace(job, key=key), now=NOW - timedelta(days=40))
        for revision, minutes in ((3, 3), (4, 4)):
            at = NOW + timedelta(minutes=minutes)
            journal.add(connection, [journal.NewJournalEntry("talk", revision, "customer", {}, at)])
            one_time_links.issue(
                connection, link_id=f"link {revision}", purpose="log_in", conversation_id="talk", account_id=None,
                data={}, server_key=people.KEY, now=at, ttl=timedelta(days=revision),
            )  # fmt: skip
            connection.execute(sa.update(one_time_link).values(state="open"))
            codes.issue(
                connection, challenge_id=f"code {revision}", purpose=f"sms {revision}", target="+48600700800",
                conversation_id="talk", server_key=people.KEY, now=at, quotas=False,
            )  # fmt: skip
    blocks = (ROOT / "docs" / "how-to" / "upgrade.md").read_text("utf-8").split("```sql")[1:]
    hit, asked = (sa.text(block.split("```")[0]) for block in blocks[:2])  # of 0.39.1, of 0.21.1
    with engine.connect() as connection:
        assert connection.execute(hit).all() == [], "nobody switched anything by words"
    migrate.downgrade(empty_url, "0037")
    with engine.connect() as connection:
        told = [(row.conversation, row.never_sent, row.purpose) for row in connection.execute(asked)]
    assert told == [("talk", "SendLetter", "log_in")]

    migrate.upgrade(empty_url)
    with engine.connect() as connection:
        states = [sa.select(one_time_link.c.id, one_time_link.c.state), sa.select(code.c.challenge_id, code.c.state)]
        assert {row.id: row.state for row in connection.execute(states[0])} == {"link 3": "cancelled", "link 4": "open"}
        assert {row[0]: row[1] for row in connection.execute(states[1])} == {"code 3": "replaced", "code 4": "open"}
        found = [conversations.load(connection, id, lock=False) for id in ("talk", "other")]
        births = [one.birth for one in found if one is not None]
        assert len({*births}) == 2
        assert all(re.fullmatch("[0-9a-f]{16}", birth) for birth in births)
    engine.dispose()


# --- a database that 0.1.0 filled is brought up under somebody who goes on writing; the large form is `benchmarks/` ---


MANY = 200


def counts(url: str) -> dict[str, int]:
    """Rows in each table that 0.1.0 had."""
    with upgrade.opened(url) as engine, engine.connect() as connection:
        known = set(sa.inspect(connection).get_table_names()) & metadata.tables.keys()
        count = sa.func.count()
        return {n: connection.scalar(sa.select(count).select_from(metadata.tables[n])) or 0 for n in sorted(known)}


def test_what_0_1_0_left_is_all_there_and_can_be_read(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0001")
    rows = upgrade.fill(empty_url, MANY)
    before = counts(empty_url)

    with upgrade.Busy(empty_url) as busy:
        migrate.upgrade(empty_url)

    after = counts(empty_url)
    assert migrate.current(empty_url) == migrate.find_newest()
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
