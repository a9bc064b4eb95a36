"""What may be said in a log about an exception: its kind and where it came from, never its message."""

import traceback


def described(error: BaseException) -> dict[str, str]:
    """Kind and place, to be added to a log line. The message stays out: it may hold what a customer wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "unknown"
    return {"error": type(error).__name__, "place": place}
