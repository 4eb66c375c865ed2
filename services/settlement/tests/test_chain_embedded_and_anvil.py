"""The chain adapter: the same cases on the embedded chain and on anvil."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from anvil_node import ANVIL_KEY, awaited_receipt, start_anvil

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_settlement.adapters.chain import Batch, Chain, check_chain_id
from flexbourse_settlement.adapters.chain_errors import Reverted
from flexbourse_settlement.adapters.opening import open_chain
from flexbourse_settlement.adapters.signer import Signer

ACCOUNTS = tuple(sorted(f"0x{i:040x}" for i in (7, 8, 9)))
GAS = 3_000_000


class Harness:
    """A chain with a deployed ledger and a key that may settle."""

    def __init__(self, chain: Chain, signer: Signer) -> None:
        self.chain = chain
        self.signer = signer
        self.contract = self.send(None, chain.deploy_data(signer.address)).contract
        self.send(self.contract, chain.open_accounts_data(ACCOUNTS))

    def raw(self, to: str | None, data: bytes, *, chain_id: int | None = None) -> tuple[bytes, bytes]:
        signed = self.signer.sign(
            chain_id=chain_id or self.chain.chain_id(),
            nonce=self.chain.nonce(self.signer.address),
            to=to,
            data=data,
            gas=GAS,
            max_fee_wei=2 * self.chain.base_fee_wei() + 1,
        )
        return signed.raw, signed.hash

    def send(self, to: str | None, data: bytes):
        raw, transaction_hash = self.raw(to, data)
        self.chain.send_raw(raw)
        return awaited_receipt(self.chain, transaction_hash)

    def settle(self, name: bytes, deltas: list[tuple[str, int]]) -> bytes:
        return self.chain.settle_data(name.ljust(32), Batch(b"\1" * 32, b"\2" * 32, 5), deltas)


@pytest.fixture(scope="module", params=["embedded", "anvil"])
def harness(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    if request.param == "embedded":
        signer = Signer(b"\x11" * 32)
        path = tmp_path_factory.mktemp("chain") / "chain.db"
        chain = open_chain(f"embedded://{path}", funded=signer.address)
        yield Harness(chain, signer)
        chain.close()
        return
    (port,) = free_ports(1)
    process = start_anvil(port)
    try:
        yield Harness(open_chain(f"http://127.0.0.1:{port}"), Signer(ANVIL_KEY))
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_a_batch_is_settled_once_and_read_back(harness: Harness) -> None:
    deltas = list(zip(ACCOUNTS, (5, -7, 2), strict=True))
    before = harness.chain.balance(harness.contract, ACCOUNTS[1])
    raw, transaction_hash = harness.raw(harness.contract, harness.settle(b"once", deltas))
    harness.chain.send_raw(raw)
    harness.chain.send_raw(raw)  # known to the chain: no error, no second effect
    receipt = awaited_receipt(harness.chain, transaction_hash)

    assert receipt.succeeded
    assert 0 < receipt.block_number <= harness.chain.head()
    assert harness.chain.batch(harness.contract, b"once".ljust(32)) == Batch(b"\1" * 32, b"\2" * 32, 5)
    assert harness.chain.balance(harness.contract, ACCOUNTS[1]) == before - 7
    settled = harness.chain.settled_deltas(harness.contract, b"once".ljust(32), transaction_hash)
    assert settled == dict(deltas)


def test_what_the_contract_refuses_is_named_with_its_arguments(harness: Harness) -> None:
    balanced = list(zip(ACCOUNTS, (1, -1, 0), strict=True))
    harness.send(harness.contract, harness.settle(b"first", balanced))
    cases = {
        Reverted("AlreadySettled", (b"first".ljust(32),)): (b"first", balanced),
        Reverted("NotBalanced", (4,)): (b"b", list(zip(ACCOUNTS, (1, 1, 2), strict=True))),
        Reverted("NotAscending", (ACCOUNTS[1], ACCOUNTS[0])): (b"c", [(ACCOUNTS[1], 1), (ACCOUNTS[0], -1)]),
        Reverted("NotAscending", (ACCOUNTS[0], ACCOUNTS[0])): (b"d", [(ACCOUNTS[0], 1), (ACCOUNTS[0], -1)]),
        Reverted("UnknownAccount", ("0x" + "ff" * 20,)): (b"e", [("0x" + "ff" * 20, 0)]),
    }
    for expected, (name, deltas) in cases.items():
        data = harness.settle(name, deltas)
        assert harness.chain.simulate(harness.signer.address, harness.contract, data, GAS) == expected


def test_only_the_settler_settles(harness: Harness) -> None:
    data = harness.settle(b"stranger", list(zip(ACCOUNTS, (1, -1, 0), strict=True)))
    refused = harness.chain.simulate(ANVIL_STRANGER, harness.contract, data, GAS)
    assert refused is not None
    assert refused.name == "AccessControlUnauthorizedAccount"


# has coins on anvil; on the embedded chain the account that may read has them
ANVIL_STRANGER = "0x00000000000000000000000000000000f1e4b0a2"


def test_a_transaction_for_another_chain_is_refused(harness: Harness) -> None:
    data = harness.settle(b"elsewhere", list(zip(ACCOUNTS, (1, -1, 0), strict=True)))
    raw, transaction_hash = harness.raw(harness.contract, data, chain_id=5)
    with pytest.raises(TransientError, match="chain id"):
        harness.chain.send_raw(raw)
    assert harness.chain.receipt(transaction_hash) is None
    assert harness.chain.batch(harness.contract, b"elsewhere".ljust(32)) is None


def test_a_refused_transaction_leaves_the_chain_usable(harness: Harness) -> None:
    failed = harness.send(harness.contract, harness.settle(b"bad", [(ACCOUNTS[0], 1)]))
    assert not failed.succeeded
    assert harness.send(harness.contract, harness.settle(b"good", [(ACCOUNTS[0], 0)])).succeeded


def test_a_wrong_chain_id_is_a_configuration_error(harness: Harness) -> None:
    check_chain_id(harness.chain, 0)
    with pytest.raises(ConfigurationError):
        check_chain_id(harness.chain, 4)


def test_a_node_that_is_not_there_is_transient() -> None:
    with pytest.raises(TransientError):
        open_chain(f"http://127.0.0.1:{free_ports(1)[0]}").head()


def test_an_address_of_no_known_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="ftp"):
        open_chain("ftp://host")
    with pytest.raises(ConfigurationError, match="no chain"):
        open_chain(f"embedded://{tmp_path}/absent.db", read_only=True)


SETTLING_PROCESS = """
    import sys
    sys.path.insert(0, {tests!r})
    from test_chain_embedded_and_anvil import ACCOUNTS, Harness, Signer, open_chain
    signer = Signer(b"\\x11" * 32)
    chain = open_chain("embedded://" + sys.argv[1], funded=signer.address)
    harness = Harness(chain, signer)
    print(harness.contract, flush=True)
    for number in range(10_000):
        name = str(number).encode()
        harness.send(harness.contract, harness.settle(name, [(ACCOUNTS[0], 3), (ACCOUNTS[1], -3)]))
        print(number, flush=True)
"""


def test_kill_9_keeps_every_acknowledged_block_and_the_chain_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    code = textwrap.dedent(SETTLING_PROCESS.format(tests=str(Path(__file__).parent)))
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    contract = process.stdout.readline().strip()
    acknowledged = -1
    while acknowledged < 25:
        acknowledged = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    rest = [int(line) for line in process.stdout.read().split()]
    process.stdout.close()
    process.wait()
    acknowledged = max([acknowledged, *rest])

    signer = Signer(b"\x11" * 32)
    chain = open_chain(f"embedded://{path}", funded=signer.address)
    settled = 0
    while chain.batch(contract, str(settled).encode().ljust(32)) is not None:
        settled += 1
    # what was acknowledged is there; at most the one block in flight is there besides
    assert acknowledged + 1 <= settled <= acknowledged + 2
    assert chain.balance(contract, ACCOUNTS[0]) == 3 * settled
    assert chain.nonce(signer.address) == settled + 2

    reader = open_chain(f"embedded://{path}", read_only=True)
    assert reader.balance(contract, ACCOUNTS[1]) == -3 * settled
    chain.close()
