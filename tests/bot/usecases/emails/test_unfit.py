"""A letter that can't be written ends at once, with its failure for the chat; money is asked after again."""

from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.conversation import codec
from bot.usecases.job_deps import JOBS, JobDeps, JobRow
from bot.usecases.jobs import JobTable, outcome_event
from dialogs.messages.letters import LetterFailed, SendLetter
from services.jobs.port import GaveUp, StoredJob
from tests.services.outside import NOON

LETTER = SendLetter("link", "anna@example.com")
STORED = StoredJob("c:1:1", "c", None, "SendLetter", cast(dict[str, Any], codec.to_json(LETTER)), False, NOON, 1)


async def write_the_unwritable(_deps: JobDeps, job: SendLetter, _stored: StoredJob) -> Any:
    raise ValueError(f"can't write to {job.to}")


async def run(monkeypatch: pytest.MonkeyPatch, *, writes: bool) -> Any:
    row = JOBS[SendLetter]
    monkeypatch.setitem(JOBS, SendLetter, JobRow(write_the_unwritable, row.tries, row.given_up, writes))
    return await JobTable.execute(cast(JobTable, None), STORED)


async def test_what_cant_be_written_is_given_up_at_once_and_the_chat_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert JOBS[SendLetter].writes
    with capture_logs() as lines:
        outcome = await run(monkeypatch, writes=True)
    assert outcome == GaveUp("unfit")
    assert outcome_event(STORED, GaveUp("unfit")) == LetterFailed("unavailable")
    assert [line["event"] for line in lines if line.get("alarm")] == ["letter_unfit"]
    assert "anna" not in str(lines)


async def test_money_is_asked_after_again_whatever_was_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="write"):
        await run(monkeypatch, writes=False)
    asked = ("ConfirmPayment", "AskPayment", "PollPayment", "RefundPayment", "ChargeStored", "AskCharge", "AskBack")
    assert not any(row.writes for kind, row in JOBS.items() if kind.__name__ in asked)
