"""Texts of strangers made safe to look at: signs that turn, hide or fake other signs are shown as marks.

Markup isn't this module's affair: pages escape. Here is what escaping leaves as it is.
"""

import re

# What turns the direction (Unicode's bidirectional controls), hides (no width, no ink) or can't be printed. The two
# joiners stay: names and emoji are written with them.
_MARKED = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_UNPRINTABLE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with such signs as `[U+202E]`; what is no character at all as U+FFFD. Applied twice: the same."""
    return _MARKED.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", _UNPRINTABLE.sub("\ufffd", text))
