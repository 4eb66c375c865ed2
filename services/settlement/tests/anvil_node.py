"""A development chain node for tests."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from flexbourse_core.errors import TransientError
from flexbourse_settlement.adapters.chain import Chain, Receipt
from flexbourse_settlement.adapters.opening import open_chain

ANVIL = Path(__file__).parents[3] / "tools/npm/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
# the first of the accounts that anvil gives coins to; everybody knows its key
ANVIL_KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
START_LIMIT_S = 60


def start_anvil(port: int, *options: str) -> subprocess.Popen[bytes]:
    """Start a node and wait until it answers."""
    if not ANVIL.is_file():
        pytest.fail("anvil is missing: run npm ci in tools/npm")
    command = [str(ANVIL), "--port", str(port), "--silent", "--hardfork", "prague", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            open_chain(f"http://127.0.0.1:{port}").head()
        except TransientError:
            time.sleep(0.05)
        else:
            return process
    process.kill()
    pytest.fail("anvil did not answer in time")


def awaited_receipt(chain: Chain, transaction_hash: bytes) -> Receipt:
    """Return the receipt of a transaction that was sent; a node may execute it a moment later."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        receipt = chain.receipt(transaction_hash)
        if receipt is not None:
            return receipt
        time.sleep(0.01)
    pytest.fail("the chain did not execute the transaction in time")
