"""What an agent does with a conversation, each by a form: take, say, correct, pass on, give back, put back, note …

A form that is refused is shown again with what was typed and why. `bot/usecases/agents/acts.py` does the acts, once per
key.
"""

from collections.abc import Awaitable, Callable

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console.console import Console, ConsoleProblem
from bot.handlers.console.door import SignedIn, by_script
from bot.handlers.console.forms import act_key, form_of
from bot.usecases.agents.acts import LONGEST, By, HandoffNotTaken, NotFilled, NotRight, NotSaid, NotYours
from bot.web.guard import RequestTurnedAway
from bot.web.policy import DESK_PAGE
from services.agents import accounts, audit
from services.agents.accounts import AgentPresence
from services.store import conversations
from services.support import handoffs, notes
from services.support.notes import Note, NoteRefused
from values.text import clean

Fields = dict[str, str]
Act = Callable[[str, By, Fields], Awaitable[None]]
_CONFLICT, _UNFIT = 409, 422


def routes(console: Console) -> list[Route]:
    """`POST /desk/c/{id}/…`."""
    doing = _Acts(console)
    acts: dict[str, Act] = {
        "take": doing.take,
        "say": doing.say,
        "correct": doing.correct,
        "pass": doing.pass_on,
        "language": doing.language,
        "take-back": doing.take_back,
        "take-over": doing.take_over,
        "give-back": doing.give_back,
        "ask-to-confirm": doing.ask_to_confirm,
        "done": doing.done,
        "put-back": doing.put_back,
        "note": doing.note,
    }
    return [
        Route("/desk/c/{id}/typing", console.door.guarded(doing.typing), methods=["POST"]),
        *(
            Route(f"/desk/c/{{id}}/{name}", console.door.guarded(doing.form(act)), methods=["POST"])
            for name, act in acts.items()
        ),
    ]


class _Acts:
    def __init__(self, console: Console) -> None:
        self._console = console

    def form(self, act: Act) -> Callable[[Request, SignedIn], Awaitable[Response]]:
        """Return the handler of an act's form."""

        async def done(request: Request, me: SignedIn) -> Response:
            fields, conversation_id = await form_of(request), str(request.path_params["id"])
            console = self._console
            try:
                await act(conversation_id, console.by(me), fields)
            except LookupError:
                raise RequestTurnedAway(404, "no_conversation") from None
            except (NotYours, HandoffNotTaken, NotSaid, NotFilled, NotRight, NoteRefused) as refused:
                problem, status = await self._why(refused, fields)
                return await console.page(request, me, conversation_id, problem, status)
            if by_script(request):
                return await console.page(request, me, conversation_id)
            return RedirectResponse(f"/desk/c/{conversation_id}", 303, headers=DESK_PAGE)

        return done

    async def take(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.take(conversation_id, by, act_key("take", fields))

    async def say(self, conversation_id: str, by: By, fields: Fields) -> None:
        text = fields.get("text", "")
        await self._console.acts.say(conversation_id, by, text, act_key("say", fields, text))

    async def correct(self, conversation_id: str, by: By, fields: Fields) -> None:
        step, text = fields.get("step", ""), fields.get("value", "").strip()[:LONGEST]
        await self._console.acts.correct(conversation_id, by, step, text, act_key("correct", fields, step, text))

    async def language(self, conversation_id: str, by: By, fields: Fields) -> None:
        locale = fields.get("locale", "")
        try:
            await self._console.acts.speak(conversation_id, by, locale, act_key("language", fields, locale))
        except ValueError:
            raise RequestTurnedAway(_UNFIT, "no_language") from None

    async def pass_on(self, conversation_id: str, by: By, fields: Fields) -> None:
        to = await self._colleague(fields.get("to", ""))
        await self._console.acts.pass_on(conversation_id, by, By(to.id, to.name), act_key("pass", fields, to.id))

    async def take_back(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.take_back(conversation_id, by, act_key("take-back", fields))

    async def take_over(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.take_over(conversation_id, by, act_key("take-over", fields))

    async def typing(self, request: Request, me: SignedIn) -> Response:
        """Tell that an answer is being written: whoever writes isn't taken the conversation from in mid-sentence."""
        door, where = self._console.door, str(request.path_params["id"])
        now = door.clock.now()
        await door.store.write(lambda c: handoffs.typed(c, conversation_id=where, agent_id=me.agent_id, now=now))
        return Response(status_code=204, headers=DESK_PAGE)

    async def give_back(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.give_back(conversation_id, by, act_key("give-back", fields))

    async def ask_to_confirm(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.give_back(conversation_id, by, act_key("ask-to-confirm", fields), confirm=True)

    async def done(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.give_back(conversation_id, by, act_key("done", fields), done=True)

    async def put_back(self, conversation_id: str, by: By, fields: Fields) -> None:
        await self._console.acts.put_back(conversation_id, by, act_key("put-back", fields))

    async def note(self, conversation_id: str, by: By, fields: Fields) -> None:
        """Add a note for other agents, whoever has the conversation. Raises LookupError, NoteRefused."""
        door, words = self._console.door, fields.get("note", "")
        note_id = act_key("note", fields, conversation_id, by.id, words)[:32]
        note = Note(note_id, conversation_id, by.id, clean(words).text, door.clock.now())

        def work(connection: sa.Connection) -> None:
            if conversations.load(connection, conversation_id, lock=False) is None:
                raise LookupError
            if notes.add(connection, note):
                audit.note(connection, agent_id=by.id, what="noted", at=note.at, conversation_id=conversation_id)

        await door.store.write(work)

    async def _colleague(self, agent_id: str) -> AgentPresence:
        """Return somebody who can answer. Errors: Turned 422."""
        now = self._console.door.clock.now()
        able = await self._console.door.store.read(lambda c: accounts.assignable(c, now))
        found = next((one for one in able if one.id == agent_id), None)
        if found is None:
            raise RequestTurnedAway(_UNFIT, "no_colleague")
        return found

    async def _why(self, refused: Exception, fields: Fields) -> tuple[ConsoleProblem, int]:
        """Return what is told of a refusal, where, and by which status."""
        part = "steps" if "value" in fields else "write" if "text" in fields else "head"
        typed, field = fields.get("value", fields.get("text", "")), fields.get("step", "")
        match refused:
            case NotRight():
                return ConsoleProblem("steps", "refused", {"words": refused.words}, typed, field), _UNFIT
            case NotSaid():
                return ConsoleProblem("write", "not_said", {"most": LONGEST}, typed), _UNFIT
            case NotFilled():
                places = " ".join(refused.places)
                return ConsoleProblem("write", "not_filled", {"places": places}, typed, refused.places[0]), _UNFIT
            case NoteRefused():
                return ConsoleProblem("notes", "not_noted", {"most": notes.MOST_CHARS}, fields.get("note", "")), _UNFIT
            case NotYours() | HandoffNotTaken():
                names = await self._console.names()
                has_it = names.get(refused.agent_id or "")
                key = "not_yours" if has_it is None else "anothers"
                return ConsoleProblem(part, key, {"name": has_it or ""}, typed, field), _CONFLICT
            case _:
                raise refused
