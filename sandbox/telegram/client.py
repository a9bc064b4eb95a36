"""A person's actions in their Telegram: write, press, share a card, edit, block.

Each act reaches the bot as an update, in one transaction with what the chat then shows.
"""

import hashlib
from base64 import b64decode
from typing import Any, Final

from sandbox.telegram.shapes import Json, KeptMessage, TelegramPerson, bot_user, chat, message, silence, user
from sandbox.telegram.store import TelegramStore
from sandbox.telegram.updates import Updates
from sandbox.transcription.store import RecordingStore
from sandbox.world import World
from values.recording import length_s

LONGEST: Final = 4096
OTHER_KINDS: Final[dict[str, Json]] = {
    "sticker": {
        "type": "regular",
        "emoji": "🙂",
        "file_id": "sandbox-sticker",
        "file_unique_id": "sticker",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
    "location": {"latitude": 52.2297, "longitude": 21.0122},
}
"""What can be sent besides words, with a made-up content."""


class NotPossible(Exception):
    """An action that is impossible in this chat now."""


class TelegramClient:
    """The clients of all people."""

    def __init__(self, world: World, store: TelegramStore, updates: Updates, recordings: RecordingStore) -> None:
        self._world = world
        self._store = store
        self._updates = updates
        self._recordings = recordings

    def act(self, bot: int, person: TelegramPerson, asked: Json) -> Json:
        """Do `asked["do"]`; returns the message's number or the press's. Errors: NotPossible."""
        with self._world.ledger.write():
            match asked.get("do"):
                case "start":
                    return self._start(bot, person, str(asked.get("payload") or ""))
                case "say":
                    return self._say(bot, person, str(asked.get("text") or ""))
                case "press":
                    return self._press(bot, person, asked)
                case "share":
                    return self._share(bot, person, asked)
                case "send":
                    return self._send(bot, person, asked)
                case "edit":
                    return self._edit(bot, person, asked)
                case "block" | "unblock" as do:
                    return self._block(bot, person, blocked=do == "block")
                case _:
                    raise NotPossible("do is one of start, say, press, share, send, edit, block, unblock")

    def _start(self, bot: int, person: TelegramPerson, payload: str) -> Json:
        self._store.open_chat(bot, person.id)
        if self._blocked(bot, person):
            self._block(bot, person, blocked=False)
        return self._say(bot, person, f"/start {payload}".strip())

    def _say(self, bot: int, person: TelegramPerson, text: str) -> Json:
        self._may_write(bot, person)
        if not text.strip() or len(text) > LONGEST:
            raise NotPossible(f"a message has 1 to {LONGEST} characters")
        command = text.split()[0] if text.startswith("/") else ""
        marked = [{"type": "bot_command", "offset": 0, "length": len(command)}] if len(command) > 1 else []
        self._keyboard_used(bot, person, text)
        return self._write(bot, person, {"text": text, **({"entities": marked} if marked else {})})

    def _share(self, bot: int, person: TelegramPerson, asked: Json) -> Json:
        """Return their own card, or (`phone`) somebody's who needn't be on Telegram."""
        self._may_write(bot, person)
        card = {"phone_number": person.phone, "first_name": person.first_name, "user_id": person.id}
        if other := str(asked.get("phone") or "").strip():
            card = {"phone_number": other.removeprefix("+"), "first_name": str(asked.get("first_name") or other)}
        else:
            self._keyboard_used(bot, person)
        return self._write(bot, person, {"contact": card})

    def _send(self, bot: int, person: TelegramPerson, asked: Json) -> Json:
        self._may_write(bot, person)
        kind = str(asked.get("kind"))
        if kind == "voice":
            return self._write(bot, person, {kind: self._record(person, asked)})
        if kind not in OTHER_KINDS:
            raise NotPossible(f"kind is one of voice, {', '.join(OTHER_KINDS)}")
        return self._write(bot, person, {kind: OTHER_KINDS[kind]})

    def _record(self, person: TelegramPerson, asked: Json) -> Json:
        """Return a voice note of `sound` (base64) or silence, in which the recogniser's stand-in hears the `words`."""
        words = str(asked.get("words") or "").strip()
        mark = hashlib.sha256(f"{person.id} {words} {self._world.clock.now()}".encode()).digest()
        try:
            sound = b64decode(str(asked.get("sound") or ""), validate=True) or silence(int.from_bytes(mark[:4]))
        except ValueError:
            raise NotPossible("sound is a file in base64") from None
        place = self._store.keep_file(sound)
        if words:
            self._recordings.tell(words, sha256=place, sender=person.first_name)
        told = {"duration": round(length_s(sound) or 0), "mime_type": "audio/ogg", "file_size": len(sound)}
        return {"file_id": place, "file_unique_id": place[:15], **told}

    def _write(self, bot: int, person: TelegramPerson, content: Json) -> Json:
        written = self._store.add_message(bot, person.id, content, by_bot=False)
        self._updates.add(bot, "message", message(written))
        return {"message_id": written.id}

    def _edit(self, bot: int, person: TelegramPerson, asked: Json) -> Json:
        self._may_write(bot, person)
        kept, text = self._message(bot, person, asked), str(asked.get("text") or "")
        if kept.by_bot or "text" not in kept.content or not text.strip() or len(text) > LONGEST:
            raise NotPossible("only own words can be edited, and not away")
        if text != kept.content["text"]:
            edited = self._store.change(kept, {"text": text}, words=True)
            self._updates.add(bot, "edited_message", message(edited))
        return {"message_id": kept.id}

    def _press(self, bot: int, person: TelegramPerson, asked: Json) -> Json:
        kept = self._message(bot, person, asked)
        self._may_write(bot, person)
        data = str(asked.get("data"))
        rows: list[list[Json]] = kept.content.get("reply_markup", {}).get("inline_keyboard", [])
        if not any(button.get("callback_data") == data for row in rows for button in row):
            raise NotPossible("there is no such button on that message")
        press = self._store.add_press(bot, person.id)
        query = {
            "id": press,
            "from": user(person),
            "message": message(kept),
            "chat_instance": f"{bot}{person.id}",
            "data": data,
        }
        self._updates.add(bot, "callback_query", query)
        return {"press": press}

    def _block(self, bot: int, person: TelegramPerson, *, blocked: bool) -> Json:
        if self._store.chat(bot, person.id) is None or self._blocked(bot, person) == blocked:
            raise NotPossible("so it is already")
        self._store.block(bot, person.id, blocked=blocked)
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        self._updates.add(
            bot,
            "my_chat_member",
            {
                "chat": chat(person),
                "from": user(person),
                "date": int(self._world.clock.now().timestamp()),
                "old_chat_member": _member(bot, was),
                "new_chat_member": _member(bot, now),
            },
        )
        return {}

    def _may_write(self, bot: int, person: TelegramPerson) -> None:
        if self._store.chat(bot, person.id) is None:
            raise NotPossible("press Start first")
        if self._blocked(bot, person):
            raise NotPossible("this person has blocked the bot")

    def _blocked(self, bot: int, person: TelegramPerson) -> bool:
        opened = self._store.chat(bot, person.id)
        return opened is not None and bool(opened["blocked"])

    def _keyboard_used(self, bot: int, person: TelegramPerson, text: str | None = None) -> None:
        """Remove a one-time keyboard after its use; `None` stands for the contact button."""
        keyboard = self._store.keyboard(bot, person.id)
        if keyboard is None or not keyboard.get("one_time_keyboard"):
            return
        buttons: list[Json] = [button for row in keyboard["keyboard"] for button in row]
        if text is None or any(button["text"] == text for button in buttons):
            self._store.show_keyboard(bot, person.id, None)

    def _message(self, bot: int, person: TelegramPerson, asked: Json) -> KeptMessage:
        number: Any = asked.get("message_id")
        found = self._store.message(bot, person.id, number) if isinstance(number, int) else None
        if found is None:
            raise NotPossible("there is no such message here")
        return found


def _member(bot: int, status: str) -> Json:
    return {"user": bot_user(bot), "status": status, **({"until_date": 0} if status == "kicked" else {})}
