"""E-mails with what agents said and their customers haven't read: which lines, when one is due, what became of it.

At most one letter of a conversation gathers; the timer beside it is owned by the letters, not by the conversation, so
that an ordinary turn knows nothing of it. The words stay in the journal: a letter names lines by their numbers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from services import keyed_hash
from services.store import timer_rows
from services.store.conversations import StoredConversation
from services.store.statements import PerDialect, columns
from services.store.tables.support import answer_letter as table
from services.store.tables.support import answer_stop
from values import email as emails
from values.private import PrivateStruct

State = Literal["gathering", "leaving", "mailed", "read", "no_address", "stopped", "failed"]
KIND = "answer_letter"
LIFETIME = timedelta(days=14)
"""For so long the letter's link leads to the conversation."""
_OWNER = "answers:"
_GATHERS = sa.text("last_seq IS NULL")  # literally the index's condition


class AnswerLetter(PrivateStruct):
    """One e-mail about the lines `first_seq` to `last_seq`, which is None while it gathers.

    `at`: since when it is in its state. `proven`: it went to a proven address. `mailbox` is a keyed hash.
    """

    id: str
    conversation_id: str
    first_seq: int
    last_seq: int | None
    due_at: datetime
    state: State
    at: datetime | None
    proven: bool | None
    mailbox: str | None

    def covers(self, seq: int) -> bool:
        """Return whether the line is one of the letter's."""
        return self.first_seq <= seq and (self.last_seq is None or seq <= self.last_seq)

    @property
    def expires_at(self) -> datetime:
        """Return when its link leads nowhere any more."""
        return (self.at or self.due_at) + LIFETIME


_fields = columns(table, AnswerLetter)
_here = table.c.conversation_id == sa.bindparam("of")
_OPEN = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["conversation_id"], index_where=_GATHERS).returning(
        table.c.id
    ),
)
_GATHERING = sa.select(*_fields).where(_here, _GATHERS)
_ALL = sa.select(*_fields).where(_here).order_by(table.c.first_seq)
_ONE = sa.select(*_fields).where(table.c.id == sa.bindparam("wanted"))
_OF_TOKEN = sa.select(*_fields).where(table.c.token_hash == sa.bindparam("wanted"))
_STOP = PerDialect(
    answer_stop,
    lambda insert: insert.on_conflict_do_update(index_elements=["mailbox"], set_={"at": insert.excluded.at}),
)


def owner_of(conversation_id: str) -> str:
    """Under what a conversation's letters keep their timer and jobs: no conversation has such an id."""
    return f"{_OWNER}{conversation_id}"


def owned_by(owner: str) -> str | None:
    """Return the conversation whose letters a timer or a job is about, None for another's."""
    return owner.removeprefix(_OWNER) if owner.startswith(_OWNER) else None


def token_of(server_key: bytes, letter_id: str) -> str:
    """Return the token in the letter's links. It opens nothing that is the customer's."""
    return keyed_hash.token(keyed_hash.key_of(server_key, letter_id), "answer letter", letter_id)


def note_agent_line(
    connection: sa.Connection, here: StoredConversation, server_key: bytes, *, now: datetime, due_at: datetime
) -> None:
    """Note the conversation's last line, an agent's: a letter that gathers has it, else one begins with it."""
    conversation_id, seq = here.id, here.seq
    letter_id = keyed_hash.mark_id(server_key, keyed_hash.derived_id(KIND, here.life, str(seq)))
    values = {
        "id": letter_id,
        "conversation_id": conversation_id,
        "first_seq": seq,
        "last_seq": None,
        "due_at": due_at,
        "state": "gathering",
        "at": now,
        "proven": None,
        "mailbox": None,
        "token_hash": keyed_hash.sha256_hex(token_of(server_key, letter_id)),
    }
    if connection.execute(_OPEN.of(connection), values).first() is not None:
        timer_rows.set_timer(connection, owner_of(conversation_id), KIND, due_at)


def put_off(connection: sa.Connection, letter: AnswerLetter, due_at: datetime) -> None:
    """Look at it again then."""
    connection.execute(sa.update(table).where(table.c.id == letter.id).values(due_at=due_at))
    timer_rows.set_timer(connection, owner_of(letter.conversation_id), KIND, due_at)


def find_gathering_letter(connection: sa.Connection, conversation_id: str) -> AnswerLetter | None:
    """Return the letter that gathers, for whoever holds the conversation's lock."""
    row = connection.execute(_GATHERING, {"of": conversation_id}).first()
    return None if row is None else AnswerLetter(*row)


def of_conversation(connection: sa.Connection, conversation_id: str) -> Sequence[AnswerLetter]:
    """Return all letters of a conversation, in the order of their lines."""
    return [AnswerLetter(*row) for row in connection.execute(_ALL, {"of": conversation_id})]


def get(connection: sa.Connection, letter_id: str) -> AnswerLetter | None:
    row = connection.execute(_ONE, {"wanted": letter_id}).first()
    return None if row is None else AnswerLetter(*row)


def find(connection: sa.Connection, token: str) -> AnswerLetter | None:
    """Return the letter of a token; changes nothing, as often as asked."""
    row = connection.execute(_OF_TOKEN, {"wanted": keyed_hash.sha256_hex(token)}).first()
    return None if row is None else AnswerLetter(*row)


def end(connection: sa.Connection, letter: AnswerLetter, state: State, last_seq: int, now: datetime) -> None:
    """End a letter that gathered and isn't sent; the next line begins another one."""
    _change(connection, letter.id, state=state, last_seq=last_seq, at=now)


def mark_leaving(
    connection: sa.Connection,
    letter: AnswerLetter,
    lines: tuple[int, int],
    *,
    proven: bool,
    mailbox: str,
    now: datetime,
) -> None:
    """Note that it leaves with these lines, the first and the last, for this mailbox."""
    first, last = lines
    _change(connection, letter.id, state="leaving", first_seq=first, last_seq=last, at=now)
    _change(connection, letter.id, proven=proven, mailbox=mailbox)


def readdress(connection: sa.Connection, letter_id: str, mailbox: str, *, proven: bool) -> None:
    """Note that a letter that is leaving goes to another mailbox: the address has changed since."""
    _change(connection, letter_id, mailbox=mailbox, proven=proven)


def settle(connection: sa.Connection, letter_id: str, state: State, now: datetime) -> None:
    """Note what became of a letter that was leaving."""
    _change(connection, letter_id, state=state, at=now)


def _change(connection: sa.Connection, letter_id: str, **values: object) -> None:
    connection.execute(sa.update(table).where(table.c.id == letter_id).values(**values))


def mailbox_of(server_key: bytes, address: str) -> str:
    """Return what stands for an address' mailbox in the store."""
    return keyed_hash.keyed_hex(server_key, "mailbox of answers", emails.mailbox(address))


def is_mailbox(server_key: bytes, mailbox: str, address: str) -> bool:
    """Return whether `mailbox` stands for this address."""
    return keyed_hash.is_keyed_hex(server_key, mailbox, "mailbox of answers", emails.mailbox(address))


def stop(connection: sa.Connection, mailbox: str, now: datetime) -> None:
    """No such letters to the mailbox from now on."""
    connection.execute(_STOP.of(connection), {"mailbox": mailbox, "at": now})


def stopped_at(connection: sa.Connection, server_key: bytes, address: str) -> datetime | None:
    """Return when the reader of the mailbox stopped such letters, None if they come."""
    these = [mailbox_of(key, address) for key in keyed_hash.all_keys(server_key)]
    found = sa.select(sa.func.max(answer_stop.c.at)).where(answer_stop.c.mailbox.in_(these))
    return connection.execute(found).scalar()
