"""Each release's commit gets its tag once, and a tag that stands elsewhere isn't moved."""

import subprocess
from pathlib import Path

import pytest

from tests.architecture.commits import git
from tests.architecture.tags import releases, tag


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of five commits, of which two close a release."""
    git("init", "--quiet", at=tmp_path)
    for subject in ("Begin", "Release 1.0.0", "Release the lock", "Release 1.1.0: more of it", "Say Release 1.2.0"):
        commit(tmp_path, subject)
    return tmp_path


def commit(clone: Path, subject: str) -> None:
    author = ("-c", "user.name=Anna", "-c", "user.email=anna@example.com")
    command = ["git", *author, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", subject]
    subprocess.run(command, cwd=clone, check=True)


def subjects(clone: Path) -> dict[str, str]:
    shown = git("for-each-ref", "refs/tags", "--format=%(refname:short)|%(subject)", at=clone) or ""
    return dict(line.split("|") for line in shown.splitlines())


def test_each_release_is_tagged_once(clone: Path) -> None:
    assert [*tag(clone), *tag(clone)] == []
    assert subjects(clone) == {"v1.0.0": "Release 1.0.0", "v1.1.0": "Release 1.1.0: more of it"}


def test_a_tag_that_stands_elsewhere_is_told_and_left(clone: Path) -> None:
    git("tag", "v1.0.0", "HEAD", at=clone)

    assert [problem.split(" stands")[0] for problem in tag(clone)] == ["v1.0.0"]
    assert subjects(clone) == {"v1.0.0": "Say Release 1.2.0", "v1.1.0": "Release 1.1.0: more of it"}


def test_a_release_made_again_is_its_last_commit(clone: Path) -> None:
    before = releases(clone)["v1.1.0"]
    commit(clone, "Release 1.1.0")

    assert releases(clone)["v1.1.0"] != before
