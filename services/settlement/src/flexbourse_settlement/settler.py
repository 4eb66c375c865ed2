"""The settler: the one key that sends transactions, and the chain it sends them to; opened when first needed.

A chain can lose blocks that it had acknowledged (a development node that is killed, a restored validator). Before
anything new is signed or sent, transactions that the chain no longer knows are given to it again, in the order of their
nonces and with the same bytes: they cannot be executed twice.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from flexbourse_core.errors import TransientError
from flexbourse_settlement.adapters.opening import open_chain
from flexbourse_settlement.adapters.statement_files import note_contract
from flexbourse_settlement.config import Config
from flexbourse_settlement.view import SettlementView

if TYPE_CHECKING:
    from flexbourse_settlement.adapters.chain import Chain
    from flexbourse_settlement.adapters.signer import Signer


RESTORE_POLL_S = 0.1
RESTORE_WAIT_S = 5.0


class Settler:
    """Signer and chain of one installation."""

    def __init__(self, config: Config, view: SettlementView) -> None:
        self._config = config
        self._view = view
        self._lock = threading.Lock()
        self._signer: Signer | None = None
        self._chain: Chain | None = None

    @property
    def signer(self) -> Signer:
        """Return the signer; its key file is made when it is not there."""
        with self._lock:
            if self._signer is None:
                from flexbourse_settlement.adapters.signer import Signer, load_or_create_key  # noqa: PLC0415 -- slow

                self._signer = Signer(load_or_create_key(self._config.settler_key_path))
            return self._signer

    @property
    def chain(self) -> Chain:
        """Return the chain; raises TransientError while it does not answer, ConfigurationError for a wrong one."""
        funded = self.signer.address
        with self._lock:
            if self._chain is None:
                from flexbourse_settlement.adapters.chain import check_chain_id  # noqa: PLC0415 -- takes seconds

                config = self._config
                chain = open_chain(config.chain_address, funded=funded, confirmations=config.confirmations)
                check_chain_id(chain, config.chain_id)
                self._chain = chain
            return self._chain

    def restore(self, below_nonce: int) -> int:
        """Give the chain the transactions before a nonce that it does not have; return how many that were.

        Raises TransientError where it does not answer, or where one is no longer at hand.
        """
        chain = self.chain
        nonce = chain.nonce(self.signer.address)
        if nonce >= below_nonce:
            return 0
        lost = self._view.signed_from(nonce, below_nonce)
        if [each.nonce for each in lost] != list(range(nonce, below_nonce)):
            raise TransientError(f"the chain lacks transactions {nonce} to {below_nonce - 1}, not all are at hand")
        for each in lost:
            chain.send_raw(each.raw)
        # what follows is tried on the state that they lead to
        until = time.monotonic() + RESTORE_WAIT_S
        while chain.nonce(self.signer.address) < below_nonce:
            if time.monotonic() >= until:
                raise TransientError(f"the chain has not executed {len(lost)} restored transactions yet")
            time.sleep(RESTORE_POLL_S)
        return len(lost)

    def note_contract(self, name: str, address: str) -> None:
        """Note where a contract lies that was just put on the chain."""
        note_contract(self._config.data_dir, self.chain.chain_id(), name, address)

    def close(self) -> None:
        """Let go of the chain."""
        with self._lock:
            if self._chain is not None:
                self._chain.close()
                self._chain = None
