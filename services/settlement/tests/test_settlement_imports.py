"""Starting does not wait for the chain's libraries: they take seconds and are loaded when a chain is opened."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import flexbourse_settlement.service, flexbourse_settlement.api, flexbourse_settlement.verification
print([name for name in ("web3", "eth", "eth_tester", "eth_account") if name in sys.modules])
"""


def test_neither_web3_nor_an_evm_is_imported_at_start() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
