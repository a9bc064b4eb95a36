"""The table that `docs/dev/reliability.md` publishes."""

import os
import platform
import statistics
import subprocess
from collections import Counter

from tests.crash.customers import Cut, Traveller
from tests.crash.process import ROOT
from tests.crash.run import Result


def table(result: Result, command: str) -> str:
    """Markdown: one run, one line each."""
    plan, kinds = result.plan, Counter(broken.kind for broken in result.broken)
    befell = Counter(strike.kind for strike in result.strikes)
    lines = {
        "command": f"`{command}`",
        "commit": commit(),
        "machine": machine(),
        "database": plan.database,
        "processes": f"{plan.replicas} × `okienko run`" + (", `okienko sandbox`" if plan.database != "sqlite" else ""),
        "seed": str(plan.seed),
        "protections taken out": ", ".join(plan.without) or "none",
        "journeys": f"{len(result.customers)}, of which {_chatters(result)} on Telegram",
        "kills (`kill -9`)": f"{befell['kill']} of desks, {befell['sandbox']} of the sandbox",
        f"freezes (SIGSTOP for {plan.frozen_s:g} s)": str(befell["freeze"]),
        "answers of providers lost": str(plan.lost),
        "requests without an answer, made again": str(result.unanswered),
        "refunded or disputed at the provider; withdrawn from in words": _fortunes(result),
        "conversations that an agent took, spoke in and gave back": _helped(result),
        "agents' requests without an answer, made again": str(result.unanswered_agents),
        "transactions that waited for each other (PostgreSQL), tried again": str(result.deadlocks),
        "**lost**": f"**{kinds['lost']}**",
        "**doubled** (turns, SMS, accounts, orders, payments, activations)": f"**{kinds['doubled']}**",
        "**stuck**": f"**{kinds['stuck']}**",
        "**held by two agents at once, or spoken over by the bot** (P10)": f"**{kinds['held']}**",
        "**books other than the provider's** (money back, renewals, withdrawals)": f"**{kinds['books']}**",
        "seq went back": str(kinds["order"]),
        "bot's messages on Telegram": str(result.chat_messages),
        "of these sent twice": str(result.doubled_chat),
        "letters sent twice": str(result.ledger.letters_twice),
        "a message left unanswered by a kill, answered after": _spread([cut.took_s for cut, _ in _cuts(result)]),
        "the same, where nothing else befell meanwhile": _spread(
            [c.took_s for c, befell in _cuts(result) if befell <= 1]
        ),
        "a killed process ready again after": _spread([s.back_s for s in result.strikes if s.kind == "kill"]),
        "took": f"{result.took_s:.0f} s",
    }
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in lines.items())


def faults(result: Result, most: int = 40) -> str:
    """What was promised and not kept, one a line."""
    return "\n".join(f"- {broken.kind}: {broken.who}: {broken.what}" for broken in result.broken[:most])


def commit() -> str:
    """The checkout's, with a word if it isn't as committed."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + (" and changes" if git("status", "--porcelain") else "")


def machine() -> str:
    """What it ran on."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _chatters(result: Result) -> int:
    return sum(not isinstance(customer, Traveller) for customer in result.customers)


def _fortunes(result: Result) -> str:
    withdrawn = [fortune for fortune in result.fortunes if fortune.withdraws]
    late = sum(fortune.is_late for fortune in withdrawn)
    return (
        f"{len(result.fortunes) - len(withdrawn)}; {len(withdrawn)}, {late} of them decided while the renewal fell due"
    )


def _helped(result: Result) -> str:
    corrected = sum(one.corrects is not None for one in result.helped)
    return (
        f"{len(result.helped)}, taken by {sum(one.presses for one in result.helped)} presses at once, "
        f"an answer put right in {corrected}"
    )


def _cuts(result: Result) -> list[tuple[Cut, int]]:
    """Requests cut by a kill, with the strikes meanwhile; who met a frozen process waited for the end of patience."""
    freezes = [(s.at, s.at + s.back_s) for s in result.strikes if s.kind == "freeze"]
    found = [cut for customer in result.customers if isinstance(customer, Traveller) for cut in customer.door.taken_up]
    return [
        (cut, sum(cut.at - 1.0 <= s.at <= cut.at + cut.took_s for s in result.strikes))
        for cut in found
        if not any(begin <= cut.at <= end + 1.0 for begin, end in freezes)
    ]


def slowest(result: Result, most: int = 10) -> str:
    """The messages that waited longest for an answer, one a line, with what befell the processes meanwhile."""
    cuts = [cut for customer in result.customers if isinstance(customer, Traveller) for cut in customer.door.taken_up]
    lines: list[str] = []
    for cut in sorted(cuts, key=lambda cut: -cut.took_s)[:most]:
        befell = [s for s in result.strikes if cut.at - 1.0 <= s.at <= cut.at + cut.took_s]
        told = ", ".join(f"{s.kind} of {s.who} at {s.at - cut.at:+.1f} s" for s in befell)
        lines.append(f"{cut.took_s:.2f} s at {cut.where}: {told}")
    return "\n".join(lines)


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return "–"
    return f"{statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (longest), {len(seconds)} times"
