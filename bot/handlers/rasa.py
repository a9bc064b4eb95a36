"""One action through which a Rasa assistant runs this desk's turns: `action_okienko_turn`.

Rasa is transport and tracker; the truth stays with the desk, reached over its REST channel, so that the action server
is a process of its own. Slots only mirror where the conversation stands and hold no personal data. `bot.app.rasa` gives
it the desk's address.
"""

import asyncio
import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import structlog
from msgspec import structs
from pydantic import SecretStr
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.handlers.rest.client import DeskAway, RestAnswer, RestButton, RestClient, RestMessage
from values.private import HiddenStruct

log = structlog.get_logger(__name__)

SEQ_SLOT = "okienko_seq"
LANG_SLOT = "okienko_lang"
#: So often a machine-made result is asked after, once a second; Rasa itself waits 300 s.
ASKED_AFTER = 30

AWAY = {
    "pl": "W tej chwili nie mogę połączyć się z okienkiem. Napisz jeszcze raz za minutę.",
    "it": "In questo momento lo sportello non è raggiungibile. Scriva di nuovo tra un minuto, per favore.",
    "en": "I can't reach the desk right now. Please write again in a minute.",
}
_BLANK_LINES = re.compile(r"\n[ \t]*(\n[ \t]*)+")


class DeskAddress(HiddenStruct):
    """The desk's address, the bearer token it wants (None: none), and the key from which senders are derived."""

    url: str
    token: SecretStr | None
    key: SecretStr


class OkienkoTurn(Action, ABC):
    """Hands the customer's message to the desk and its answer to Rasa. Abstract, so that Rasa doesn't construct it."""

    def __init__(
        self,
        desk: DeskAddress,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._desk = desk
        self._transport = transport
        self._sleep = sleep

    @abstractmethod
    def name(self) -> str:
        """Return the action's name in the assistant's domain."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Run one turn of the conversation.

        A repeat of the call (Rasa repeats after a time-out) says the same again and does nothing twice.
        """
        # No client is kept: the action server copies its actions into worker processes.
        async with httpx.AsyncClient(transport=self._transport, trust_env=False) as http:
            sender = sender_of(self._desk.key, tracker.get_latest_input_channel(), tracker.sender_id)
            client = RestClient(http, self._desk.url, sender, self._desk.token)
            try:
                said, answer = await self._converse(client, tracker)
            except DeskAway as away:
                log.error("rasa.desk_away", reason=away.reason)
                dispatcher.utter_message(text=AWAY.get(_locale(tracker) or "", AWAY["en"]))
                return []
        _utter(dispatcher, said, answer)
        return _slots(answer)

    async def _converse(self, client: RestClient, tracker: Tracker) -> tuple[list[RestMessage], RestAnswer]:
        """Everything that the customer hasn't seen yet, in order, and where the conversation stands."""
        latest = tracker.latest_message or {}
        seen = tracker.get_slot(SEQ_SLOT)
        seen = int(seen) if isinstance(seen, int | float) else None
        if isinstance(text := latest.get("text"), str):
            known = {"message_id": latest.get("message_id"), "locale": _locale(tracker), "seen": seen}
            told = latest.get("metadata")
            passed_on = True if isinstance(told, dict) and told.get("second_hand") is True else None
            answer = await client.say(text, **known, second_hand=passed_on)
            if seen is not None and seen + len(answer.said) < answer.custom.seq:
                # Said in the meantime by a timer or a person, for whom Rasa has no way to the customer.
                answer = await client.events(after=seen)
        else:
            answer = await client.events(after=seen)
        answers = [answer]
        for _ in range(ASKED_AFTER):
            if answer.custom.expects != "wait":
                break
            await self._sleep(1.0)
            answer = await client.events(after=answer.custom.seq)
            answers.append(answer)
        said = [message for one in answers for message in one.said]
        return said, structs.replace(answer, raw=answer.raw | _read_out(answers))


def sender_of(key: SecretStr, channel: str | None, sender_id: str) -> str:
    """Return the desk's sender for a Rasa conversation; Rasa's own ids may be short or known to others."""
    who = f"rasa\0{channel or ''}\0{sender_id}".encode(errors="surrogatepass")
    return hmac.new(key.get_secret_value().encode(), who, hashlib.sha256).hexdigest()


def _read_out(answers: list[RestAnswer]) -> dict[str, str]:
    """Return the words of all answers to be read out, as `custom` has them; nothing where no text differs."""
    told = [one.raw.get("speech") or "\n\n".join(message.text for message in one.said) for one in answers]
    differs = any("speech" in one.raw for one in answers)
    return {"speech": "\n\n".join(filter(None, told))} if differs else {}


def _locale(tracker: Tracker) -> str | None:
    metadata = (tracker.latest_message or {}).get("metadata") or {}
    found = tracker.get_slot(LANG_SLOT) or (metadata.get("locale") if isinstance(metadata, dict) else None)
    return found if isinstance(found, str) else None


def _utter(dispatcher: CollectingDispatcher, said: list[RestMessage], answer: RestAnswer) -> None:
    for message in said:
        buttons = [{"title": button.title, "payload": _payload(button)} for button in message.buttons]
        # Rasa's channels break a text without buttons at its blank lines.
        text = message.text if buttons else _BLANK_LINES.sub("\n", message.text)
        dispatcher.utter_message(text=text, buttons=buttons)
    for link in answer.custom.links:
        # Rasa knows no links: one that no text shows is a line of its own.
        if said and not any(link.href in message.text for message in said):
            dispatcher.utter_message(text=link.href)
    dispatcher.utter_message(json_message={"okienko": answer.raw})


def _payload(button: RestButton) -> str:
    """Rasa takes a payload with a slash for an intent of its own and eats some: `cmd:back` means `/back`."""
    return "cmd:" + button.payload[1:] if button.payload.startswith("/") else button.payload


def _slots(answer: RestAnswer) -> list[dict[str, Any]]:
    custom = answer.custom
    return [
        SlotSet("okienko_dialog", custom.dialog),
        SlotSet("okienko_step", custom.step),
        SlotSet(LANG_SLOT, custom.locale),
        SlotSet("okienko_done", custom.expects == "nothing"),
        SlotSet("okienko_mode", custom.mode),
        SlotSet(SEQ_SLOT, custom.seq),
    ]
