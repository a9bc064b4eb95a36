"""The sandbox's keys: fixed, public test values, of worth to nobody.

`/sandbox/api/endpoints` prints them, so that a desk pointed at a sandbox on another port can set up its adapters.
"""

from typing import Final

SMSAPI_TOKEN: Final = "sandbox-smsapi-token"
SMTP_USERNAME: Final = "sandbox"
SMTP_PASSWORD: Final = "sandbox"
GUS_KEY: Final = "abcde12345abcde12345"
"""The key that GUS itself publishes for its test environment."""

SELLER_EVENTS_SECRET: Final = "whsec_b2tpZW5rby1zYW5kYm94LWV2ZW50cy1zZWNyZXQhIQ=="
SELLER_DIRECTORY_TOKEN: Final = "sandbox-directory-token"

STRIPE_OLD_WEBHOOK_SECRET: Final = "whsec_sandbox_before"
"""Replaced, and still used beside the new one, as during a change of secrets."""

TELEGRAM_TOKEN: Final = "7000000001:sandbox-telegram-token"
"""Any other number before the same word is another bot's, so that several desks may share one Telegram."""

CHATWOOT_ACCOUNT_ID: Final = 1
CHATWOOT_INBOX_ID: Final = 1
CHATWOOT_TOKEN: Final = "sandbox-chatwoot-token"
CHATWOOT_WEBHOOK_SECRET: Final = "sandbox-chatwoot-secret"

TRANSCRIPTION_KEY: Final = "sandbox-transcription-key"

SECRETS: Final = frozenset(
    {
        SMSAPI_TOKEN,
        SELLER_EVENTS_SECRET,
        SELLER_DIRECTORY_TOKEN,
        STRIPE_OLD_WEBHOOK_SECRET,
        TELEGRAM_TOKEN,
        CHATWOOT_TOKEN,
        CHATWOOT_WEBHOOK_SECRET,
        TRANSCRIPTION_KEY,
    }
)
"""Secrets with which a live desk must not meet a real provider; those of payment providers are in `payments`."""
