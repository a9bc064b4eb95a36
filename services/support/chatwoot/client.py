"""Chatwoot's application API, as far as an inbox of the kind "API" needs it.

Chatwoot keeps no keys that would make a repeat harmless. So everything that is made bears a name of ours by which it is
found again (a contact's identifier, a conversation's attribute, a message's source id), and is looked for first.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.errors import ProviderRefused
from services.support.chatwoot import models
from values.private import Private, PrivateStruct

Model = TypeVar("Model", bound=BaseModel)

#: The attribute of a conversation that holds our own id of it.
OURS = "okienko_conversation"
#: So many messages come in one answer.
PAGE = 100
MOST_PAGES = 20


class ChatwootFile(PrivateStruct):
    """A file that is attached to a message."""

    name: str
    data: Private[bytes]
    media_type: str


class ChatwootGone(ProviderRefused):
    """A contact or conversation that isn't there (any more)."""


class Chatwoot:
    """One inbox of one account at `url`. `token` is a user's: bots' tokens may neither make contacts nor read.

    Errors of each method: Unavailable, Misconfigured (token or rights), Gone, Refused.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        account_id: int,
        inbox_id: int,
        token: str,
        breaker: Breaker,
        timeout_s: float = 8.0,
    ) -> None:
        self._client = client
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)
        self._root = url.rstrip("/")
        self._headers = {"api_access_token": token}
        self.account_id = account_id
        self.inbox_id = inbox_id

    async def me(self) -> int:
        """Return the number of the user whose token it is."""
        return (await self._read("/api/v1/profile", models.ChatwootProfile)).id

    async def find_contact(self, sought: str) -> models.ChatwootContact | None:
        """Return the contact of this identifier or e-mail, just as it is written."""
        found = await self._read(self._at("contacts/search"), models.ContactsFound, q=sought)
        wanted = sought.lower()
        return next(
            (c for c in found.payload if wanted in ((c.identifier or "").lower(), (c.email or "").lower())), None
        )

    async def make_contact(self, fields: Mapping[str, str]) -> models.ChatwootContact:
        """Create a contact of the inbox. Refused where its e-mail, number or identifier is another's."""
        body = {"inbox_id": self.inbox_id, **fields}
        return (await self._do("POST", self._at("contacts"), body, models.ContactMade)).payload.contact

    async def find_conversation(self, contact_id: int, ours: str) -> models.ChatwootConversation | None:
        """Return the contact's newest conversation in this inbox that stands for ours."""
        found = await self._read(self._at(f"contacts/{contact_id}/conversations"), models.ConversationsFound)
        mine = [
            c for c in found.payload if c.inbox_id == self.inbox_id and (c.custom_attributes or {}).get(OURS) == ours
        ]
        return max(mine, key=lambda c: c.id, default=None)

    async def make_conversation(
        self, contact_id: int, ours: str, attributes: Mapping[str, str]
    ) -> models.ChatwootConversation:
        """Create an open conversation that stands for ours."""
        body = {
            "source_id": f"okienko-{ours}",
            "inbox_id": self.inbox_id,
            "contact_id": contact_id,
            "status": "open",
            "custom_attributes": {OURS: ours, **attributes},
        }
        return await self._do("POST", self._at("conversations"), body, models.ChatwootConversation)

    async def describe(self, conversation_id: int, ours: str, attributes: Mapping[str, str]) -> None:
        body = {"custom_attributes": {OURS: ours, **attributes}}
        await self._do("POST", self._at(f"conversations/{conversation_id}/custom_attributes"), body, None)

    async def conversation(self, conversation_id: int) -> models.ChatwootConversation:
        return await self._read(self._at(f"conversations/{conversation_id}"), models.ChatwootConversation)

    async def messages(self, conversation_id: int, after: int) -> list[models.ChatwootMessage]:
        """Return all messages after that number, in the order of their numbers."""
        found: dict[int, models.ChatwootMessage] = {}
        for _ in range(MOST_PAGES):
            last = max(found, default=after)
            path = self._at(f"conversations/{conversation_id}/messages")
            page = (await self._read(path, models.MessagesFound, after=last)).payload
            found |= {message.id: message for message in page if message.id > last}
            if len(page) < PAGE:
                break
        return [found[number] for number in sorted(found)]

    async def add(
        self, conversation_id: int, text: str, *, from_customer: bool, source_id: str, file: ChatwootFile | None = None
    ) -> None:
        """Add a message: the customer's word, or a note that only the help desk's people see."""
        path = self._at(f"conversations/{conversation_id}/messages")
        body: dict[str, Any] = {
            "content": text,
            "message_type": "incoming" if from_customer else "outgoing",
            "private": not from_customer,
            "source_id": source_id,
        }
        if file is None:
            await self._do("POST", path, body, models.ChatwootAccepted)
            return
        request = self._client.build_request(
            "POST",
            self._root + path,
            data={**body, "private": "false" if from_customer else "true"},
            files={"attachments[]": (file.name, file.data, file.media_type)},
            headers=self._headers,
        )
        async with self._line.operation(path):
            answer = await self._line.send(request, _json, repeatable=False)
        answer.read_as(models.ChatwootAccepted)

    async def set_status(self, conversation_id: int, status: str) -> None:
        path = self._at(f"conversations/{conversation_id}/toggle_status")
        await self._do("POST", path, {"status": status}, None, repeatable=True)

    async def delete_conversation(self, conversation_id: int) -> None:
        """Delete a conversation with all that was said in it; administrators only."""
        await self._do("DELETE", self._at(f"conversations/{conversation_id}"), None, None, repeatable=True)

    async def delete_contact(self, contact_id: int) -> None:
        """Delete a contact with all its conversations; administrators only."""
        await self._do("DELETE", self._at(f"contacts/{contact_id}"), None, None, repeatable=True)

    def _at(self, path: str) -> str:
        return f"/api/v1/accounts/{self.account_id}/{path}"

    async def _read(self, path: str, model: type[Model], **query: str | int) -> Model:
        request = self._client.build_request("GET", self._root + path, params=query, headers=self._headers)
        async with self._line.operation(path):
            answer = await self._line.send(request, _json, repeatable=True)
        return answer.read_as(model)

    async def _do(
        self, method: str, path: str, body: Any, model: type[Model] | None, *, repeatable: bool = False
    ) -> Any:
        """Return the answer as `model`; None without one: some of these answers have no body."""
        request = self._client.build_request(method, self._root + path, json=body, headers=self._headers)
        async with self._line.operation(path):
            answer = await self._line.send(request, _any if model is None else _json, repeatable=repeatable)
        return None if model is None else answer.read_as(model)


def _any(answer: HttpAnswer) -> HttpAnswer:
    answer = answer.checked()
    if answer.status in (404, 410):
        raise ChatwootGone("gone", origin=f"chatwoot {answer.status}")
    if answer.status >= 400:
        raise ProviderRefused("refused", origin=f"chatwoot {answer.status}")
    return answer


def _json(answer: HttpAnswer) -> HttpAnswer:
    return _any(answer.checked_json())
