"""Chatwoot's webhooks: signed, sent once and never again; a message whose webhook isn't taken is marked as failed."""

import hashlib
import hmac
import json
from typing import Any, Final
from uuid import uuid4

from sandbox.chatwoot.store import INCOMING, KINDS, ChatwootStore
from sandbox.credentials import CHATWOOT_ACCOUNT_ID, CHATWOOT_INBOX_ID, CHATWOOT_WEBHOOK_SECRET
from sandbox.world import World

PROVIDER: Final = "chatwoot"
LISTENER: Final = "/webhooks/helpdesk/chatwoot"
_URL: Final = "chatwoot:webhook_url"
_SILENT: Final = "chatwoot:silent"


class ChatwootWebhooks:
    """Makes, signs and sends them, in the order in which things happened."""

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
