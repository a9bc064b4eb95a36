"""The Bot API's side of a group with topics: made, named, closed, deleted, by the bot or by hand; its pace."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.telegram.markup import MarkupRefused
from tests.bot.handlers.telegram.bot_api import BotApi, Fault, Json, params_of

GROUP = -1001234567890
#: What counts in the group's pace (levlam, tdlib/td#2592): messages, edits, new topics.
PACED = tuple("sendMessage sendVoice sendDocument copyMessage editMessageText createForumTopic editForumTopic".split())
A_MINUTE = 20


@dataclass
class Topic:
    """One topic of the group."""

    id: int
    name: str
    open: bool = True
    messages: list[Json] = field(default_factory=list[Json])

    @property
    def texts(self) -> list[str]:
        """What the bot wrote there, answers to members included."""
        return [message.get("text") or message.get("caption") or "" for message in self.messages]

    @property
    def whole(self) -> str:
        """All of it."""
        return "\n".join(self.texts)


def _file(data: bytes) -> Json:
    return {"file_id": f"sent-{len(data)}", "file_unique_id": "u", "file_size": len(data)}


class ForumBotApi(BotApi):
    """One group `GROUP` beside the private chats. `trouble` is what the group answers to everything, if anything."""

    def __init__(self, *, paced: bool = False, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.topics: dict[int, Topic] = {}
        self.deleted_topics: list[Topic] = []
        self.reactions: list[tuple[int, str]] = []
        self.answers: list[Json] = []
        self.trouble: Fault | None = None
        self.paced = paced
        self.too_fast = 0
        self._monotonic = monotonic
        self._taken: deque[float] = deque()
        self._places: dict[int, int] = {}  # in which topic each member's message stands

    # What people do

    def writes(self, who: int, topic: int | None, **content: Any) -> Json:
        """An update: a member wrote something in a topic, or (None) in the General one."""
        self.message_id += 1
        place = {"message_thread_id": topic, "is_topic_message": True} if topic is not None else {}
        return {
            "message_id": self.message_id,
            "from": {"id": who, "is_bot": False, "first_name": "A", "language_code": "en"},
            "chat": self._group,
            "date": 1763629200,
            **place,
            **content,
        }

    def says(self, who: int, topic: int | None, text: str) -> Json:
        return self.update(message=self.writes(who, topic, text=text))

    def presses(self, who: int, topic: int, data: str) -> Json:
        """A member presses the newest button with this data in a topic."""
        for message in reversed(self.topics[topic].messages):
            rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
            if any(button.get("callback_data") == data for row in rows for button in row):
                return self.update(callback_query=self._query(who, data, message))
        raise AssertionError(f"no button {data} in {self.topics[topic].texts}")

    def removes_by_hand(self, topic: int) -> None:
        """A member deletes a topic."""
        self.deleted_topics.append(self.topics.pop(topic))

    def _query(self, who: int, data: str, message: Json) -> Json:
        person = {"id": who, "is_bot": False, "first_name": "A", "language_code": "en"}
        shown = {key: value for key, value in message.items() if key != "reply_markup"}
        return {"id": f"q{self.update_id}", "from": person, "chat_instance": "g", "message": shown, "data": data}

    @property
    def _group(self) -> Json:
        return {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True}

    @property
    def only(self) -> Topic:
        """The one topic that there is."""
        (topic,) = self.topics.values()
        return topic

    # What the bot asks

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if str((await params_of(request)).get("chat_id")) == str(GROUP):
            if self.trouble is not None:
                self.faults[method].append(self.trouble)
            elif method in PACED and self.paced and not self._in_time():
                self.too_fast += 1
                self.faults[method].append(Fault(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
        return await super().call(request)

    def _in_time(self) -> bool:
        now = self._monotonic()
        while self._taken and self._taken[0] <= now - 60:
            self._taken.popleft()
        self._taken.append(now)
        return len(self._taken) <= A_MINUTE

    async def do_createForumTopic(self, params: Json) -> Json:
        name = str(params["name"])
        if not 0 < len(name) <= 128:
            raise MarkupRefused("topic name is invalid")
        self.message_id += 1
        self.topics[self.message_id] = Topic(self.message_id, name)
        return {"message_thread_id": self.message_id, "name": name, "icon_color": 7322096}

    async def do_editForumTopic(self, params: Json) -> bool:
        topic = self._topic(params)
        if topic.name == str(params["name"]):
            raise MarkupRefused("TOPIC_NOT_MODIFIED")
        topic.name = str(params["name"])
        return True

    async def do_closeForumTopic(self, params: Json) -> bool:
        return self._set(params, is_open=False)

    async def do_reopenForumTopic(self, params: Json) -> bool:
        return self._set(params, is_open=True)

    def _set(self, params: Json, *, is_open: bool) -> bool:
        topic = self._topic(params)
        if topic.open == is_open:
            raise MarkupRefused("TOPIC_NOT_MODIFIED")
        topic.open = is_open
        return True

    async def do_deleteForumTopic(self, params: Json) -> bool:
        self._topic(params)
        self.removes_by_hand(params["message_thread_id"])
        return True

    async def do_setMessageReaction(self, params: Json) -> bool:
        self.reactions.append((params["message_id"], params["reaction"][0]["emoji"]))
        return True

    async def do_answerCallbackQuery(self, params: Json) -> bool:
        self.answers.append(params)
        return True

    async def do_editMessageText(self, params: Json) -> Json:
        message = self._find(params)
        if (message["text"], message["reply_markup"]) == (params["text"], params.get("reply_markup")):
            raise MarkupRefused("message is not modified")
        message |= {"text": params["text"], "reply_markup": params.get("reply_markup")}
        return {key: value for key, value in message.items() if key != "reply_markup"}

    async def do_sendMessage(self, params: Json) -> Json:
        if params["chat_id"] != GROUP:
            return await super().do_sendMessage(params)
        answered = (params.get("reply_parameters") or {}).get("message_id")
        # An answer stands where what it answers stands.
        thread = params.get("message_thread_id") or self._place_of(answered)
        topic = self._topic({"message_thread_id": thread}) if thread is not None else None
        sent = await super().do_sendMessage(params)
        kept = self.sent[GROUP][-1] | {"chat": self._group, "entities": params.get("entities") or []}
        if topic is not None:
            kept |= {"message_thread_id": topic.id, "is_topic_message": True}
            topic.messages.append(kept)
        self.sent[GROUP][-1] = kept
        return sent | {"chat": self._group}

    async def do_sendVoice(self, params: Json) -> Json:
        name, media_type, data = params["voice"]
        if name.rpartition(".")[2] not in ("ogg", "mp3", "m4a"):
            raise MarkupRefused("wrong type of the voice message")
        return self._sound(params, voice={**_file(data), "duration": 1, "mime_type": media_type}, sound=data)

    async def do_sendDocument(self, params: Json) -> Json:
        name, media_type, data = params["document"]
        return self._sound(params, document={**_file(data), "file_name": name, "mime_type": media_type}, sound=data)

    async def do_copyMessage(self, params: Json) -> Json:
        content = self.wrote.get((params["from_chat_id"], params["message_id"]))
        if content is None:
            raise MarkupRefused("message to copy not found")
        found = content.get("voice") or content.get("audio") or {}
        return {
            "message_id": self._sound(params, **content, sound=self.files.get(str(found.get("file_id"))))["message_id"]
        }

    def _sound(self, params: Json, *, sound: bytes | None, **content: Any) -> Json:
        """A message with a recording in a topic; `sound` is what people hear of it."""
        topic = self._topic(params)
        caption = params.get("caption") or ""
        if len(caption) > 1024:
            raise MarkupRefused("message caption is too long")
        self.message_id += 1
        place = {"message_thread_id": topic.id, "is_topic_message": True}
        sent = {"message_id": self.message_id, "chat": self._group, "date": self.second(), "caption": caption}
        topic.messages.append({**sent, **place, **content, "sound": sound, "reply_markup": None})
        return {**sent, **place, **content}

    def _place_of(self, message_id: int | None) -> int | None:
        return self._places.get(message_id) if message_id is not None else None

    def put(self, update: Json) -> Json:
        """Remembers where a member wrote, and queues it for polling."""
        message = update.get("message") or update.get("edited_message") or {}
        if "message_thread_id" in message:
            self._places[message["message_id"]] = message["message_thread_id"]
        self.queue(update)
        return update

    def _topic(self, params: Json) -> Topic:
        topic = self.topics.get(params["message_thread_id"])
        if topic is None:
            raise MarkupRefused("message thread not found")
        return topic

    def _find(self, params: Json) -> Json:
        if params["chat_id"] != GROUP:
            return super()._find(params)
        for topic in self.topics.values():
            for message in topic.messages:
                if message["message_id"] == params["message_id"]:
                    return message
        raise MarkupRefused("message to edit not found")
