"""Settlement of 1,000 trades among 20 on the embedded chain: time per stage, gas per trade, one JSON object.

The reference is measured in the same run on the same chain: the same trades settled with one transaction each, 50 of
them, scaled. `ratio` is its time over the time of the netted batch.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from settlement_market import many_trades

from flexbourse_settlement.adapters.chain import Batch, Chain, Receipt
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.adapters.opening import open_chain
from flexbourse_settlement.adapters.signer import Signer
from flexbourse_settlement.domain.chain.addresses import kept_address
from flexbourse_settlement.domain.ledger import Period, settle
from flexbourse_settlement.domain.proofs.batch import PreparedBatch, Run, deltas, prepare

REFERENCE_TRANSACTIONS = 50
GAS_LIMIT = 3_000_000
AIM_MS = 100
AIM_GAS = 300


class Bench:
    """A chain with an open contract, and what settles on it."""

    def __init__(self, folder: Path) -> None:
        self._signer = Signer(b"\x33" * 32)
        self.chain: Chain = open_chain(f"embedded://{folder / 'chain.db'}", funded=self._signer.address)
        self._contract = self.send(None, self.chain.deploy_data(self._signer.address)).contract
        self._opened: set[str] = set()

    def send(self, to: str | None, data: bytes) -> Receipt:
        """Sign, send, wait."""
        signed = self._signer.sign(
            chain_id=self.chain.chain_id(),
            nonce=self.chain.nonce(self._signer.address),
            to=to,
            data=data,
            gas=GAS_LIMIT,
            max_fee_wei=2 * self.chain.base_fee_wei() + 1,
        )
        self.chain.send_raw(signed.raw)
        receipt = self.chain.receipt(signed.hash)
        assert receipt is not None
        assert receipt.succeeded
        return receipt

    def open(self, addresses: Sequence[str]) -> None:
        """Open accounts that are not open yet."""
        new = sorted(set(addresses) - self._opened)
        if new:
            self.send(self._contract, self.chain.open_accounts_data(new))
            self._opened.update(new)

    def settle(self, batch_id: str, batch: PreparedBatch, amounts: Sequence[tuple[str, int]]) -> Receipt:
        """Settle a batch."""
        settled = Batch(batch.tree.root, batch.data_hash, batch.tree.leaf_count)
        return self.send(self._contract, self.chain.settle_data(bytes.fromhex(batch_id), settled, amounts))


def timed(stages: dict[str, float], name: str, action: Callable[[], Any]) -> Any:
    """Add the milliseconds of an action to a stage and return what it returns."""
    begun = time.perf_counter()
    found = action()
    stages[name] = stages.get(name, 0.0) + (time.perf_counter() - begun) * 1_000
    return found


def netted(bench: Bench, drawn: Period, run: Run) -> tuple[dict[str, float], int]:
    """Settle a period as one batch; return milliseconds per stage and gas."""
    stages: dict[str, float] = {}
    lines = timed(stages, "ledger", lambda: settle(drawn))
    addresses = {line.account: kept_address(keccak, line.account) for line in lines}
    bench.open(list(addresses.values()))
    net = timed(stages, "netting", lambda: deltas(lines, addresses, []))
    batch = timed(stages, "leaves and tree", lambda: prepare(keccak, run, lines, net, key_of))
    amounts = [(each.address, each.amount_micro_euro) for each in net]
    receipt = timed(stages, "sign and execute", lambda: bench.settle(run.batch_id, batch, amounts))
    return stages, receipt.gas_used


def one_by_one(bench: Bench, drawn: Period) -> tuple[float, float]:
    """Settle some trades with one transaction each; return milliseconds and gas of one."""
    gas, spent = [], []
    for match in drawn.matches[:REFERENCE_TRANSACTIONS]:
        points = {side.metering_point_id: side.moved_w for side in match.sides}
        single = Period(
            area_id=drawn.area_id,
            mtu=drawn.mtu,
            matches=[match],
            bases_w=dict.fromkeys(points, 0),
            metered_w=points,
            start_micro_euro=0,
            end_micro_euro=match.dnut_micro_euro,
            revision_micro_euro=0,
            responsible=drawn.responsible,
        )
        stages, used = netted(bench, single, Run(drawn.area_id, f"single-{match.sequence}", (drawn.mtu,)))
        spent.append(sum(stages.values()))
        gas.append(used)
    return statistics.median(spent), statistics.mean(gas)


def key_of(account: str) -> bytes:
    """Return some key."""
    return account.encode().ljust(32)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trades", type=int, default=1_000)
    parser.add_argument("--participants", type=int, default=20)
    parser.add_argument("--passes", type=int, default=7)
    options = parser.parse_args()
    drawn = many_trades(options.trades, options.participants)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        runs = [
            netted(bench, drawn, Run(drawn.area_id, f"batch-{number}", (drawn.mtu,)))
            for number in range(options.passes)
        ]
        single_ms, single_gas = one_by_one(bench, drawn)
        bench.chain.close()
    stages = {name: statistics.median(run[0][name] for run in runs) for name in runs[0][0]}
    batch_ms = statistics.median(sum(run[0].values()) for run in runs)
    gas = statistics.median(run[1] for run in runs)
    row = {
        "name": "settlement",
        "what": f"settlement of {options.trades} trades among {options.participants}, one netted batch on chain",
        "ratio": round(single_ms * options.trades / batch_ms, 1),
        "aim": f"< {AIM_MS} ms and ≤ {AIM_GAS} gas per trade",
        "figures": {
            "ms": round(batch_ms, 1),
            "gas per trade": round(gas / options.trades, 1),
            **{f"{name} ms": round(spent, 1) for name, spent in stages.items()},
            "reference gas per trade": round(single_gas),
        },
        "reference": "one transaction per trade on the same chain",
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
