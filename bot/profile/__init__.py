"""A seller's folder, read and checked: `profile.toml`, `texts/{pl,it,en}.toml`, `faq/{pl,it,en}.toml`.

Belongs here: the schema of the files, their mistakes with line and remedy, and the words that a journey needs. Must not
know: conversations, channels, the store.
"""

from bot.profile.load import load
from bot.profile.problems import ProfileErrors, ProfileProblem
from bot.profile.profile import Brand, FaqEntry, Profile

__all__ = ["Brand", "FaqEntry", "Profile", "ProfileErrors", "ProfileProblem", "load"]
