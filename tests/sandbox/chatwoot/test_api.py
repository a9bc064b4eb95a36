"""The help desk's stand-in: who may call it, what it takes, what it tells by signed webhooks, its people's page."""

import hashlib
import hmac
from typing import Any

import httpx

from sandbox.credentials import CHATWOOT_TOKEN, CHATWOOT_WEBHOOK_SECRET
from tests.sandbox.room import Room, noon

API = "/sandbox/chatwoot/api/v1/accounts/1"
KEY = {"api_access_token": CHATWOOT_TOKEN}


async def post(room: Room, path: str, **body: Any) -> httpx.Response:
    return await room.client.post(f"{API}/{path}", json=body, headers=KEY)


async def conversation(room: Room) -> int:
    contact = (await post(room, "contacts", inbox_id=1, name="<b>Anna</b>", identifier="a")).json()["payload"][
        "contact"
    ]
    asked = {"inbox_id": 1, "contact_id": contact["id"], "source_id": "s", "custom_attributes": {"x": "y"}}
    return (await post(room, "conversations", **asked)).json()["id"]


async def test_without_the_token_nobody_is_let_in(room: Room) -> None:
    for key in ({}, {"api_access_token": "wrong"}):
        assert (await room.client.get("/sandbox/chatwoot/api/v1/profile", headers=key)).status_code == 401
    assert (await room.client.get("/sandbox/chatwoot/api/v1/profile", headers=KEY)).json()["id"] == 1


async def test_what_is_wrong_is_refused(room: Room) -> None:
    there = f"conversations/{await conversation(room)}"
    assert (await post(room, "contacts", inbox_id=2, name="x")).status_code == 404
    assert (await post(room, "contacts", inbox_id=1, name="x", identifier="a")).status_code == 422
    assert (await post(room, "contacts", inbox_id=1, name="x", phone_number="512")).status_code == 422
    assert (await post(room, "conversations", inbox_id=1, contact_id=99, source_id="s")).status_code == 404
    assert (await post(room, f"{there}/toggle_status", status="done")).status_code == 422
    assert (await post(room, f"{there}/messages", content="x", message_type="shout")).status_code == 422
    assert (await post(room, "conversations/99/messages", content="x", message_type="incoming")).status_code == 404
    assert (await room.client.get(f"{API}/contacts/search", headers=KEY)).status_code == 422


async def test_webhooks_are_signed_and_sent_once(room: Room) -> None:
    there = await conversation(room)
    room.desk.status = 503
    said = await room.client.post(f"/sandbox/chatwoot/conversations/{there}", json={"do": "say", "text": "Halo"})
    await room.client.post(f"/sandbox/chatwoot/conversations/{there}", json={"do": "resolve", "agent": "Marek"})
    await room.sandbox.tick(noon())
    [told, status, _updated] = room.desk.bodies()
    assert (told["event"], told["content"], told["message_type"]) == ("message_created", "Halo", "outgoing")
    assert told["private"] is False
    assert (told["conversation"]["id"], told["sender"]["available_name"]) == (there, "Anna")
    assert (status["event"], status["id"], status["status"]) == ("conversation_status_changed", there, "resolved")
    path, headers, body = room.desk.notices[0]
    assert path == "/webhooks/helpdesk/chatwoot"
    signed = f"{headers['x-chatwoot-timestamp']}.".encode() + body
    right = hmac.new(CHATWOOT_WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-chatwoot-signature"] == f"sha256={right}"
    [message] = (await room.client.get(f"{API}/conversations/{there}/messages", headers=KEY)).json()["payload"]
    assert (message["id"], message["status"]) == (said.json()["id"], "failed")
    await room.sandbox.tick(noon())
    assert len(room.desk.notices) == 3, "never again"


async def test_its_people_have_a_page(room: Room) -> None:
    there = await conversation(room)
    done = await room.client.post(
        f"/sandbox/chatwoot/conversations/{there}", data={"do": "say", "agent": "Zofia", "text": "<script>1</script>"}
    )
    assert done.status_code == 303
    page = (await room.client.get("/sandbox/chatwoot/")).text
    assert "&lt;script&gt;1" in page
    assert "<b>Anna" not in page
    assert "Zofia" in page
    assert (await room.client.post(f"/sandbox/chatwoot/conversations/{there}", json={"do": "x"})).status_code == 400
