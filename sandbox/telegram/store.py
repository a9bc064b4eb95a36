"""Telegram's state: bots, people, chats, messages, and updates that no bot has confirmed yet."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.clock import SandboxClock
from sandbox.database import stamp, struct_of
from sandbox.ledger import Ledger
from sandbox.telegram.shapes import KINDS, Json, KeptMessage, TelegramPerson

MOST_FILES: Final = 100
TYPING_LASTS: Final = timedelta(seconds=5)
FIRST_PERSON: Final = 501_000_001
SEEDED: Final = (("Ola", "pl", "48512000999"), ("Marco", "it", "393331234567"), ("Kate", "en", "48512000666"))
"""Those who are there from the start: first name, language of their client, phone."""
_BOT_FIELDS: Final = {
    "webhook": "UPDATE telegram_bots SET webhook = ? WHERE id = ?",
    "allowed": "UPDATE telegram_bots SET allowed = ? WHERE id = ?",
    "commands": "UPDATE telegram_bots SET commands = ? WHERE id = ?",
}
_MESSAGES: Final = "SELECT m.*, p.first_name, p.language_code, p.phone FROM telegram_messages m"
_WITH_PEOPLE: Final = f"{_MESSAGES} JOIN telegram_people p ON p.id = m.person"


class TelegramStore:
    def __init__(self, ledger: Ledger, clock: SandboxClock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._typing: dict[tuple[int, int], datetime] = {}
        self._files: dict[str, bytes] = {}

    # Bots

    def meet(self, bot: int) -> None:
        """Know a bot from its first call on."""
        if self._ledger.row("SELECT id FROM telegram_bots WHERE id = ?", bot) is None:
            self._ledger.execute("INSERT OR IGNORE INTO telegram_bots VALUES (?, NULL, ?, '{}')", (bot, _json(KINDS)))

    def bots(self) -> list[int]:
        return [row["id"] for row in self._ledger.rows("SELECT id FROM telegram_bots ORDER BY id")]

    def of_bot(self, bot: int, field: str) -> Any:
        """Return `webhook`, `allowed` or `commands` of a bot."""
        row = self._ledger.row("SELECT * FROM telegram_bots WHERE id = ?", bot)
        return None if row is None or row[field] is None else json.loads(row[field])

    def set_for_bot(self, bot: int, field: str, value: object) -> None:
        """Set one of them."""
        self._ledger.execute(_BOT_FIELDS[field], (None if value is None else _json(value), bot))

    def profile(self, bot: int, name: str, language: str) -> str:
        """Return what the bot's profile says in a language itself; "" is for those without words of their own."""
        asked = "SELECT value FROM telegram_profiles WHERE bot = ? AND name = ? AND language = ?"
        row = self._ledger.row(asked, bot, name, language)
        return "" if row is None else row["value"]

    def set_profile(self, bot: int, name: str, language: str, value: str) -> None:
        """Set it; nothing takes it away."""
        with self._ledger.write() as connection:
            gone = "DELETE FROM telegram_profiles WHERE bot = ? AND name = ? AND language = ?"
            connection.execute(gone, (bot, name, language))
            if value:
                connection.execute("INSERT INTO telegram_profiles VALUES (?,?,?,?)", (bot, name, language, value))

    # People and chats

    def people(self) -> list[TelegramPerson]:
        """Return all people; the first time there are a few."""
        rows = self._ledger.rows("SELECT * FROM telegram_people ORDER BY id")
        if not rows:
            with self._ledger.write() as connection:
                for number, fields in enumerate(SEEDED, FIRST_PERSON):
                    connection.execute("INSERT OR IGNORE INTO telegram_people VALUES (?,?,?,?)", (number, *fields))
            return self.people()
        return [_person(row, row["id"]) for row in rows]

    def person(self, number: int) -> TelegramPerson | None:
        return next((person for person in self.people() if person.id == number), None)

    def add_person(self, first_name: str, language_code: str, phone: str) -> TelegramPerson:
        """Make a new account."""
        number = self.people()[-1].id + 1
        self._ledger.execute("INSERT INTO telegram_people VALUES (?,?,?,?)", (number, first_name, language_code, phone))
        return TelegramPerson(number, first_name, language_code, phone)

    def chat(self, bot: int, person: int) -> sqlite3.Row | None:
        """Return a chat's row; None before the person has started the bot."""
        return self._ledger.row("SELECT * FROM telegram_chats WHERE bot = ? AND person = ?", bot, person)

    def open_chat(self, bot: int, person: int) -> None:
        """Begin a chat, if there is none yet."""
        self._ledger.execute("INSERT OR IGNORE INTO telegram_chats VALUES (?,?,0,NULL)", (bot, person))

    def block(self, bot: int, person: int, *, blocked: bool) -> None:
        """Let the person block the bot, or let it in again."""
        self._ledger.execute(
            "UPDATE telegram_chats SET blocked = ? WHERE bot = ? AND person = ?", (blocked, bot, person)
        )

    def show_keyboard(self, bot: int, person: int, keyboard: Json | None) -> None:
        """Put a reply keyboard under the chat, or take it away."""
        self._ledger.execute(
            "UPDATE telegram_chats SET keyboard = ? WHERE bot = ? AND person = ?",
            (None if keyboard is None else _json(keyboard), bot, person),
        )

    def keyboard(self, bot: int, person: int) -> Json | None:
        """Return the reply keyboard under a chat."""
        opened = self.chat(bot, person)
        return None if opened is None or opened["keyboard"] is None else json.loads(opened["keyboard"])

    def show_typing(self, bot: int, person: int) -> None:
        """Show for a while, or until the bot's next message, that it is writing."""
        self._typing[bot, person] = self._clock.now() + TYPING_LASTS

    def is_typing(self, bot: int, person: int) -> bool:
        """Say whether the chat shows that the bot is writing."""
        return (until := self._typing.get((bot, person))) is not None and self._clock.now() < until

    # Messages

    def add_message(
        self, bot: int, person: int, content: Mapping[str, Any], *, by_bot: bool, fixed: bool = False
    ) -> KeptMessage:
        """Keep a new message. A person's is later than what they answer, by a second at least: they have read it."""
        at = int(self._clock.now().timestamp())
        if by_bot:
            self._typing.pop((bot, person), None)
        with self._ledger.write():
            if not by_bot:
                last = self._ledger.row(
                    "SELECT max(at) AS at FROM telegram_messages WHERE bot = ? AND person = ? AND by_bot", bot, person
                )
                at = max(at, (last["at"] if last is not None and last["at"] else 0) + 1)
            kept = {"by_bot": by_bot, "fixed": fixed, "content": _json(content), "at": at}
            return self.must_have(bot, person, self._ledger.insert("telegram_messages", bot=bot, person=person, **kept))

    def message(self, bot: int, person: int, number: int) -> KeptMessage | None:
        """Return a message of a chat."""
        row = self._ledger.row(f"{_WITH_PEOPLE} WHERE m.bot = ? AND m.person = ? AND m.id = ?", bot, person, number)
        return None if row is None else _kept(row)

    def must_have(self, bot: int, person: int, number: int) -> KeptMessage:
        """Return a message that there is. Errors: LookupError."""
        found = self.message(bot, person, number)
        if found is None:
            raise LookupError(number)
        return found

    def messages(self, bot: int, person: int) -> list[KeptMessage]:
        """Return a chat, oldest first."""
        rows = self._ledger.rows(f"{_WITH_PEOPLE} WHERE m.bot = ? AND m.person = ? ORDER BY m.id", bot, person)
        return [_kept(row) for row in rows]

    def change(self, kept: KeptMessage, content: Mapping[str, Any], *, words: bool) -> KeptMessage:
        """Give a message another content; `words`: it counts as edited."""
        at = int(self._clock.now().timestamp()) if words else kept.edited_at
        self._ledger.execute(
            "UPDATE telegram_messages SET content = ?, edited_at = ? WHERE id = ?", (_json(content), at, kept.id)
        )
        return self.must_have(kept.bot, kept.person.id, kept.id)

    def delete(self, kept: KeptMessage) -> None:
        """Delete a message for both sides."""
        self._ledger.execute("DELETE FROM telegram_messages WHERE id = ?", (kept.id,))

    def keep_file(self, content: bytes) -> str:
        """Keep what a person sent, in memory alone and the last hundred; returns its SHA-256, by which it is found."""
        name = hashlib.sha256(content).hexdigest()
        self._files[name] = content
        for old in list(self._files)[:-MOST_FILES]:
            del self._files[old]
        return name

    def file(self, name: str) -> bytes | None:
        return self._files.get(name)

    # Presses

    def add_press(self, bot: int, person: int) -> str:
        """Keep that a button was pressed; returns the query's id."""
        return str(self._ledger.insert("telegram_presses", bot=bot, person=person, at=stamp(self._clock.now())))

    def answer_press(self, bot: int, query: str, text: str, *, alert: bool, since: str) -> bool:
        """Answer a press made after `since`; False if there is none."""
        done = self._ledger.execute(
            "UPDATE telegram_presses SET answered = 1, text = ?, alert = ? WHERE id = ? AND bot = ? AND at >= ?",
            (text, alert, query, bot, since),
        )
        return done.rowcount == 1

    def presses(self, bot: int, person: int) -> list[Json]:
        """Return a chat's last presses, newest first."""
        rows = self._ledger.rows(
            "SELECT id, answered, text, alert FROM telegram_presses WHERE bot = ? AND person = ? ORDER BY id DESC"
            " LIMIT 5",
            bot,
            person,
        )
        return [
            {"id": str(row["id"]), "answered": bool(row["answered"]), "text": row["text"], "alert": bool(row["alert"])}
            for row in rows
        ]

    # Updates

    def add_update(self, bot: int, content: Json) -> bool:
        """Keep an update until the bot confirms it; False for a kind that the bot didn't ask for."""
        if next(iter(content)) not in self.of_bot(bot, "allowed"):
            return False
        self._ledger.execute("INSERT INTO telegram_updates (bot, content) VALUES (?,?)", (bot, _json(content)))
        return True

    def updates(self, bot: int, most: int = 100) -> list[Json]:
        """Return the updates not confirmed yet, oldest first."""
        rows = self._ledger.rows("SELECT * FROM telegram_updates WHERE bot = ? ORDER BY id LIMIT ?", bot, most)
        return [{"update_id": row["id"], **json.loads(row["content"])} for row in rows]

    def confirm(self, bot: int, below: int) -> None:
        """Forget the updates below that number."""
        if self._ledger.row("SELECT id FROM telegram_updates WHERE bot = ? AND id < ? LIMIT 1", bot, below):
            self._ledger.execute("DELETE FROM telegram_updates WHERE bot = ? AND id < ?", (bot, below))

    def pending(self, bot: int) -> int:
        """Count the updates not confirmed yet."""
        row = self._ledger.row("SELECT count(*) AS n FROM telegram_updates WHERE bot = ?", bot)
        return 0 if row is None else row["n"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _person(row: sqlite3.Row, number: int) -> TelegramPerson:
    return TelegramPerson(number, row["first_name"], row["language_code"], row["phone"])


def _kept(row: sqlite3.Row) -> KeptMessage:
    made = {"by_bot": bool(row["by_bot"]), "fixed": bool(row["fixed"]), "content": json.loads(row["content"])}
    return struct_of(KeptMessage, row, person=_person(row, row["person"]), **made)
