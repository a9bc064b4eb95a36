"""What happened in a conversation, in the words of a place outside that mirrors it: a group, a help desk.

What was said differs with the place (what it escapes, what it masks); who did what, and why a person is wanted, not.
"""

from collections.abc import Callable, Iterable, Iterator

from bot.conversation.desk import BY_AGENT
from bot.web.words import PageWords
from dialogs.handoff.handoff import ANSWER_SOON
from services.store.journal import JournalEntry

BLOCKED = "blocked"
"""The journal's kind for words that were turned away."""
_ACTS = (
    *("took", "took_over", "took_back", "passed_on", "gave_back", "done", "put_back", "corrected"),
    "shut_out",
)


def written_there(entries: Iterable[JournalEntry], via: str) -> set[int]:
    """Revisions of acts that came from the place itself: it shows what was written in it already."""
    return {one.revision for one in entries if one.kind == BY_AGENT and one.data.get("via") == via}


def act_told(t: PageWords, entry: JournalEntry, plain: Callable[[str], str]) -> Iterator[str]:
    """An agent's act, where colleagues are told of such; `plain` makes foreign words harmless there."""
    act = entry.data.get("act")
    if act in _ACTS:
        step = plain(str(entry.data.get("step") or "?"))
        yield t(f"act.{act}", by=plain(str(entry.data.get("by") or "?")), step=step)


def wish_told(t: PageWords, entry: JournalEntry, reason: str) -> Iterator[str]:
    """What the dialogs did themselves about a person; `reason`: why one is wanted."""
    acts = entry.data.get("acts") or ()
    if entry.kind == BY_AGENT:
        return
    if "RequestHuman" in acts:
        yield t("act.wanted", reason=reason_of(t, reason))
    if entry.data.get("timer") == ANSWER_SOON:
        yield t("act.soon")
    if "PutBack" in acts:
        yield t("act.unanswered" if entry.kind == "timer" else "act.released")
    if "EndWait" in acts:
        yield t("act.given_up")


def reason_of(t: PageWords, reason: str) -> str:
    """Why a person is wanted."""
    return t.get(f"reason.{reason}", "reason.asked", {})
