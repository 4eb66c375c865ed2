"""Contracts of the catalogue on a chain, called by hand: made, refused, read; on the embedded chain and on anvil."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anvil_node import ANVIL_KEY, awaited_receipt, start_anvil
from web3 import Web3

from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_settlement.adapters.chain import Chain, Receipt
from flexbourse_settlement.adapters.chain_errors import Reverted
from flexbourse_settlement.adapters.contract import artefact
from flexbourse_settlement.adapters.opening import open_chain
from flexbourse_settlement.adapters.signer import Signer
from flexbourse_settlement.domain.chain.contracts import CATALOGUE

# has coins on anvil; on the embedded chain the account that may read has them
STRANGER = "0x00000000000000000000000000000000f1e4b0a2"


class Deployed:
    """One contract of the catalogue, deployed by a key that has all its roles; `needed` are contracts it knows."""

    def __init__(self, chain: Chain, signer: Signer, name: str, *needed: Deployed) -> None:
        self.chain, self.signer, self.name = chain, signer, name
        data = artefact(name).deploy_data([signer.address, *(each.address for each in needed)])
        receipt = self._send(None, data, CATALOGUE[name].deploy_gas)
        assert receipt.succeeded
        self.deploy_gas, self.address = receipt.gas_used, receipt.contract

    def _send(self, to: str | None, data: bytes, gas: int) -> Receipt:
        signed = self.signer.sign(
            chain_id=self.chain.chain_id(), nonce=self.chain.nonce(self.signer.address), to=to, data=data, gas=gas,
            max_fee_wei=2 * self.chain.base_fee_wei() + 1,
        )  # fmt: skip
        self.chain.send_raw(signed.raw)
        return awaited_receipt(self.chain, signed.hash)

    def call(self, function: str, *arguments: Any, gas: int = 3_000_000) -> Receipt:
        """Call a function in a transaction that succeeds."""
        receipt = self._send(self.address, artefact(self.name).call_data(function, arguments), gas)
        assert receipt.succeeded, f"{function}{arguments}: {self.refusal(function, *arguments)}"
        return receipt

    def refusal(self, function: str, *arguments: Any, sender: str = "") -> Reverted | None:
        """Return why the contract would refuse a call, None where it would not."""
        data = artefact(self.name).call_data(function, arguments)
        return self.chain.simulate(sender or self.signer.address, self.address, data, 3_000_000)

    def read(self, function: str, *arguments: Any) -> Any:
        """Return what a function says."""
        return self.chain.read(self.name, self.address, function, *arguments)


@contextmanager
def chain_of(kind: str, folder: Path) -> Iterator[tuple[Chain, Signer]]:
    """Open a chain, embedded or anvil, with a key that has coins there."""
    if kind == "embedded":
        signer = Signer(b"\x33" * 32)
        chain = open_chain(f"embedded://{folder / 'chain.db'}", funded=signer.address)
        yield chain, signer
        chain.close()
        return
    (port,) = free_ports(1)
    node = start_anvil(port)
    try:
        yield open_chain(f"http://127.0.0.1:{port}"), Signer(ANVIL_KEY)
    finally:
        node.terminate()
        node.wait(timeout=60)


def address(number: int) -> str:
    """Return some address."""
    return Web3.to_checksum_address(f"0x{number:040x}")
