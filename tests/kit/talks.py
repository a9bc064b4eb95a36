"""A talk as rows: what a customer says, where that leaves them, and what the answers hold."""

from collections.abc import Sequence
from typing import TypeVar

from services.store import journal
from tests.desk.running import Customer, Running
from tests.desk.scripted import Scripted
from tests.kit.narrow import present

Who = TypeVar("Who", bound=Customer | Scripted)
#: Before words that no answer may hold.
NOT = "\N{NOT SIGN}"


async def says(who: Who, *messages: str) -> Who:
    """Say these one after the other."""
    for message in messages:
        await who.say(message)
    return who


async def plays(who: Customer | Scripted, *rows: Sequence[str]) -> str:
    """Say each row's first part. Its second is the step or the kind of answer then expected, "" for any; the others
    are words of the answers, begun with `NOT` where they may not be there. Returns the answers to the last row."""
    customer = who.customer if isinstance(who, Scripted) else who
    told = ""
    for said, stands, *words in rows:
        before = len(customer.said)
        await customer.say(said)
        told = plain("\n".join(customer.said[before:]))
        assert stands in ("", customer.at, customer.expects), (said, customer.at, customer.expects, told)
        for one in words:
            assert (one.removeprefix(NOT) in told) != one.startswith(NOT), (said, one, told)
    return told


def plain(words: str) -> str:
    """Return the words with spaces that may break."""
    return words.replace("\N{NO-BREAK SPACE}", " ")


async def place_of(desk: Running, customer: Customer) -> str:
    """Return the id of the customer's conversation."""
    return present(await desk.installation.desk.conversation("rest", customer.sender))


async def written(desk: Running, conversation: str) -> str:
    """Return the whole journal of a conversation; an entry's own representation leaves out what was said."""
    entries = await desk.installation.store.read(lambda c: journal.read_all(c, conversation))
    assert entries
    return "\n".join(str(entry.data) for entry in entries)
