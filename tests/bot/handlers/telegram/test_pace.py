"""The pace of the agents' group: 18 in any minute, so that Telegram's 20 are never asked for."""

from dataclasses import dataclass, field

from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram_group.group import PER_MINUTE


@dataclass
class Watch:
    """A clock that only waiting moves."""

    now: float = 1000.0
    sent: list[float] = field(default_factory=list[float])

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_eighteen_a_minute_whatever_came_before() -> None:
    watch = Watch()
    pace = Pace(
        overall_per_s=None,
        chat_per_s=PER_MINUTE / 60,
        chat_burst=6,
        chat_per_minute=PER_MINUTE,
        monotonic=lambda: watch.now,
        sleep=watch.sleep,
    )
    for pause in (0.0, 0.0, 90.0, 7.0, 0.0):
        watch.now += pause
        for _ in range(25):
            await pace.turn("-100")
            watch.sent.append(watch.now)
    most = max(sum(at <= other < at + 60 for other in watch.sent) for at in watch.sent)
    assert most == PER_MINUTE
    assert watch.sent[5] - watch.sent[0] < 0.01, "a few at once"
    assert watch.sent[49] - watch.sent[0] <= 50 / PER_MINUTE * 60, "and no slower than that in the long run"
