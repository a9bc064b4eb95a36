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
        *(f"bot/usecases/renewals/{name}.py" for name in ("commands", "notices", "quotes", "renewals")),
    ),
    "verification": (
        "services/contacts/*.py",
        *(
            f"services/accounts/{name}.py"
            for name in ("credentials", "one_time_links", "start_links", "mailbox_proofs")
        ),
        *(f"services/accounts/{name}.py" for name in ("held_log_ins", "log_ins")),
        *(f"services/{name}.py" for name in ("limits", "keyed_hash", "refusals")),
        *(f"values/{name}.py" for name in ("codes", "password")),
        "bot/usecases/contacts/*.py",
        *(f"bot/usecases/accounts/{name}.py" for name in ("confirmation", "passwords")),
    ),
    "webhooks": (
        "bot/handlers/payment_webhooks.py",
        *(f"services/payments/providers/*/{name}.py" for name in ("webhooks", "certificates", "states")),
        "services/seller/standard_webhooks.py",
        "services/support/chatwoot/webhooks.py",
        "bot/handlers/telegram/webhook.py",
        "bot/usecases/seller/event_sender.py",
    ),
}
#: Rules, by their rooms, then a few whole desks about one of the parts. The suite is quick, for it runs often: what it
#: notices the whole of the tests notices too. None begins another process: what runs there isn't seen.
SUITE = (
    *(f"tests/services/{room}" for room in ("domain", "payments", "seller", "support/chatwoot")),
    *(f"tests/services/store/test_{name}.py" for name in ("conversations", "group_commit", "jobs_table")),
    *(f"tests/services/store/test_{name}.py" for name in ("database", "talks")),
    *("tests/services/test_refusals.py", "tests/bot/conversation/test_dispatch.py"),
    *(f"tests/values/test_{name}.py" for name in ("money", "numbers_and_contacts", "codes")),
    *(f"tests/bot/conversation/test_{name}.py" for name in ("delivery", "stored", "queue")),
    *(f"tests/bot/usecases/{room}" for room in ("accounts", "billing", "orders", "renewals", "seller")),
    *("tests/bot/handlers/telegram/test_webhook.py", "tests/bot/handlers/test_payment_webhooks.py"),
    *(f"tests/dialogs/test_{name}.py" for name in ("moves", "craft", "payment", "methods", "take_over")),
    *("tests/dialogs/account", "tests/dialogs/order"),
    *(f"tests/desk/test_{name}.py" for name in ("twice", "order", "turn_failing", "codes_tried", "codes")),
    *(f"tests/desk/test_{name}.py" for name in ("letter_code", "notices", "charges", "money_back", "kept_out")),
)


def core_files() -> Iterator[tuple[str, Path]]:
    """Each part's files that there are, by path."""
    for part, patterns in PARTS.items():
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            if path.name != "__init__.py":
                yield part, path


def suite(shares: int) -> list[list[str]]:
    """The suite's files in so many shares of about the same length."""
    found = {path for entry in SUITE for path in [ROOT / entry, *(ROOT / entry).rglob("test_*.py")] if path.is_file()}
    names = sorted((path.stat().st_size, path.relative_to(ROOT).as_posix()) for path in found)
    kept = [name for _, name in reversed(names)]
    return [kept[number::shares] for number in range(shares)]
