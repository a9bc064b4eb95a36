"""Contacts, conversations and messages of the help desk, the shapes in which its API shows them, its webhooks."""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sandbox.credentials import CHATWOOT_ACCOUNT_ID, CHATWOOT_INBOX_ID, CHATWOOT_WEBHOOK_SECRET
from sandbox.database import stamp
from sandbox.ledger import Ledger
from sandbox.world import World

OWN_USER: Final = {"id": 1, "name": "Okienko", "available_name": "Okienko", "type": "user"}
"""Whose token it is."""
AGENTS: Final = ("Anna", "Marek", "Zofia")
INCOMING, OUTGOING = 0, 1
KINDS: Final = ("incoming", "outgoing")
_SET: Final = {
    "status": "UPDATE chatwoot_conversations SET status = ? WHERE id = ?",
    "assignee": "UPDATE chatwoot_conversations SET assignee = ? WHERE id = ?",
    "custom_attributes": "UPDATE chatwoot_conversations SET custom_attributes = ? WHERE id = ?",
}


def agent(name: str) -> dict[str, Any]:
    """Return an agent of the help desk; any name will do."""
    number = 2 + AGENTS.index(name) if name in AGENTS else 1000 + sum(name.encode())
    return {
        "id": number,
        "name": f"{name} Nowak",
        "available_name": name,
        "type": "user",
        "email": f"{number}@desk.test",
    }


class ChatwootStore:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def add_contact(self, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a new contact; None where its e-mail, number or identifier is another's."""
        values = {name: fields.get(name) for name in ("identifier", "email", "phone_number", "name")}
        try:
            return self.contact(self.ledger.insert("chatwoot_contacts", **values))
        except sqlite3.IntegrityError:
            return None

    def contact(self, number: int) -> dict[str, Any] | None:
        found = self.ledger.row("SELECT * FROM chatwoot_contacts WHERE id = ?", number)
        return None if found is None else dict(found)

    def contacts(self) -> list[dict[str, Any]]:
        """Return all of them."""
        return [dict(row) for row in self.ledger.rows("SELECT * FROM chatwoot_contacts ORDER BY id")]

    def search(self, sought: str) -> list[dict[str, Any]]:
        """Contacts in whose data it is found."""
        fields = ("identifier", "email", "phone_number", "name")
        return [c for c in self.contacts() if any(sought.lower() in str(c[name] or "").lower() for name in fields)]

    def add_conversation(self, contact_id: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return a new conversation."""
        values = {"source_id": str(fields["source_id"]), "status": str(fields.get("status") or "open")}
        attributes = fields.get("custom_attributes") or {}
        made = self.ledger.insert(
            "chatwoot_conversations", contact_id=contact_id, custom_attributes=attributes, **values
        )
        return self.must(made)

    def conversation(self, number: int) -> dict[str, Any] | None:
        """Return the conversation of this number, as the API shows it."""
        found = self.ledger.row("SELECT * FROM chatwoot_conversations WHERE id = ?", number)
        return None if found is None else self._shown(found)

    def must(self, number: int) -> dict[str, Any]:
        """Return a conversation that there is. Errors: LookupError."""
        found = self.conversation(number)
        if found is None:
            raise LookupError(number)
        return found

    def conversations(self, contact_id: int | None = None) -> list[dict[str, Any]]:
        """Return a contact's, or all."""
        rows = self.ledger.rows(
            "SELECT * FROM chatwoot_conversations WHERE ?1 IS NULL OR contact_id = ?1 ORDER BY id DESC", contact_id
        )
        return [self._shown(row) for row in rows]

    def change(self, number: int, **fields: Any) -> None:
        """Set fields of a conversation; a dictionary is kept as JSON."""
        with self.ledger.write() as connection:
            for name, value in fields.items():
                kept = json.dumps(value) if isinstance(value, dict) else value
                connection.execute(_SET[name], (kept, number))

    def add_message(self, number: int, fields: Mapping[str, Any], at: datetime, *, sender: str = "") -> dict[str, Any]:
        """Return a new message in a conversation."""
        kind = KINDS.index(str(fields.get("message_type") or "outgoing"))
        values = (number, fields.get("content"), kind, bool(fields.get("private")), fields.get("source_id"), sender)
        with self.ledger.write() as connection:
            made = connection.execute(
                "INSERT INTO chatwoot_messages (conversation_id, content, message_type, private, source_id, sender,"
                " status, at) VALUES (?,?,?,?,?,?,'sent',?)",
                (*values, stamp(at)),
            )
            return self.messages(number, after=(made.lastrowid or 0) - 1)[0]

    def attach(self, message_id: int, name: str, media_type: str, data: bytes) -> dict[str, Any]:
        """Return the message with one more file."""
        with self.ledger.write():
            self.ledger.insert(
                "chatwoot_attachments", message_id=message_id, name=name, media_type=media_type, data=data
            )
            found = self.ledger.row("SELECT * FROM chatwoot_messages WHERE id = ?", message_id)
            if found is None:
                raise LookupError(message_id)
            return self._message(found)

    def attachment(self, number: int) -> tuple[str, bytes] | None:
        """Return a file's media type and its bytes."""
        found = self.ledger.row("SELECT media_type, data FROM chatwoot_attachments WHERE id = ?", number)
        return None if found is None else (found["media_type"], found["data"])

    def messages(self, number: int, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
        """Return a conversation's messages after that number."""
        rows = self.ledger.rows(
            "SELECT * FROM chatwoot_messages WHERE conversation_id = ? AND id > ? ORDER BY id LIMIT ?",
            number,
            after,
            most,
        )
        return [self._message(row) for row in rows]

    def failed(self, message_id: int) -> None:
        """Its webhook wasn't taken: the agent sees it marked so."""
        self.ledger.execute("UPDATE chatwoot_messages SET status = 'failed' WHERE id = ?", (message_id,))

    def delete(self, conversations: Sequence[int], contact: int | None = None) -> None:
        """Take conversations away with their messages, and a contact."""
        with self.ledger.write() as connection:
            for number in conversations:
                mine = "(SELECT id FROM chatwoot_messages WHERE conversation_id = ?)"
                connection.execute(f"DELETE FROM chatwoot_attachments WHERE message_id IN {mine}", (number,))  # noqa: S608
                connection.execute("DELETE FROM chatwoot_messages WHERE conversation_id = ?", (number,))
                connection.execute("DELETE FROM chatwoot_conversations WHERE id = ?", (number,))
            connection.execute("DELETE FROM chatwoot_contacts WHERE id = ?", (contact,))

    def _shown(self, row: sqlite3.Row) -> dict[str, Any]:
        assignee = agent(row["assignee"]) if row["assignee"] else None
        return {
            "id": row["id"],
            "account_id": CHATWOOT_ACCOUNT_ID,
            "inbox_id": CHATWOOT_INBOX_ID,
            "status": row["status"],
            "custom_attributes": json.loads(row["custom_attributes"]),
            "meta": {
                "sender": self.contact(row["contact_id"]),
                "channel": "Channel::Api",
                **({"assignee": assignee} if assignee else {}),
            },
            "can_reply": True,
            "labels": [],
        }

    def _message(self, row: sqlite3.Row) -> dict[str, Any]:
        own = self.must(row["conversation_id"])["meta"]["sender"] if row["message_type"] == INCOMING else OWN_USER
        return {
            "id": row["id"],
            "content": row["content"],
            "inbox_id": CHATWOOT_INBOX_ID,
            "conversation_id": row["conversation_id"],
            "message_type": row["message_type"],
            "content_type": "text",
            "status": row["status"],
            "created_at": int(datetime.fromisoformat(row["at"]).timestamp()),
            "private": bool(row["private"]),
            "source_id": row["source_id"],
            "sender": agent(row["sender"]) if row["sender"] else own,
            **({"attachments": files} if (files := self._files(row["id"])) else {}),
        }

    def _files(self, message_id: int) -> list[dict[str, Any]]:
        return [
            {
                "id": row["id"],
                "message_id": message_id,
                "account_id": CHATWOOT_ACCOUNT_ID,
                "file_type": row["media_type"].partition("/")[0],
                "data_url": f"/sandbox/chatwoot/attachments/{row['id']}/{row['name']}",
                "file_size": len(row["data"]),
            }
            for row in self.ledger.rows("SELECT * FROM chatwoot_attachments WHERE message_id = ?", message_id)
        ]


PROVIDER: Final = "chatwoot"
LISTENER: Final = "/webhooks/helpdesk/chatwoot"
_URL: Final = "chatwoot:webhook_url"
_SILENT: Final = "chatwoot:silent"


class ChatwootWebhooks:
    """Makes, signs and sends webhooks, in the order in which things happened: each once.

    A message whose webhook isn't taken is marked as failed.
    """

    def __init__(self, world: World, store: ChatwootStore) -> None:
        self._world = world
        self._store = store
        world.timetable.register(PROVIDER, self._fire)

    @property
    def url(self) -> str:
        """The address that was set for the inbox, else the desk at this sandbox's own address."""
        return self._world.ledger.value(_URL) or f"{self._world.public_url}{LISTENER}"

    def set_url(self, url: str) -> None:
        """As the inbox' settings would."""
        self._world.ledger.set_value(_URL, url)

    def silence(self, silent: bool) -> None:
        """Let none go, as if the network had lost them."""
        self._world.ledger.set_value(_SILENT, "1" if silent else "")

    def message(self, message: dict[str, Any]) -> None:
        conversation = self._store.must(message["conversation_id"])
        told = {**message, "message_type": KINDS[message["message_type"]], "conversation": conversation}
        self._later({"event": "message_created", **told, "inbox": {"id": CHATWOOT_INBOX_ID, "name": "Okienko"}})

    def set_status(self, number: int, status: str) -> None:
        """Change a conversation's status and send its webhook."""
        was = self._store.must(number)["status"]
        if was == status:
            return
        self._store.change(number, status=status)
        changed = [{"status": {"previous_value": was, "current_value": status}}]
        for event in ("conversation_status_changed", "conversation_updated"):
            self._later({"event": event, **self._store.must(number), "changed_attributes": changed})

    def assign(self, number: int, name: str | None) -> None:
        """Assign a conversation to an agent, or to nobody."""
        self._store.change(number, assignee=name)
        self._later({"event": "conversation_updated", **self._store.must(number), "changed_attributes": []})

    async def send(self, told: dict[str, Any], *, secret: str = CHATWOOT_WEBHOOK_SECRET, age_s: int = 0) -> bool:
        """Send one; True if it was taken."""
        body = json.dumps(told, ensure_ascii=False).encode()
        moment = str(int(self._world.clock.now().timestamp()) - age_s)
        signature = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "X-Chatwoot-Signature": f"sha256={signature}",
            "X-Chatwoot-Timestamp": moment,
            "X-Chatwoot-Delivery": str(uuid4()),
        }
        return await self._world.courier.post(PROVIDER, self.url, body, headers)

    def _later(self, told: dict[str, Any]) -> None:
        if not self._world.ledger.value(_SILENT):
            account = {"id": CHATWOOT_ACCOUNT_ID, "name": "Sandbox"}
            self._world.timetable.schedule(PROVIDER, "webhook", {"told": {**told, "account": account}})

    async def _fire(self, row: dict[str, Any]) -> None:
        told: dict[str, Any] = row["told"]
        taken = await self.send(told)
        if not taken and told["event"] == "message_created" and told["message_type"] != KINDS[INCOMING]:
            self._store.failed(told["id"])
