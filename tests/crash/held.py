"""The judge of what agents had: one at a time, the bot silent meanwhile, every word of theirs once and delivered."""

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from bot.conversation.desk import BY_AGENT
from services.agents import agent_accounts, audit
from services.store import journal
from services.store.journal import AGENT, BOT, JournalEntry
from services.store.tables.core import conversation
from services.support import handoffs
from tests.crash.office import Helped
from tests.crash.plan import Broken, Kind

DELIVERED = ("sent", "given")
#: What the trail calls otherwise than the journal.
_IN_THE_TRAIL = {"took": "taken", "gave_back": "given_back"}
#: Acts of which the bot tells the customer.
_TOLD = ("took", "withdrawal_accepted", "withdrawal_refused")
_DECIDED = _TOLD[1:]
#: Acts after which nobody has it.
_ENDS = ("gave_back", "done", "put_back")


def judge_helped(store: sa.Engine, helped: Sequence[Helped], waiting: int = 0) -> list[Broken]:
    """What was promised of agents and not kept. `waiting`: so many wait for a decision still."""
    with store.connect() as connection:
        broken = [fault for one in helped for fault in _of(connection, one)]
        found = len(handoffs.all_open(connection))
        modes = sa.select(sa.func.count()).select_from(conversation).where(conversation.c.mode != "bot")
        silent = connection.execute(modes).scalar_one()
    if (found, silent) != (waiting, waiting):
        told = f"{found} wait for a person or are held, {silent} talks aren't the bot's; {waiting} should wait"
        broken.append(Broken("stuck", "all", told))
    return broken


def _of(connection: sa.Connection, one: Helped) -> list[Broken]:
    lines = list(journal.read_all(connection, one.talk))
    agent = agent_accounts.by_login(connection, one.holder)
    by = agent.id if agent is not None else ""
    broken = [Broken("held", one.talk, problem) for problem in one.problems]
    broken += _held(one.talk, lines)
    acts = [(str(line.data["agent"]), str(line.data["act"])) for line in lines if line.kind == BY_AGENT]
    broken += _as_done(one.talk, "in the journal", acts, [(by, act) for act in one.acts])
    trail = [entry for entry in audit.page(connection, most=100_000) if entry.conversation_id == one.talk]
    seen = [(entry.agent_id or "", entry.what) for entry in reversed(trail) if entry.what != "conversation_seen"]
    broken += _as_done(one.talk, "in the trail", seen, [(by, _IN_THE_TRAIL.get(act, act)) for act in one.acts])
    said = Counter(str(line.data["text"]) for line in lines if line.kind == AGENT)
    broken += [_times(one.talk, words, said[words]) for words in one.said if said[words] != 1]
    # A decision is told to who may be away: it waits until the channel asks for it.
    decided = {line.revision for line in lines if line.kind == BY_AGENT and line.data["act"] in _DECIDED}
    words = (line for line in lines if line.kind == AGENT and line.delivery not in DELIVERED)
    undelivered = [line.id for line in words if line.delivery != "kept" or line.revision not in decided]
    broken += [Broken("lost", one.talk, f"an agent's words never left: line {line}") for line in undelivered]
    return broken


def _held(talk: str, lines: Sequence[JournalEntry]) -> list[Broken]:
    """Only who has it acts, and nothing of the bot's is decided meanwhile; who speaks now it says in the very turn."""
    broken: list[Broken] = []
    holder, own = "", set[int]()
    for line in lines:
        if line.kind == BY_AGENT:
            agent, act = str(line.data["agent"]), str(line.data["act"])
            if agent != holder and (holder or act != "took"):
                broken.append(
                    Broken("held", talk, f"{agent} {act} in turn {line.revision}, {holder or 'nobody'} had it")
                )
            if act in _TOLD:
                own.add(line.revision)
            if act == "took":
                holder = agent
            elif act in _ENDS:
                holder = ""
        elif line.kind == BOT and holder and line.revision not in own:
            broken.append(Broken("held", talk, f"the bot spoke in turn {line.revision}, {holder} had it"))
    return broken


def _as_done(talk: str, where: str, found: list[tuple[str, str]], right: list[tuple[str, str]]) -> list[Broken]:
    if found == right:
        return []
    kind: Kind = "lost" if len(found) < len(right) else "doubled"
    return [Broken(kind, talk, f"{where}: {found}, done was {right}")]


def _times(talk: str, words: str, times: int) -> Broken:
    return Broken("lost" if times == 0 else "doubled", talk, f"{times} times in the transcript: {words}")
