"""Telegram's Bot API, `bot<token>/<method>`: what a desk calls in private chats, with Telegram's own errors.

Form, multipart, JSON or query: all are read. As at Telegram nothing makes a repeat harmless: a message sent twice
stands there twice.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.database import stamp
from sandbox.telegram import shapes
from sandbox.telegram.markup import MarkupRefused, check_markup, inline_keyboard, reply_keyboard, words_of
from sandbox.telegram.store import TelegramStore
from sandbox.telegram.updates import PROVIDER, Updates
from sandbox.world import World

PRESSES_WAIT: Final = timedelta(minutes=5)
DELETABLE: Final = timedelta(hours=48)
MOST_COMMANDS: Final = 100
LONGEST_IN_PROFILE: Final = {"description": 512, "short_description": 120}
MENU_BUTTONS: Final = ("commands", "web_app", "default")
ACTIONS: Final = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note".split()
)
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)

Method = Callable[[int, shapes.Json], object]


class BotApi:
    """The methods; each gets the bot's number and the parameters, and returns the result."""

    def __init__(self, world: World, store: TelegramStore, updates: Updates) -> None:
        self._world = world
        self._store = store
        self._updates = updates
        self._methods: dict[str, Method] = {
            "getme": self._get_me,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "setmycommands": self._set_commands,
            "deletemycommands": self._delete_commands,
            "getmycommands": self._get_commands,
            "setchatmenubutton": self._set_menu_button,
            "getchatmenubutton": self._get_menu_button,
            "getchat": self._get_chat,
            "sendchataction": self._chat_action,
            "sendmessage": self._send,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer_press,
            "getfile": self._get_file,
        }
        for name in LONGEST_IN_PROFILE:
            method = name.replace("_", "")
            self._methods[f"setmy{method}"] = partial(self._set_profile, name)
            self._methods[f"getmy{method}"] = partial(self._get_profile, name)

    async def call(self, request: Request) -> Response:
        token, method = str(request.path_params["token"]), str(request.path_params["method"]).lower()
        bot = shapes.bot_of(token)
        if bot is None:
            return (
                shapes.answer_error(401, "Unauthorized")
                if shapes.has_form_of_token(token)
                else shapes.answer_error(404, "Not Found")
            )
        self._store.meet(bot)
        try:
            asked = await shapes.read_parameters(request)
            if method == "getupdates":
                return shapes.answer_result(
                    await self._updates.asked(bot, asked, lambda: shapes.wait_for_disconnect(request))
                )
            if method not in self._methods:
                return shapes.answer_error(404, "Not Found")
            with self._world.ledger.write():
                return shapes.answer_result(self._methods[method](bot, asked))
        except MarkupRefused as refused:
            return shapes.answer_error(refused.status, refused.description)
        except (KeyError, TypeError, ValueError, AttributeError):
            return shapes.answer_error(400, "Bad Request: can't parse parameters")

    async def file(self, request: Request) -> Response:
        """Answer with what a person sent, at the path that `getFile` named."""
        found = self._store.file(str(request.path_params["name"]))
        if shapes.bot_of(str(request.path_params["token"])) is None or found is None:
            return shapes.answer_error(404, "Not Found")
        return Response(found, media_type="application/octet-stream")

    # The bot itself

    def _get_me(self, bot: int, _asked: shapes.Json) -> shapes.Json:
        can = ("can_connect_to_business", "has_main_web_app", "can_read_all_group_messages", "supports_inline_queries")
        return {**shapes.bot_user(bot), "can_join_groups": True, **dict.fromkeys(can, False)}

    def _set_webhook(self, bot: int, asked: shapes.Json) -> bool:
        url, secret = str(asked.get("url") or ""), asked.get("secret_token")
        parts = urlsplit(url)
        # Plain http as with a Bot API server of one's own, which takes it.
        if url and parts.scheme != "https" and (parts.scheme, parts.hostname in LOOPBACK) != ("http", True):
            raise MarkupRefused("bad webhook: An HTTPS URL must be provided for webhook")
        if secret is not None and not _SECRET.fullmatch(str(secret)):
            raise MarkupRefused("secret token contains unallowed characters")
        if "allowed_updates" in asked:
            self._updates.allow(bot, asked["allowed_updates"])
        self._drop(bot, asked)
        self._store.set_for_bot(bot, "webhook", {"url": url, "secret_token": secret} if url else None)
        self._updates.bring(bot)
        return True

    def _delete_webhook(self, bot: int, asked: shapes.Json) -> bool:
        self._drop(bot, asked)
        self._store.set_for_bot(bot, "webhook", None)
        return True

    def _drop(self, bot: int, asked: shapes.Json) -> None:
        waiting = self._store.updates(bot, 1_000_000) if asked.get("drop_pending_updates") else []
        if waiting:
            self._store.confirm(bot, waiting[-1]["update_id"] + 1)

    def _webhook_info(self, bot: int, _asked: shapes.Json) -> shapes.Json:
        webhook = self._store.of_bot(bot, "webhook") or {}
        pending = self._store.pending(bot)
        return {"url": webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": pending}

    def _set_commands(self, bot: int, asked: shapes.Json) -> bool:
        commands: list[shapes.Json] = asked["commands"]
        if len(commands) > MOST_COMMANDS:
            raise MarkupRefused("too much commands specified")
        for command in commands:
            if not _COMMAND.fullmatch(str(command["command"]).removeprefix("/")):
                raise MarkupRefused("BOT_COMMAND_INVALID")
            if not 0 < len(str(command["description"]).strip()) <= 256:
                raise MarkupRefused("BOT_COMMAND_DESCRIPTION_INVALID")
        self._store.set_for_bot(bot, "commands", {**self._menus(bot), _language(asked): commands})
        return True

    def _delete_commands(self, bot: int, asked: shapes.Json) -> bool:
        gone = _language(asked)
        left = {language: menu for language, menu in self._menus(bot).items() if language != gone}
        self._store.set_for_bot(bot, "commands", left)
        return True

    def _get_commands(self, bot: int, asked: shapes.Json) -> list[shapes.Json]:
        return self._menus(bot).get(_language(asked), [])

    def _menus(self, bot: int) -> dict[str, list[shapes.Json]]:
        return self._store.of_bot(bot, "commands") or {}

    def _set_profile(self, name: str, bot: int, asked: shapes.Json) -> bool:
        words = str(asked.get(name) or "")
        if len(words) > LONGEST_IN_PROFILE[name]:
            raise MarkupRefused(f"{name.replace('_', ' ')} is too long")
        self._store.set_profile(bot, name, _language(asked), words)
        return True

    def _get_profile(self, name: str, bot: int, asked: shapes.Json) -> shapes.Json:
        return {name: self._store.profile(bot, name, _language(asked))}

    def _set_menu_button(self, bot: int, asked: shapes.Json) -> bool:
        kind = (asked.get("menu_button") or {"type": "default"})["type"]
        if kind not in MENU_BUTTONS:
            raise MarkupRefused("MenuButton has unsupported type")
        self._store.set_profile(bot, "menu_button", "", kind)
        return True

    def _get_menu_button(self, bot: int, _asked: shapes.Json) -> shapes.Json:
        return {"type": self._store.profile(bot, "menu_button", "") or "default"}

    # Chats

    def _get_chat(self, bot: int, asked: shapes.Json) -> shapes.Json:
        person = self._store.person(self._chat(bot, asked, writing=False))
        if person is None:
            raise MarkupRefused("chat not found")
        return {**shapes.chat(person), "accent_color_id": 0, "max_reaction_count": 11}

    def _chat_action(self, bot: int, asked: shapes.Json) -> bool:
        person = self._chat(bot, asked)
        if asked.get("action") not in ACTIONS:
            raise MarkupRefused("wrong parameter action in request")
        self._store.show_typing(bot, person)
        return True

    def _send(self, bot: int, asked: shapes.Json) -> shapes.Json:
        person, markup = self._chat(bot, asked), asked.get("reply_markup")
        content = words_of(asked)
        check_markup(markup)
        keyboard = inline_keyboard(markup)
        below = reply_keyboard(markup)
        fixed = below is not None or (isinstance(markup, dict) and bool(markup.get("remove_keyboard")))
        if fixed:
            self._store.show_keyboard(bot, person, below)
        shown = {**content, **({"reply_markup": keyboard} if keyboard else {})}
        return shapes.message(self._store.add_message(bot, person, shown, by_bot=True, fixed=fixed))

    def _edit_text(self, bot: int, asked: shapes.Json) -> shapes.Json:
        kept = self._own(bot, asked)
        changed = words_of(asked)
        if "text" not in kept.content:
            raise MarkupRefused("there is no text in the message to edit")
        return self._edit(kept, changed, asked, words=changed["text"] != kept.content["text"])

    def _edit_markup(self, bot: int, asked: shapes.Json) -> shapes.Json:
        kept = self._own(bot, asked)
        return self._edit(kept, {k: v for k, v in kept.content.items() if k != "reply_markup"}, asked, words=False)

    def _edit(self, kept: shapes.KeptMessage, content: shapes.Json, asked: shapes.Json, *, words: bool) -> shapes.Json:
        check_markup(asked.get("reply_markup"))
        keyboard = inline_keyboard(asked.get("reply_markup"))
        changed = {**content, **({"reply_markup": keyboard} if keyboard else {})}
        if changed == kept.content:
            raise MarkupRefused(_NOT_MODIFIED)
        return shapes.message(self._store.change(kept, changed, words=words))

    def _own(self, bot: int, asked: shapes.Json) -> shapes.KeptMessage:
        kept = self._store.message(bot, self._chat(bot, asked), int(asked["message_id"]))
        if kept is None:
            raise MarkupRefused("message to edit not found")
        if not kept.by_bot or kept.fixed:
            raise MarkupRefused("message can't be edited")
        return kept

    def _delete(self, bot: int, asked: shapes.Json) -> bool:
        kept = self._store.message(bot, self._chat(bot, asked, writing=False), int(asked["message_id"]))
        if kept is None:
            raise MarkupRefused("message to delete not found")
        if self._world.clock.now().timestamp() - kept.at > DELETABLE.total_seconds():
            raise MarkupRefused("message can't be deleted for everyone")
        self._store.delete(kept)
        return True

    def _get_file(self, _bot: int, asked: shapes.Json) -> shapes.Json:
        name = str(asked["file_id"])
        found = self._store.file(name)
        if found is None:
            raise MarkupRefused("wrong file_id or the file is temporarily unavailable")
        told = {"file_id": name, "file_unique_id": name[:15], "file_size": len(found)}
        return {**told, "file_path": f"voice/{name}.oga"}

    def _answer_press(self, bot: int, asked: shapes.Json) -> bool:
        since = stamp(self._world.clock.now() - PRESSES_WAIT)
        text, alert = str(asked.get("text") or ""), bool(asked.get("show_alert"))
        if len(text) > 200:
            raise MarkupRefused("MESSAGE_TOO_LONG")
        if not self._store.answer_press(bot, str(asked["callback_query_id"]), text, alert=alert, since=since):
            raise MarkupRefused("query is too old and response timeout expired or query ID is invalid")
        return True

    def _chat(self, bot: int, asked: shapes.Json, *, writing: bool = True) -> int:
        """Return the person's number; refuse one that isn't to be written to."""
        if asked.get("chat_id") in (None, ""):
            raise MarkupRefused("chat_id is empty")
        person = self._store.person(int(asked["chat_id"])) if str(asked["chat_id"]).isdecimal() else None
        if person is None:
            raise MarkupRefused("chat not found")
        opened = self._store.chat(bot, person.id)
        if opened is None:
            raise MarkupRefused("Forbidden: bot can't initiate conversation with a user", 403)
        if opened["blocked"] and writing:
            raise MarkupRefused("Forbidden: bot was blocked by the user", 403)
        return person.id


def _language(asked: shapes.Json) -> str:
    language = str(asked.get("language_code") or "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise MarkupRefused("invalid language code specified")
    return language


def telegram_api(world: World, store: TelegramStore, updates: Updates) -> ASGIApp:
    """Return the API, to be mounted where its `/bot` begins."""
    api = BotApi(world, store, updates)
    calls = Route("/bot{token}/{method}", api.call, methods=["GET", "POST"])
    files = Route("/file/bot{token}/voice/{name}.oga", api.file, methods=["GET"])
    return world.gate(PROVIDER, Router([calls, files]), shapes.server_error, shapes.too_many_requests)
