"""Switching branches: from a command to the network that follows, or everything that stands against it."""

from __future__ import annotations

from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.area import Area
from flexbourse_gridcheck.domain.commands import ApplySwitching
from flexbourse_gridcheck.domain.events import TopologyState
from flexbourse_gridcheck.domain.forecast import MAX_AHEAD_S, MAX_PROBLEMS
from flexbourse_gridcheck.domain.grid import Network, compile_grid
from flexbourse_gridcheck.domain.topology_record import size_problems
from flexbourse_gridmath.model import ModelError, switched

MAX_NETWORKS = 32  # in force for different periods of one area at once: switchings planned ahead
MAX_BRANCHES = 100  # switched by one command
MAX_REASON = 200


def switched_state(area: Area, newest: Network, command: ApplySwitching, now_s: int) -> TopologyState | list[Rejection]:
    """Return the topology after a switching, or every rule that the command breaks.

    Switchings are entered in the order in which they take effect, each against the newest network: what a later one
    assumes can then never be changed under it.
    """
    start_s = command.effective_from_s or max(now_s - now_s % DEFAULT_MTU_LENGTH_S, newest.state.effective_from_s)
    problems = _problems(area, newest, command, start_s, now_s)
    try:
        model = switched(newest.grid.model, command.open_branch_ids, command.close_branch_ids)
    except ModelError as e:
        problems += [Rejection(Code.NETWORK_INVALID, text, "open_branch_ids") for text in e.problems]
    if problems:
        return problems[:MAX_PROBLEMS]
    content = model.to_record()
    grid = compile_grid(content)
    problems = size_problems(content, grid.zones)
    if problems:
        return problems
    return TopologyState(
        area_id=command.area_id,
        version=newest.version + 1,
        model=content,
        sha256=grid.sha256,
        zones=grid.zones,
        effective_from_s=start_s,
        opened_branch_ids=command.open_branch_ids,
        closed_branch_ids=command.close_branch_ids,
        reason=command.reason,
    )


def _problems(area: Area, newest: Network, command: ApplySwitching, start_s: int, now_s: int) -> list[Rejection]:
    problems = []
    if not 0 < len(command.reason) <= MAX_REASON:
        rule = "a switching has a reason of bounded length"
        problems.append(
            Rejection(Code.FIELD_MISSING if not command.reason else Code.FIELD_OUT_OF_RANGE, rule, "reason",
                      value=len(command.reason), limit=MAX_REASON, unit="characters")
        )  # fmt: skip
    if start_s < newest.state.effective_from_s:
        rule = "switchings are entered in the order in which they take effect"
        problems.append(
            Rejection(Code.FIELD_OUT_OF_RANGE, rule, "effective_from_s", value=start_s,
                      limit=newest.state.effective_from_s, unit="s")
        )  # fmt: skip
    if not now_s - DEFAULT_MTU_LENGTH_S < start_s <= now_s + MAX_AHEAD_S:
        rule = "a switching takes effect between the running period and 400 days ahead"
        problems.append(
            Rejection(Code.FIELD_OUT_OF_RANGE, rule, "effective_from_s", value=start_s, limit=now_s, unit="s")
        )
    count = len(command.open_branch_ids) + len(command.close_branch_ids)
    if count > MAX_BRANCHES or len(area.networks) >= MAX_NETWORKS:
        problems.append(
            Rejection(Code.TOO_MANY_ENTRIES, "branches of a switching and switchings ahead are bounded",
                      "open_branch_ids", value=count, limit=MAX_BRANCHES)
        )  # fmt: skip
    return problems
