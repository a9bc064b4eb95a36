"""The desk's turn as a Mantle tool: the customer's words go to the desk's REST channel, its answer to the customer."""

import hashlib
import hmac
import os

import httpx
from rasa.mantle.orchestration.turn_context import current_turn_context
from rasa.mantle.tools.decorator import ToolContext, tool
from rasa.mantle.tools.result import ToolResult


@tool(description="Hand the customer's message to the desk and say its answer")
async def okienko_turn(context: ToolContext = None) -> ToolResult:
    """Send the newest message as it was written; the model neither reads the answer nor words it anew."""
    text = [event.text for event in context.events if type(event).__name__ == "UserUttered"][-1]
    key = os.environ["OKIENKO_SECRET_KEY"].encode()
    sender = hmac.new(key, f"mantle\0{current_turn_context().sender_id}".encode(), hashlib.sha256).hexdigest()
    headers = {"Authorization": f"Bearer {os.environ['OKIENKO_REST_TOKEN']}"}
    async with httpx.AsyncClient(base_url=os.environ["OKIENKO_DESK_URL"], headers=headers, timeout=20) as desk:
        answer = await desk.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})
    *said, last = answer.raise_for_status().json()
    custom = last["custom"]
    texts = [one["text"] for one in said]
    hidden = [link["href"] for link in custom["links"] if texts and link["href"] not in "\n".join(texts)]
    for told in texts + hidden:
        await context.send(told)
    context.memory.set("okienko_done", custom["expects"] == "nothing")
    return ToolResult(llm_response={"expects": custom["expects"]})
