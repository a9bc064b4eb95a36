"""Whether a profile has all the words its journey needs, in each of its languages, with the places filled rightly."""

from collections.abc import Iterator

from bot.profile.problems import Problem
from bot.profile.profile import Profile


def text_problems(profile: Profile) -> Iterator[Problem]:
    """Texts that are missing or written wrong."""
    return iter(())
