"""Agents' commands in a conversation, each by a form: take, answer, correct, pass on, give back, note, block …

A form that is refused is shown again with what was typed and why. `bot/usecases/agents/acts.py` carries a command out
once per key.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import Handler, SignedIn
from bot.handlers.console.console import Console, ConsoleProblem
from bot.handlers.console.formatting import ConsoleWords
from bot.handlers.console.page_requests import by_script, command_key, form_of, no_content, row_id, see_other
from bot.usecases.agents.act_forms import OF_EVERY_ACT, ActNotDone, ActWanted
from bot.usecases.agents.acts import LONGEST, By, HandoffNotTaken, LoneCommand, NotFilled, NotRight, NotSaid, NotYours
from bot.usecases.agents.customer_acts import ACTS, CustomerAct
from bot.web.guard import RequestTurnedAway
from services.agents import agent_accounts, audit
from services.agents.agent_accounts import AgentPresence
from services.payments import refunds
from services.store import conversations
from services.support import blocklist, handoffs, notes
from services.support.blocklist import MOST_REASON
from services.support.notes import Note, NoteRefused
from values.incoming_text import clean, one_line

Fields = dict[str, str]
Command = Callable[[str, By, Fields], Awaitable[None]]

SPANS: dict[str, timedelta | None] = {"day": timedelta(days=1), "week": timedelta(days=7), "good": None}
"""How long an address may be blocked; None is for good."""
_CONFLICT, _UNFIT = 409, 422
_REFUSED = (NotYours, HandoffNotTaken, NotSaid, NotFilled, LoneCommand, NotRight, ActNotDone, NoteRefused)
"""Why a command isn't carried out; its form is shown again."""


class _Act(Protocol):
    """A command that takes nothing from its form."""

    def __call__(self, conversation_id: str, by: By, key: str, /) -> Awaitable[None]: ...


def routes(console: Console) -> list[Route]:
    """Return the routes of `POST /desk/c/{id}/…`."""
    commands, customer, acts = _ConversationCommands(console), _CustomerCommands(console), console.acts
    plain: dict[str, _Act] = {
        "take": acts.take,
        "take-back": acts.take_back,
        "take-over": acts.take_over,
        "give-back": acts.give_back,
        "ask-to-confirm": partial(acts.give_back, confirm=True),
        "done": partial(acts.give_back, done=True),
        "put-back": acts.put_back,
        "prove": acts.prove,
    }
    of_forms: dict[str, Command] = {
        **{name: _of_form(name, act) for name, act in plain.items()},
        "say": commands.say,
        "correct": commands.correct,
        "pass": commands.pass_on,
        "language": commands.language,
        "keep-address": commands.keep_address,
        "note": commands.note,
        "ask-proof": commands.ask_proof,
    }
    handlers: dict[str, Handler] = {
        **{name: commands.form(command) for name, command in of_forms.items()},
        "typing": commands.typing,
        "show": customer.show,
        "block": customer.block,
        "unblock": customer.unblock,
    }
    guarded = console.access.guarded
    ways = {name: guarded(handler) for name, handler in handlers.items()}
    ways |= {act.name.replace("_", "-"): guarded(commands.form(commands.on_card(act)), act.role) for act in ACTS}
    return [Route(f"/desk/c/{{id}}/{name}", way, methods=["POST"]) for name, way in ways.items()]


def _of_form(name: str, act: _Act) -> Command:
    """Return the command of a form that has nothing but its key."""

    async def run(conversation_id: str, by: By, fields: Fields) -> None:
        await act(conversation_id, by, command_key(name, fields))

    return run


class _ConversationCommands(Struct, frozen=True):
    console: Console

    def form(self, command: Command) -> Handler:
        """Return the handler of a command's form."""

        async def handle(request: Request, me: SignedIn) -> Response:
            fields, conversation_id, console = await form_of(request), str(request.path_params["id"]), self.console
            try:
                await command(conversation_id, console.by(me), fields)
            except LookupError:
                raise RequestTurnedAway(404, "no_conversation") from None
            except _REFUSED as refused:
                problem, status = await self._why(refused, fields, me)
                return await console.page(request, me, conversation_id, problem, status)
            return await _shown(console, request, me)

        return handle

    async def say(self, conversation_id: str, by: By, fields: Fields) -> None:
        text = fields.get("text", "")
        await self.console.acts.say(conversation_id, by, text, command_key("say", fields, text))

    async def correct(self, conversation_id: str, by: By, fields: Fields) -> None:
        """Take a typed answer, or the `way` past it."""
        step, text = fields.get("step", ""), (fields.get("way") or fields.get("value", "")).strip()[:LONGEST]
        await self.console.acts.correct(conversation_id, by, step, text, command_key("correct", fields, step, text))

    async def language(self, conversation_id: str, by: By, fields: Fields) -> None:
        locale = fields.get("locale", "")
        try:
            await self.console.acts.speak(conversation_id, by, locale, command_key("language", fields, locale))
        except ValueError:
            raise RequestTurnedAway(_UNFIT, "no_language") from None

    async def keep_address(self, conversation_id: str, by: By, fields: Fields) -> None:
        line, address = row_id(fields.get("line", "")), fields.get("address", "")
        key = command_key("keep-address", fields, str(line), address)
        await self.console.acts.keep_address(conversation_id, by, line or 0, address, key)

    async def ask_proof(self, conversation_id: str, by: By, fields: Fields) -> None:
        """Ask the contract's account to stand behind a withdrawal."""
        id, number = fields.get("id", ""), fields.get("number", "")
        fields["act"] = "withdrawal"
        key = command_key("ask-proof", fields, id, number)
        await self.console.acts.ask_proof(conversation_id, by, id, number, key)

    def on_card(self, act: CustomerAct) -> Command:
        """Return the command of an act's form; what it refuses is shown in that form."""

        async def run(conversation_id: str, by: By, fields: Fields) -> None:
            typed = tuple(fields.get(name, "") for name in ("of", "reason", "typed", "sure"))
            key = command_key(act.name, fields, *typed)
            fields |= {"act": act.name, "words": act.words}
            await self.console.acts.on_card(conversation_id, by, act, ActWanted(*typed), key)

        return run

    async def pass_on(self, conversation_id: str, by: By, fields: Fields) -> None:
        to = await self._colleague(fields.get("to", ""))
        await self.console.acts.pass_on(conversation_id, by, By(to.id, to.name), command_key("pass", fields, to.id))

    async def typing(self, request: Request, me: SignedIn) -> Response:
        """Record that the agent is writing: the talk isn't taken back in mid-sentence, and the customer sees it."""
        access, where = self.console.access, str(request.path_params["id"])
        now = access.clock.now()
        if await access.store.write(
            lambda c: handoffs.note_typing(c, conversation_id=where, agent_id=me.agent_id, now=now)
        ):
            await self.console.desk.typing(where, by_agent=True)
        return no_content()

    async def note(self, conversation_id: str, by: By, fields: Fields) -> None:
        """Add a note for other agents. Raises LookupError, NoteRefused."""
        access, words = self.console.access, fields.get("note", "")
        note_id = command_key("note", fields, conversation_id, by.id, words)[:32]
        note = Note(note_id, conversation_id, by.id, clean(words).text, access.clock.now())

        def work(connection: sa.Connection) -> None:
            if conversations.load(connection, conversation_id, lock=False) is None:
                raise LookupError
            if notes.add(connection, note):
                audit.note(connection, agent_id=by.id, what="noted", at=note.at, conversation_id=conversation_id)

        await access.store.write(work)

    async def _colleague(self, agent_id: str) -> AgentPresence:
        """Return an agent who can answer. Errors: RequestTurnedAway 422."""
        now = self.console.access.clock.now()
        able = await self.console.access.store.read(lambda c: agent_accounts.assignable(c, now))
        found = next((one for one in able if one.id == agent_id), None)
        if found is None:
            raise RequestTurnedAway(_UNFIT, "no_colleague")
        return found

    async def _why(self, refused: Exception, fields: Fields, me: SignedIn) -> tuple[ConsoleProblem, int]:
        """Return the problem to show, and the status."""
        part = "steps" if "value" in fields else "write" if "text" in fields else "head"
        part = "card" if "act" in fields else part
        typed, field = fields.get("value", fields.get("text", "")), fields.get("step", "")
        match refused:
            case NotRight():
                return ConsoleProblem("steps", "refused", {"words": refused.words}, typed, field), _UNFIT
            case NotSaid():
                return ConsoleProblem("write", "not_said", {"most": LONGEST}, typed), _UNFIT
            case NotFilled():
                places = " ".join(refused.places)
                return ConsoleProblem("write", "not_filled", {"places": places}, typed, refused.places[0]), _UNFIT
            case LoneCommand():
                return ConsoleProblem("write", "lone_command", {"word": refused.word}, typed), _UNFIT
            case ActNotDone():
                if "act" not in fields:
                    return ConsoleProblem("steps", f"act_{refused.why}", {}, typed, field), _UNFIT
                return act_problem("card", fields["act"], refused, fields, self.console.words(me)), _UNFIT
            case NoteRefused():
                return ConsoleProblem("notes", "not_noted", {"most": notes.MOST_CHARS}, fields.get("note", "")), _UNFIT
            case NotYours() | HandoffNotTaken():
                names = await self.console.names()
                has_it = names.get(refused.agent_id or "")
                key = "not_yours" if has_it is None else "anothers"
                return ConsoleProblem(part, key, {"name": has_it or ""}, typed, field), _CONFLICT
            case _:
                raise refused


def act_problem(part: str, act: str, refused: ActNotDone, fields: Fields, told: ConsoleWords) -> ConsoleProblem:
    """Return why an act on money wasn't done, as its form says it, with what was typed and what confirms it."""
    shown = "" if refused.sum is None else told.money(refused.sum.minor, refused.sum.currency)
    values = {"sum": shown, "sure": refused.sure, "typed": fields.get("typed", ""), "most": refunds.MOST_REASON}
    key = f"{'act' if refused.why in OF_EVERY_ACT else fields.get('words') or act}_{refused.why}"
    return ConsoleProblem(part, key, values, fields.get("reason", ""), f"{act}-{fields.get('of', '')}")


class _CustomerCommands(Struct, frozen=True):
    """Commands about the customer rather than the conversation, noted in the audit log with ids only."""

    console: Console

    async def show(self, request: Request, me: SignedIn) -> Response:
        """Show contacts in full on this page for a while, once that is in the audit log."""
        console, conversation_id = self.console, str(request.path_params["id"])
        talk = await console.talk(me, conversation_id)
        account_id = talk.conversation.account_id
        await console.access.note(me, audit.CONTACTS_OPENED, conversation_id=conversation_id, account_id=account_id)
        if not by_script(request):
            return await console.page(request, me, conversation_id, opened=True)
        shown = await console.pieces(me, talk, opened=True)
        return console.bare(request, me, [piece for piece in shown if piece.name in ("card", "notes")])

    async def block(self, request: Request, me: SignedIn) -> Response:
        """Block the address, with a reason."""
        fields, conversation_id = await form_of(request), str(request.path_params["id"])
        reason, span = one_line(fields.get("reason", "")), fields.get("span", "")
        if not 0 < len(reason) <= MOST_REASON or span not in SPANS:
            problem = ConsoleProblem("head", "no_reason", {"most": MOST_REASON}, reason[:MOST_REASON], "reason")
            return await self.console.page(request, me, conversation_id, problem, _UNFIT)
        console, key = self.console, command_key("block", fields, reason, span)
        try:
            await console.acts.block(conversation_id, console.by(me), key, reason, SPANS[span])
        except LookupError:
            raise RequestTurnedAway(404, "no_conversation") from None
        except NotYours:  # switched off meanwhile
            return console.access.to_log_in(request)
        return await _shown(self.console, request, me)

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        """Take messages from the address again."""
        conversation_id, access = str(request.path_params["id"]), self.console.access

        def work(connection: sa.Connection) -> None:
            found = conversations.load(connection, conversation_id, lock=False)
            if found is None:
                raise RequestTurnedAway(404, "no_conversation")
            if blocklist.unblock(connection, channel=found.channel, address=found.address):
                access.record(connection, me, "unblocked", conversation_id=conversation_id)

        await access.store.write(work)
        return await _shown(self.console, request, me)


async def _shown(console: Console, request: Request, me: SignedIn) -> Response:
    """Return the conversation's parts to a script, a redirect to its page to a browser."""
    conversation_id = str(request.path_params["id"])
    if by_script(request):
        return await console.page(request, me, conversation_id)
    return see_other(f"/desk/c/{conversation_id}")
