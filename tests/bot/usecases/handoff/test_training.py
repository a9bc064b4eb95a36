"""What the desk knows of a customer is taken out of their sentences, too."""

import sqlalchemy as sa

from bot.usecases.handoff.training import TrainingLabels
from dialogs.journey import journey
from services.store import journal
from tests.services.conftest import connection, postgres_engine, sqlite_engine
from tests.services.domain.people import NOW, buyer

__all__ = ["connection", "postgres_engine", "sqlite_engine"]


def test_names_and_addresses_that_are_on_file_go(connection: sa.Connection) -> None:
    buyer(connection)
    account = sa.table("account", sa.column("person_name"))
    connection.execute(sa.update(account).values(person_name="Anna Nowak"))
    said = "tu Nowak z Pracownia Bursztyn sp. z o.o., ul. Długa 12/4, gdańsk: co z tym żółwiem"
    line = journal.NewJournalEntry("talk-a1", 1, "customer", {"text": said, "missed": "not_understood"}, NOW)
    journal.add(connection, [line])

    [sentence] = TrainingLabels(journey(("account", "company"))).listed(connection)

    assert sentence.words == "tu [value] z [value], [value], [value]: co z tym żółwiem"
