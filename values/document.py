"""The full text of a document: plain text, `# ` before its heading and `## ` before those of its parts. A line of three
dashes parts it from the sentence with which it is accepted."""

from dataclasses import dataclass

_HEADING, _PART, _RULE = "# ", "## ", "---"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 1 or 2), a paragraph (level 0) with its lines, or a rule (no lines)."""

    level: int
    lines: tuple[str, ...]


def is_document(text: str) -> bool:
    """Whether the text begins with a heading, as full texts do."""
    return text.startswith(_HEADING) and bool(heading(text))


def heading(text: str) -> str:
    """Return its heading."""
    return text.partition("\n")[0].removeprefix(_HEADING).strip()


def blocks(text: str) -> tuple[Block, ...]:
    """Return its headings and paragraphs, in order."""
    parts = (part.strip("\n") for part in text.split("\n\n"))
    return tuple(_block(part) for part in parts if part.strip())


def accepted_with(text: str, sentence: str) -> str:
    """Return all that is accepted: the text, and the sentence of the question."""
    return f"{text}\n\n{_RULE}\n\n{sentence}"


def _block(part: str) -> Block:
    if part == _RULE:
        return Block(0, ())
    for level, mark in ((1, _HEADING), (2, _PART)):
        if part.startswith(mark):
            return Block(level, (part.removeprefix(mark).strip(),))
    return Block(0, tuple(part.splitlines()))
