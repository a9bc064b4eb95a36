"""Compare a turn's cost by how much is stored: `python -m benchmarks.stored 1000 200000 1000000`.

Conversations of 4 to 30 turns, each tenth with an account and a paid order, are held on a desk in this process (SQLite)
and multiplied in its file, with names of their own wherever they stand. Then a desk for each number is alive, and they
are measured in turn: new customers, and the first message of customers who return, each conversation once, picked at
random. CPU is the process' own. A million take ten minutes to store, and 16 GB.
"""

import argparse
import asyncio
import gc
import random
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from statistics import mean

import sqlalchemy as sa

from benchmarks.mixed import AT_ONCE, TALK, Say, cpu_ms, new, saying
from bot.bench.turns import turns
from bot.conversation.identity import hashed_address
from services.store.tables.base import BigId
from services.store.tables.core import OPEN_CALL, call
from services.store.tables.schema import metadata
from tests.desk.running import running_desk
from tests.desk.scripted import bought, until
from values.channel import Channel

FILE = "okienko.sqlite"
HELD = 250
EACH_BUYS = 10
LONGEST = 30
INTERLEAVED = 50
"""So many copies of a conversation lie between each other in the journal, as if they had been held at once."""
ONCE = ("agent", "consent_text", "counter", "installation")
"""Tables of the installation, not of a customer."""
A_WEEK = "inbound"
"""Of these rows only the first copies' are made: a message's mark is kept for a week."""
LINES = ("after_line", "until_line")
"""Columns with numbers of the journal's lines beside those of ids."""
HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,}")
NUMBER = re.compile(r"(?<=klient\.)(?=[0-9a-f]{10}@)|(?<=\b\d{4}/)(?=\d{6}\b)|(?<=\+485)12\d\d(?=\d{4}\b)")
"""Where copies of an address, an order's number and a telephone's differ."""


async def hold(folder: Path) -> None:
    """Hold the conversations that are multiplied."""
    async with running_desk(folder) as desk:
        say = saying(desk.installation)
        for number in range(HELD):
            if number % EACH_BUYS:
                sender, words = hashed_address(Channel.REST, f"stored-{number}"), [*turns(number), *TALK * 5]
            else:
                sender, words = hashed_address(Channel.REST, (await bought(desk)).customer.sender), list(TALK)
            for each in words[: 4 + int((LONGEST - 3) * (number / HELD) ** 4)]:
                await say(sender, each)
        asked = sa.select(call.c.id).where(OPEN_CALL)
        await until(lambda: desk.installation.store.read(lambda c: c.execute(asked).first() is None))


def multiply(file: Path, copies: int) -> None:
    """Put so many copies of each conversation in the place of what the file holds."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {setting}").fetchall()
        shared = {row[0] for row in connection.execute("SELECT text_sha256 FROM consent_text")}

        def marked(text: str) -> str:
            hashes = HASH.sub(lambda found: found[0] if found[0] in shared else f"¤{found[0][8:]}", text)
            return NUMBER.sub("§", hashes)

        # They have come for whoever left; and there is one comparison of all payments.
        connection.execute("DELETE FROM timer WHERE kind IN ('silence', 'slow', 'compare')")
        connection.create_function("marked", 1, marked, deterministic=True)
        connection.execute("CREATE TEMP TABLE copy (place INTEGER PRIMARY KEY, hash TEXT, number TEXT)")
        tables = [table for table in metadata.sorted_tables if table.name not in ONCE]
        inserts = {table.name: _copying(connection, table) for table in tables}
        (lines,) = connection.execute("SELECT max(id) + 1 FROM old_journal").fetchone()
        for begun in range(0, copies, INTERLEAVED):
            # A hash begins anywhere, as real ones do: times an odd number they all stay different.
            rows = [(n - begun, f"{n * 2654435761 % 2**32:08x}", f"{n:04}") for n in range(begun, copies)]
            connection.execute("BEGIN")
            connection.execute("DELETE FROM copy")
            connection.executemany("INSERT INTO copy VALUES (?, ?, ?)", rows[:INTERLEAVED])
            for table, insert in inserts.items():
                if table != A_WEEK or not begun:
                    connection.execute(insert, {"begun": begun * lines})
            connection.execute("COMMIT")


def _copying(connection: sqlite3.Connection, table: sa.Table) -> str:
    """Move the table's rows to a temporary one, and return what writes a copy of each for every row of `copy`."""
    old, names = f"old_{table.name}", [column.name for column in table.c]
    marked = ", ".join(f"iif(typeof({name}) = 'text', marked({name}), {name}) AS {name}" for name in names)
    connection.execute(f"CREATE TEMP TABLE {old} AS SELECT {marked} FROM {table.name} ORDER BY rowid")
    connection.execute(f"DELETE FROM {table.name}")
    values = ", ".join(_value(connection, old, column) for column in table.c)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {old} CROSS JOIN copy"


def _value(connection: sqlite3.Connection, old: str, column: sa.Column[object]) -> str:
    name = f"{old}.{column.name}"
    if column.type is BigId or column.name in LINES:
        return f":begun + {name} * {INTERLEAVED} + copy.place"
    if old == "old_timer" and column.name == "due_at":  # in a year, so that nothing but turns is measured
        return f"(substr({name}, 1, 4) + 1) || substr({name}, 5)"
    marks = connection.execute(f"SELECT 1 FROM {old} WHERE instr({name}, '¤') OR instr({name}, '§')").fetchone()
    return f"replace(replace({name}, '¤', copy.hash), '§', copy.number)" if marks else name


async def compare(sizes: Sequence[int], folder: Path, rounds: int) -> None:
    """Print what a turn costs with each number of conversations stored: the middle of the rounds."""
    await hold(folder / "held")
    for size in sizes:
        shutil.copytree(folder / "held", folder / str(size))
        multiply(folder / str(size) / FILE, size // HELD)
    async with AsyncExitStack() as stack:
        desks = list[tuple[Say, list[str]]]()
        for size in sizes:
            desk = await stack.enter_async_context(running_desk(folder / str(size)))
            desks.append((saying(desk.installation), _addresses(folder / str(size) / FILE, (rounds + 1) * AT_ONCE)))
        gc.collect()
        gc.freeze()
        costs = [await _round(desks, number) for number in range(rounds + 1)][1:]  # the first one loads
    for kind, what in enumerate(("new customers", "returning, first message, cold")):
        for at, size in enumerate(sizes):
            # Not the medians: each few hundred turns the log is written back, and that is part of them.
            ms, least = (mean(cost[n][kind] for cost in costs) for n in (at, 0))
            print(f"{what}, {size:,} stored: {ms:.3f} ms of CPU a turn, {ms / least:.2f}")


def _addresses(file: Path, most: int) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT address FROM conversation").fetchall()
    return [address for (address,) in random.sample(found, most)]


async def _round(desks: Sequence[tuple[Say, list[str]]], number: int) -> list[tuple[float, float]]:
    """Return what a turn costs on each desk, measured in the order of the desks and against it in turn."""
    order = range(len(desks))[:: -1 if number % 2 else 1]
    costs = {at: await _costs(*desks[at]) for at in order}
    return [costs[at] for at in range(len(desks))]


async def _costs(say: Say, addresses: list[str]) -> tuple[float, float]:
    """Return what a turn costs of new customers, and of so many who return; these are taken off the addresses."""
    back = [(addresses.pop(), [TALK[n % len(TALK)]]) for n in range(AT_ONCE)]
    return await cpu_ms(say, new(AT_ONCE)), await cpu_ms(say, back)


def main() -> None:
    """Read the arguments, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="+", help=f"how many conversations are stored: times {HELD}")
    parser.add_argument("--rounds", type=int, default=14)
    parser.add_argument("--folder", type=Path, help="where the files are made; else a temporary one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        asyncio.run(compare(given.sizes, Path(folder), given.rounds))


if __name__ == "__main__":
    main()
