"""The core: code that must not be wrong, in four parts, and all other code of the product as a fifth."""

from collections.abc import Iterator
from pathlib import Path

#: The repository that this file lies in; a copy of it measures that one.
ROOT = Path(__file__).resolve().parents[2]
#: The product, without its stand-ins.
PRODUCT = ("bot", "dialogs", "nlu", "services", "values")
#: All that a measurement leaves.
FOLDER = ROOT / ".mutants"
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
#: Files of no other part belong to this one.
REST = "rest"


def core_files() -> Iterator[tuple[str, Path]]:
    """Yield each part's files, by path."""
    for part, patterns in PARTS.items():
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            if path.name != "__init__.py":
                yield part, path


def product_files() -> Iterator[tuple[str, Path]]:
    """Yield the files of the core and of all the rest, each with its part."""
    core = {path: part for part, path in core_files()}
    for room in PRODUCT:
        for path in sorted((ROOT / room).rglob("*.py")):
            if path.name != "__init__.py":
                yield core.get(path, REST), path
