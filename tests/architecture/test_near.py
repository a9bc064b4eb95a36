"""What a change reaches: by imports, by fixtures, by files that are named; and what fits into the time."""

import ast
from pathlib import Path

import pytest

from tests.architecture.commits import git
from tests.architecture.near import SHOW_DOCSTRINGS, Tree, changed, chosen, own_tests
from tests.kit.rows import all_rows
from tests.table import table

FILES = {
    "values/__init__.py": "",
    "values/money.py": "",
    "values/tax.toml": "",
    "services/orders.py": "from values.money import Money",
    "services/late.py": "LATE = LateModel('services.orders:Order')",
    "services/eu/vat/rates.tsv": "",
    "services/eu/vat/read.py": "",
    "services/unread.py": "import values",
    "tests/conftest.py": "from services import orders",
    "tests/services/test_orders.py": "from services import orders",
    "tests/services/test_late.py": "from services.late import LATE",
    "tests/desk/conftest.py": "def desk(): ...",
    "tests/desk/test_desk.py": "PAGE = ROOT / 'docs/how-to/operate.md'",
    "tests/docs/test_links.py": "",
    "tests/values/test_money.py": "import values.money",
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Tree(tmp_path, ("values", "services", "tests"))


@all_rows
def test_a_change_reaches_what_imports_or_names_it(tree: Tree, file: str, tests: dict[str, int]) -> None:
    reached = tree.reached([file])
    told = {name.removeprefix("tests/").removesuffix(".py"): far for name, far in reached.items() if "/test_" in name}
    assert told == tests


def test_only_what_was_edited_is_read_again(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree.root / "values/money.py").write_text("import services.late")
    read: list[str] = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text, filename: read.append(filename) or parse(text, filename))
    again = Tree(tree.root, ("values", "services", "tests"))
    assert read == ["values/money.py"]
    assert "values/money.py" in again.reached(["services/late.py"])
    assert again.named == tree.named


def test_the_nearest_that_fit_into_the_time_are_taken() -> None:
    reached = {"values/money.py": 0, "tests/a/test_far.py": 3, "tests/a/test_near.py": 1, "tests/a/test_long.py": 1}
    seconds = {"tests/a/test_far.py": 4.0, "tests/a/test_near.py": 5.0, "tests/a/test_long.py": 50.0}
    near, long, far = (f"tests/a/test_{name}.py" for name in ("near", "long", "far"))
    assert chosen(reached, seconds, 8) == ([near], [long, far])
    assert chosen(reached, seconds, 10) == ([near, far], [long])
    assert chosen(reached, seconds, 1000) == ([near, long, far], [])


def test_the_changed_files_own_tests_are_first_and_there_is_always_one() -> None:
    tests = ["tests/a/test_far.py", "tests/values/test_money.py", "tests/b/test_new.py"]
    assert own_tests(["values/money.py", "tests/b/test_new.py"], tests) == tests[1:]
    assert own_tests(["docs/README.md"], tests) == tests[:1]
    assert own_tests(["docs/README.md"], []) == []


def committed(at: Path, **files: str) -> None:
    for name, text in files.items():
        (at / f"{name}.py").write_text(text)
    for words in (["add", "."], ["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "A"]):
        assert git(*words, at=at) is not None, words


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A branch "mine", begun where main has two files."""
    git("init", "-q", "-b", "main", at=tmp_path)
    committed(tmp_path, edited="1", text='def f():\n    """Tell."""\n    return 1')
    git("checkout", "-q", "-b", "mine", at=tmp_path)
    return tmp_path


def test_what_a_branch_and_its_work_tree_changed_is_seen(clone: Path) -> None:
    committed(clone, committed="1", edited="2")
    (clone / "edited.py").write_text("3")
    for name in ("new.py", "page.md"):
        (clone / name).write_text("1")
    assert changed(clone) == ["committed.py", "edited.py", "new.py", "page.md"]


@table(
    ("edited", "found"),
    [
        ('def f():  # why\n    """Tell."""\n\n    return (1)', []),
        ('def f():\n    """Say."""\n    return 1', sorted(SHOW_DOCSTRINGS)),
        ('"""It has f."""\ndef f():\n    return 1\n    """Told."""', sorted(SHOW_DOCSTRINGS)),
        ('def f():\n    """Tell."""\n    return 2', ["text.py"]),
        ("def f(:", ["text.py"]),
    ],
)
def test_what_is_written_otherwise_reaches_only_what_shows_it(clone: Path, edited: str, found: list[str]) -> None:
    (clone / "text.py").write_text(edited)
    assert changed(clone) == found
