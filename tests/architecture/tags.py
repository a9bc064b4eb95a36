"""Tags of releases: `make tags` names each commit "Release X.Y.Z" of this branch vX.Y.Z, as upgrades ask for it.

The tags are lightweight, for the commit has the date and the words. Nothing is pushed: `git push --tags` does that.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.commits import git
from tests.architecture.rooms import ROOT

SUBJECT = re.compile(r"Release (\d+\.\d+\.\d+)(?=$|:)")

EARLIEST = {"cf13268268f7c220aafbc7dcd53b294a76d409d6": "0.1.0", "400a6af2b0d73765de971dccc3db41d125caafd3": "0.2.0"}
"""Commits that closed a release before subjects said so."""


def releases(clone: Path) -> Mapping[str, str]:
    """Return the tag of each release in the branch that is checked out, the oldest first, with its commit."""
    found: dict[str, str] = {}
    for line in (git("log", "--reverse", "--format=%H %s", at=clone) or "").splitlines():
        commit, _, subject = line.partition(" ")
        named = SUBJECT.match(subject)
        if version := named[1] if named else EARLIEST.get(commit):
            found[f"v{version}"] = commit
    return found


def tag(clone: Path) -> Iterator[str]:
    """Make the tags that are missing; yield those that are refused, or stand at another commit already."""
    for name, commit in releases(clone).items():
        tagged = (git("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}", at=clone) or "").strip()
        if not tagged and git("tag", name, commit, at=clone) is None:
            yield f"{name}: git doesn't make it at {commit}"
        elif tagged and tagged != commit:
            yield f"{name} stands at {tagged}, and the release is {commit}: delete it or leave it, it isn't moved"


def main() -> int:
    """Tag the releases of this clone, print each problem; return 1 if there is any."""
    problems = list(tag(ROOT))
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    print(git("tag", "--list", "v*", "--sort=v:refname", "--column=always") or "", end="")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
