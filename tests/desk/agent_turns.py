"""Agents' acts at a desk of this process, and a conversation's journal."""

from bot.usecases.agents.acts import AgentActs, By
from services.store import journal
from tests.desk.running import Running

ANNA, MAREK = By("agent-anna", "Anna", "pl"), By("agent-marek", "Marek", "pl")


def acts(desk: Running) -> AgentActs:
    return desk.installation.container.agent_acts


async def lines(desk: Running, conversation_id: str) -> list[journal.JournalEntry]:
    return list(await desk.installation.store.read(lambda c: journal.read_all(c, conversation_id)))
