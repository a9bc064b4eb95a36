"""Przelewy24's stand-in: REST API, notices, the payer's page."""

from typing import Final

from sandbox.simulator import SimulatorEntry

P24_MERCHANT_ID: Final = 999999
P24_POS_ID: Final = 999999
P24_API_KEY: Final = "sandbox-p24-api-key"
P24_CRC: Final = "sandbox-p24-crc"

SIMULATOR = SimulatorEntry(
    "sandbox.payments.przelewy24.simulator:Przelewy24Simulator",
    {"merchant_id": P24_MERCHANT_ID, "pos_id": P24_POS_ID, "api_key": P24_API_KEY, "crc": P24_CRC},
)
