"""Commit messages since `BEGUN`: an imperative subject of at most 72 characters, the why in the body.

In a shallow clone, which lacks `BEGUN`, the commits that are there and younger are checked.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.rooms import ROOT

BEGUN, BEGUN_AT = "8085d47c2581a5d0cb83b8603905834b10216135", 1795308609
"""The first commit that isn't checked any more, and its time (Unix)."""

LONGEST = 72
"""Characters of a subject."""

VERBS = frozenset(
    """Accept Add Adopt Allow Answer Ask Assert Avoid Begin Bound Break Bring Build Cache Call Cancel Carry
    Catch Change Charge Check Choose Claim Clarify Clean Clear Close Collect Combine Compare Compile Complete
    Compute Confirm Construct Correct Count Cover Cut Decide Declare Define Delete Deliver Deny Derive
    Describe Detect Disable Dispatch Document Draw Drop Emit Enable Encode End Enforce Ensure Erase Escape
    Exclude Expect Expire Explain Explore Export Extend Extract Fail Fetch Find Fit Fix Fold Follow Format Generate
    Give Go Greet Group Guard Guide Hand Handle Hash Hear Hide Hold Ignore Import Improve Include Inline Insert
    Install Introduce Invert Join Judge Keep Know Lay Lead Learn Leave Let Limit Link List Load Lock Log Look Lower Mail
    Make Map Mark Match Measure Mend Merge Migrate Misspell Move Name Narrow Normalise Note Offer Omit Open
    Order Parse Part Pass Pause Pin Place Plant Play Point Prefer Prepare Press Prevent Print Propose Prove Publish
    Put Quote Raise Read Record Redact Reduce Refund Refuse Regenerate Register Reject Release Remember
    Remove Rename Render Renew Reorder Repeat Replace Report Require Reset Resolve Restore Retry Return
    Reuse Revert Rewrite Roll Rotate Round Run Save Say Send Separate Serve Set Settle Share Shorten Show
    Simplify Skip Sort Speak Speed Split Start State Step Stop Store Switch Tag Take Tell Test Thin Tidy
    Time Trace Train Translate Treat Trim Trust Try Turn Type Understand Unify Update Upgrade Use Validate Verify
    Wait Walk Warn Widen Withdraw Wrap Write""".split()
)
"""Verbs with which a subject may begin. Another one is as good: add it."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit's abbreviated hash and its message."""

    id: str
    subject: str
    body: str


def git(*arguments: str, at: Path = ROOT) -> str | None:
    """Return what git prints in the clone, or None if it fails."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    answer = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    return answer.stdout if answer.returncode == 0 else None


def commits() -> Iterator[Commit]:
    """Yield the commits to check, the newest first; none outside of a clone."""
    is_known = git("cat-file", "-e", f"{BEGUN}^{{commit}}") is not None
    since = [f"{BEGUN}..HEAD"] if is_known else [f"--since=@{BEGUN_AT + 1}", "HEAD"]
    for record in (git("log", "--no-merges", "--format=%h%x00%s%x00%b%x01", *since) or "").split("\1"):
        if record.strip():
            id, subject, body = record.strip("\n").split("\0")
            yield Commit(id, subject, body.strip())


def problems(commit: Commit) -> Iterator[str]:
    """Yield what is wrong with a commit's message."""
    if len(commit.subject) > LONGEST:
        yield f"the subject has {len(commit.subject)} characters: at most {LONGEST}"
    if commit.subject.split(maxsplit=1)[0] not in VERBS:
        yield "the subject doesn't begin with a verb in the imperative (VERBS in tests/architecture/commits.py)"
    if not commit.body:
        yield "the body doesn't say why"


def main() -> int:
    """Print each problem; return 1 if there is any."""
    found = [f"{commit.id} {commit.subject}: {problem}" for commit in commits() for problem in problems(commit)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
