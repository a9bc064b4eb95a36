"""The house in figures, printed by `make house`; `make check` fails when a figure with a limit exceeds it.

What is counted, and why: docs/decisions/rooms-and-records.md. How much there is of the whole (lines, words, files)
isn't limited here: whoever adds something honest would have to raise the limit, and limits only fall.
"""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.later import arrows_to_later, loaded_by_bare_desk, modules_that_know_later
from tests.architecture.locality import expects_tables, files_of_a_kind, files_of_a_question, files_of_an_effect
from tests.architecture.memory import copied_slots, models, silent_reactions
from tests.architecture.players import OTHERS, players
from tests.architecture.prose import BRIEF, decision_pages, long_decisions
from tests.architecture.rooms import ROOT, body, nodes, shown, sources
from tests.architecture.sizes import (
    LONG,
    WIDE,
    function_lengths,
    leaning_tests,
    lengths,
    long_files,
    percentile,
    statement_count,
    step_fields,
    wide_classes,
)
from tests.architecture.syntax import files_of_places, judging_modules, paid_comparisons, personless_docstrings
from tests.architecture.words import ALIKE, alike_classes, classes_below, lonely_modules, names_of_nothing

TINY = 30
"""Lines up to which a file counts as tiny."""

ROLES = frozenset(
    "__init__ __main__ commands jobs events emails pages models client webhook webhooks adapter vault states form"
    " signature simulator page shapes base api app channel errors port texts store card".split()
)
"""File names that stand for the same role in each room."""

SUBJECTS = frozenset(
    "account account_view accounts address agents attempts canned_replies channels clock codes companies company"
    " console contact credentials customer database directory documents einvoice einvoices elsewhere faults feedback"
    " handoff journey letters log_in methods mf money notices number_words on_file order orders own_data passwords"
    " payment personal profile purchases rasa redaction renewal renewals second_factor seller side_questions"
    " single_sign_on smsapi smtp start_links subscriptions unfinished vat vies zone".split()
)
"""File names that say what a file is about; each layer may have one. Any other name should occur once."""

LAYERS = (
    "dialogs/messages",
    "dialogs/explorer",
    "dialogs/kit",
    "dialogs/zone",
    "services/store/tables",
    "bot/checking",
    "bot/simulation",
)
"""Rooms that hold their own view of a subject, beside the layers that the path's first two names tell."""

RIDDLES = frozenset("what whether where who whom whose whoever whatever how it nobody somebody those that".split())
"""First words of a docstring that open a riddle instead of an imperative or a noun phrase."""


WAYS_OUT = {
    "classes that play": "play the one customer of tests/kit or tests/desk",
    "test files that import": "put what two tests need beside them, under a name of its own",
    "words of the": "say it in fewer words, or on the page that it links to",
    "links of the README": "link the page from docs/README.md",
    "pages of decisions": "write it into the page of its subject; one in, one out",
    "decisions of more": "keep context, decision and what was turned down; the rest belongs to docs/dev",
    "files flat": "put it into the room of its subject",
    "rooms of bot/ in": "let the upper room hand in what the lower one needs",
    "import floors": "let the upper room hand in what the lower one needs",
    "files with one definition": "put it beside what uses it",
    "files of at most": "put it beside what uses it",
    "class names defined twice": "name it by its own noun",
    "tables keyed by Expects": "make it a field of the kind (values/kinds)",
    "files of a": "declare it on the step or the kind, where the others are read from",
    "fields of Step": "derive it from a field that is there, or from the kind",
    "classes of at least": "take out a noun with its fields",
    "lines of a f": "part it by subject",
    "files of more than": "part it by subject",
    "docstrings": "open with a verb or a noun of the field: Return the median wait …",
    "modules with one importer": "put it beside its importer, unless it is a row of a list that composes",
    "pairs of classes": "let the one hold the other",
    "classes of events": "answer with an event that is there, or return the outcome",
    "reactions": "declare nothing where nothing is said",
    "slots that copy": "read it from ctx.books",
    "models of the books": "use services.accounts.account_books, or the stand-in of dialogs/testing",
    "functions named": "name it by a verb and a noun of the field",
    "imports of what came later": "let it bring itself: a guest step, a part of the books, a row of a list",
    "modules that know": "let it bring itself: a guest step, a part of the books, a row of a list",
    "project": "import it where it is used, or from what is switched on",
    "comparisons with": "ask the order or the payment: is_paid, MONEY_CAME",
    "files that compare": "ask the order or the payment: is_paid, MONEY_CAME",
    "modules that judge": "let nlu/stance judge it for all readers",
}
"""The way out for whoever is above a limit, by how a figure's name begins."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: the value now, the value to reach, and the limit above which `make check` fails."""

    name: str
    value: int
    reach: int | None = None
    limit: int | None = None
    found: tuple[str, ...] = ()

    @property
    def way_out(self) -> str:
        """Return how to get below the limit again."""
        return next((way for start, way in WAYS_OUT.items() if self.name.startswith(start)), "")

    @property
    def is_exceeded(self) -> bool:
        """Return whether the value is above its limit."""
        return self.limit is not None and self.value > self.limit


@cache
def product() -> tuple[Path, ...]:
    """Return the product's Python files, without migrations."""
    return tuple(path for path in sources() if path.parent.name != "versions")


def line_count(paths: Iterable[Path]) -> int:
    """Return the number of physical lines in the files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def definitions(path: Path) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the classes and functions at the top level of the file."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in body(path) if isinstance(node, kinds)]


def tiny_files() -> tuple[str, ...]:
    """Return the files of at most `TINY` lines, `__init__` aside."""
    written = (path for path in product() if path.stem not in ("__init__", "__main__"))
    return tuple(shown(path) for path in written if line_count([path]) <= TINY)


def one_definition_files() -> tuple[str, ...]:
    """Return the files that hold a single class or function, `__init__` and commands of the command line aside."""
    written = (path for path in product() if path.stem not in ("__init__", "__main__") and path.parent.name != "cli")
    return tuple(shown(path) for path in written if len(definitions(path)) == 1)


def shared_class_names() -> Mapping[str, tuple[str, ...]]:
    """Return public class names that several modules define, with the files.

    Left out are the shapes of the seller's API: their names are those of its schemas.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for path in product():
        if path.stem.startswith("shapes") and path.parent.name == "api":
            continue
        for node in definitions(path):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(shown(path))
    return {name: tuple(files) for name, files in sorted(places.items()) if len(files) > 1}


def shared_file_names() -> Mapping[str, int]:
    """Return repeated file names that stand for neither a role nor one subject in each layer, with their number."""
    commands = ROOT / "bot" / "cli"  # named after what is typed
    once = Counter(path.stem for path in product() if path.parent != commands and path.stem not in SUBJECTS | ROLES)
    twice = Counter((_layer(path), path.stem) for path in product() if path.stem in SUBJECTS)
    return {
        **{name: number for name, number in sorted(once.items()) if number > 1},
        **{f"{name} in {layer}": number for (layer, name), number in sorted(twice.items()) if number > 1},
    }


def _layer(path: Path) -> str:
    """Return the layer of a file: one of `LAYERS`, a handler, another room of `bot/`, or the top level."""
    place = shown(path)
    if known := next((room for room in LAYERS if place.startswith(f"{room}/")), None):
        return known
    names = Path(place).parts
    if names[:2] == ("bot", "handlers"):
        return "/".join(names[:3])
    return "/".join(names[:2]) if names[0] == "bot" else names[0]


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each docstring of the file with its line."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in nodes(path):
        if isinstance(node, kinds) and (words := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), words


def riddles() -> tuple[str, ...]:
    """Return where a docstring opens with a word of `RIDDLES`."""
    return tuple(
        f"{shown(path)}:{line} {words.splitlines()[0]}"
        for path in product()
        for line, words in docstrings(path)
        if words.split(maxsplit=1)[0].strip(".,:;'’").lower() in RIDDLES
    )


def imports_between(parent: str) -> Mapping[str, set[str]]:
    """Return which children of a package import which others: files and folders of `parent`, by name."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for path in sources(parent):
        own = path.relative_to(ROOT / parent).parts[0].removesuffix(".py")
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{parent}."):
                arrows[own].add(node.module.split(".")[1])
            elif isinstance(node, ast.ImportFrom) and node.module == parent:
                arrows[own] |= {alias.name for alias in node.names}
        arrows[own].discard(own)
    return arrows


def cycles(arrows: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    """Return for each name the names that import it and are imported by it, however indirectly, with itself."""
    reached: dict[str, set[str]] = {}
    for name in arrows:
        found, waiting = set[str](), [name]
        while waiting:
            waiting += (new := arrows.get(waiting.pop(), set[str]()) - found)
            found |= new
        reached[name] = found
    return {
        name: frozenset({name} | {other for other in found if name in reached.get(other, ())})
        for name, found in reached.items()
    }


def circular(arrows: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the names that stand in a cycle."""
    return tuple(sorted(name for name, group in cycles(arrows).items() if len(group) > 1))


def floors(arrows: Mapping[str, set[str]]) -> int:
    """Return the length of the longest chain of imports, a cycle counted as one floor."""
    groups = cycles(arrows)

    @cache
    def height(group: frozenset[str]) -> int:
        others = {groups.get(other, frozenset({other})) for name in group for other in arrows.get(name, ())} - {group}
        return 1 + max(map(height, others), default=0)

    return max(map(height, groups.values()), default=0)


def no_players() -> tuple[str, ...]:
    """Return the exceptions among tests: one more is easily added in place of a door to the one customer."""
    return tuple(one for some in OTHERS.values() for one in some if one.startswith("tests/"))


def front_page() -> str:
    """Return the README: whoever opens the repository reads it whole, or nothing."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def figures() -> list[Figure]:
    """Measure the house."""
    flat = [path for path in sources("bot") if path.parent == ROOT / "bot" and path.stem != "__init__"]
    arrows, classes = imports_between("bot"), shared_class_names()
    files, effect = shared_file_names(), files_of_an_effect()
    files_lines = [number for number, _ in lengths(product())]
    touched = sum(int(row.split()[0]) for row in effect)
    return [
        Figure("lines of nlu/", line_count((ROOT / "nlu").rglob("*.py")), reach=13_000),
        Figure("classes that play a customer", len(playing := players()), reach=6, limit=6, found=playing),
        Figure("classes of tests that only seem to play one", len(told := no_players()), limit=16, found=told),
        Figure("test files that import from another", len(leaning := leaning_tests()), limit=75, found=leaning),
        Figure("words of the changelog", len((ROOT / "CHANGELOG.md").read_text("utf-8").split()), limit=2_600),
        Figure("words of the README", len(front_page().split()), limit=535),
        Figure("links of the README", front_page().count("]("), limit=11),
        Figure("pages of decisions", len(decision_pages()), reach=40, limit=40),
        Figure(f"decisions of more than {BRIEF} words", len(lengthy := long_decisions()), limit=0, found=lengthy),
        Figure("files flat in bot/", len(flat), reach=3, limit=0),
        Figure("arrows between the rooms of bot/", sum(map(len, arrows.values()))),
        Figure("rooms of bot/ in an import cycle", len(turning := circular(arrows)), reach=0, limit=0, found=turning),
        Figure("import floors below bot/", floors(arrows), reach=8, limit=7),
        Figure("files with one definition", len(one := one_definition_files()), reach=20, limit=26, found=one),
        Figure(f"files of at most {TINY} lines", len(tiny := tiny_files()), reach=20, limit=15, found=tiny),
        Figure(
            "class names defined twice",
            len(classes),
            reach=0,
            limit=0,
            found=tuple(f"{k}: {' '.join(v)}" for k, v in classes.items()),
        ),
        Figure("file names without a role used twice", len(files), found=tuple(f"{k} {v}" for k, v in files.items())),
        Figure("statements", statement_count(product())),
        Figure("tables keyed by Expects", len(tables := expects_tables()), reach=0, limit=0, found=tables),
        Figure("files of a kind of answer", len(kind := files_of_a_kind()), reach=3, limit=3, found=kind),
        Figure("files of an own question", len(own := files_of_a_question()), reach=0, limit=0, found=own),
        Figure("files of a question with an effect", touched, reach=12, limit=12, found=effect),
        Figure("fields of Step", step_fields(), reach=22, limit=20),
        Figure(
            f"classes of at least {WIDE} fields", len(wide := wide_classes(product())), reach=55, limit=59, found=wide
        ),
        Figure("lines of a file, 95th percentile", percentile(files_lines, 0.95), reach=280, limit=298),
        Figure("lines of a function, 95th percentile", percentile(function_lengths(product()), 0.95), limit=21),
        Figure(f"files of more than {LONG} lines", len(long := long_files(product())), reach=20, limit=36, found=long),
        Figure("docstrings that open with a riddle", len(asked := riddles()), reach=0, limit=0, found=asked),
        *_figures_of_memory(),
        *_figures_of_subjects(),
    ]


def _figures_of_memory() -> Iterator[Figure]:
    """Yield what is known twice, and what only carries it from one place to the other."""
    yield Figure("modules with one importer", len(lonely := lonely_modules(product())), limit=164, found=lonely)
    pairs = alike_classes(product())
    yield Figure(f"pairs of classes that share {ALIKE} fields", len(pairs), reach=70, limit=79, found=pairs)
    yield Figure("classes of events", len(classes_below("Event")), reach=100, limit=221)
    yield Figure("reactions that say nothing", len(silent := silent_reactions()), reach=12, limit=55, found=silent)
    yield Figure("slots that copy a row", len(copied := copied_slots()), reach=0, limit=0, found=copied)
    yield Figure("models of the books", len(modelled := models()), reach=2, limit=2, found=modelled)
    bare = names_of_nothing(product())
    yield Figure("functions named by no noun and no verb", len(bare), limit=4, found=bare)


def _figures_of_subjects() -> Iterator[Figure]:
    """Yield how far what a sign-up needs knows what came later, and how often a thing's rule stands at its doors."""
    arrows, knowing, loaded = arrows_to_later(), modules_that_know_later(), loaded_by_bare_desk()
    yield Figure("imports of what came later", len(arrows), reach=380, limit=418, found=arrows)
    yield Figure("modules that know what came later", len(knowing), reach=140, limit=155, found=knowing)
    yield Figure("project modules of a bare desk", len(loaded), limit=773)
    yield Figure(
        "project lines of a bare desk", line_count(ROOT / place for place in loaded), reach=106_000, limit=111_703
    )
    paid = paid_comparisons(product())
    yield Figure('comparisons with "paid"', len(paid), limit=137, found=paid)
    yield Figure('files that compare with "paid"', len(files := files_of_places(paid)), reach=20, limit=65, found=files)
    yield Figure("modules that judge a clause", len(judging := judging_modules()), reach=6, limit=33, found=judging)
    places = ((f"{shown(path)}:{line}", words) for path in product() for line, words in docstrings(path))
    yield Figure(
        'docstrings with "whoever", "Return what"', len(vague := personless_docstrings(places)), limit=539, found=vague
    )


def main(arguments: list[str]) -> int:
    """Print the table, with `--found` also what was counted; with `--check` return 1 if a limit is exceeded."""
    measured = figures()
    for figure in measured:
        reach = "" if figure.reach is None else f"   to reach {figure.reach}"
        limit = "" if figure.limit is None else f"   limit {figure.limit}"
        print(f"{figure.name:42} {figure.value:>7}{reach}{limit}")
        if figure.found and ("--found" in arguments or ("--check" in arguments and figure.is_exceeded)):
            print(*(f"    {each}" for each in figure.found), sep="\n")
    exceeded = [figure for figure in measured if figure.is_exceeded]
    if "--check" in arguments and exceeded:
        lines = (f"{one.name}: {one.value}, at most {one.limit}. A way out: {one.way_out}" for one in exceeded)
        print("limits only fall", *lines, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
