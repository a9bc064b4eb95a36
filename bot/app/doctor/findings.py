"""A finding: what was looked at, how it stands, and what to do about it."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """The end of a check: `wrong` keeps a desk from starting or from serving its customers."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Finding(Struct, frozen=True):
    """One line of the doctor. `remedy` is empty where all is well; neither holds a secret."""

    check: str
    level: Level
    what: str
    remedy: str = ""


def report_ok(check: str, what: str) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(check, Level.OK, what)


def doubtful(check: str, what: str, remedy: str) -> Finding:
    """Return a finding of something that may be meant otherwise."""
    return Finding(check, Level.WARNING, what, remedy)


def wrong(check: str, what: str, remedy: str) -> Finding:
    """Return a finding of something that must be mended."""
    return Finding(check, Level.WRONG, what, remedy)


def said(check: str, level: Level, sentence: str) -> Finding:
    """Return a finding of a message that holds its remedy: behind the first colon, full stop or semicolon."""
    for mark in (": ", ". ", "; "):
        what, found, remedy = sentence.partition(mark)
        if found:
            return Finding(check, level, what, remedy[:1].upper() + remedy[1:])
    return Finding(check, level, sentence)
