"""Of each cause one alarm in a quarter of an hour, however often it comes; every line stays in the log."""

from typing import Any

from bot.app.alarms import QUIET_S, Alarms


class Watch:
    """The seconds that an alarm reads."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def line(event: str, **fields: Any) -> dict[str, Any]:
    return {"event": event, "alarm": True, **fields}


def test_a_cause_wakes_somebody_once_in_a_quarter_of_an_hour() -> None:
    watch = Watch()
    alarms = Alarms(watch)
    seen = [alarms(None, "error", line("turn_failed", error="ValueError", conversation=str(n))) for n in range(30)]
    assert [bool(one.get("alarm")) for one in seen] == [True] + [False] * 29
    assert all(one["event"] == "turn_failed" for one in seen)
    watch.seconds = QUIET_S
    again = alarms(None, "error", line("turn_failed", error="ValueError", conversation="31"))
    assert (again["alarm"], again["since_the_last_alarm"]) == (True, 29)


def test_other_causes_and_other_money_wake_somebody_at_once() -> None:
    alarms = Alarms(Watch())
    lines = [
        line("turn_failed", error="ValueError", place="a:1"),
        line("turn_failed", error="ValueError", place="b:1"),
        line("payment_disputed", order="1"),
        line("payment_disputed", order="2"),
        line("codes_stopped", reason="prefix"),
    ]
    assert all(alarms(None, "error", one).get("alarm") for one in lines)
    assert "alarm" not in alarms(None, "info", {"event": "call_later"})


def test_what_is_remembered_has_an_end() -> None:
    alarms = Alarms(Watch())
    for n in range(5000):
        alarms(None, "error", line("payment_disputed", order=str(n)))
    assert len(vars(alarms)["_woke"]) == 1000
