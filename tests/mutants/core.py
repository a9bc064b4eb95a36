"""The core: what must not be wrong, in four parts, and the tests that hold it."""

from collections.abc import Iterator
from pathlib import Path

#: The repository that this file lies in; a copy of it measures that one.
ROOT = Path(__file__).resolve().parents[2]
#: All that a measurement leaves.
FOLDER = ROOT / ".mutants"
#: What `traced.py` leaves of it.
TRACED = FOLDER / "traced"
#: A part of the core and the files of it.
PARTS: dict[str, tuple[str, ...]] = {
    "turn": (
        *(f"bot/conversation/{name}.py" for name in ("turn", "dispatch", "pipeline", "stored", "delivery", "queue")),
        *(f"bot/conversation/{name}.py" for name in ("codec", "loading", "identity", "inbound", "new_chats")),
        *(f"services/store/{name}.py" for name in ("group_commit", "conversations", "inbox", "leases", "timer_rows")),
        *(f"services/store/{name}.py" for name in ("events", "jobs_table")),
        *(f"dialogs/kit/{name}.py" for name in ("decide", "play", "moves", "press", "correct", "dialog", "misses")),
    ),
    "money": (
        "services/payments/*.py",
        "services/orders/*.py",
        "values/money.py",
        "bot/usecases/billing/*.py",
        "bot/usecases/orders/*.py",
        *(f"bot/usecases/renewals/{name}.py" for name in ("commands", "lapse", "notices", "quotes", "renewals")),
    ),
    "verification": (
        "services/contacts/*.py",
        *(f"services/accounts/{name}.py" for name in ("credentials", "one_time_links", "start_links", "email_change")),
        *(f"services/accounts/{name}.py" for name in ("held_log_ins", "log_ins")),
        *(f"services/{name}.py" for name in ("limits", "keyed_hash", "refusals")),
        *(f"values/{name}.py" for name in ("codes", "password")),
        "bot/usecases/contacts/*.py",
        *(f"bot/usecases/accounts/{name}.py" for name in ("confirmation", "passwords")),
    ),
    "webhooks": (
        "bot/handlers/payment_webhooks.py",
        *(f"services/payments/providers/*/{name}.py" for name in ("webhooks", "signature", "certificates", "states")),
        "services/seller/standard_webhooks.py",
        "services/support/chatwoot/webhooks.py",
        "bot/handlers/telegram/webhook.py",
        "bot/usecases/seller/event_sender.py",
    ),
}
#: Rules, then whole desks that are about one of the parts. None begins another process: what runs there isn't seen.
SUITE = (
    *(f"tests/{room}" for room in ("values", "services", "dialogs", "bot/conversation", "bot/usecases")),
    *("tests/bot/handlers/telegram", "tests/bot/handlers/rest"),
    *(f"tests/desk/test_{name}.py" for name in ("twice", "order", "turn_failing", "turn_silence", "telegram_journey")),
    *(f"tests/desk/test_{name}.py" for name in ("charges", "notices", "notices_in_line", "money_back", "two_unpaid")),
    *(f"tests/desk/test_{name}.py" for name in ("renewal_to_pay", "prices_journey", "stripe_journey", "paypal_kept")),
    *(f"tests/desk/test_{name}.py" for name in ("withdrawals", "provider_news", "transfer_page", "deadlines")),
    *(f"tests/desk/test_{name}.py" for name in ("codes_tried", "codes_journey", "codes_elsewhere", "both_codes")),
    *(f"tests/desk/test_{name}.py" for name in ("attack_links", "attack_accounts", "attack_doors", "typed_passwords")),
    *(f"tests/desk/test_{name}.py" for name in ("quotas_by_network", "events_journey", "orders_confirmed")),
)
#: Long walks that hold everything a little, and what is about processes or PostgreSQL.
LEFT_OUT = (
    *("tests/dialogs/test_storm.py", "tests/dialogs/test_versions.py", "tests/dialogs/explorer"),
    *("tests/services/jobs/test_queue_faults.py", "tests/services/jobs/test_opening.py"),
)


def core_files() -> Iterator[tuple[str, Path]]:
    """Each part's files that there are, by path."""
    for part, patterns in PARTS.items():
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            if path.name != "__init__.py":
                yield part, path


def suite() -> list[str]:
    """What pytest is asked for."""
    there = [path for path in SUITE if (ROOT / path).exists()]
    return [*there, *(f"--ignore={path}" for path in LEFT_OUT), "-m", "not nightly", "-k", "not postgres"]
