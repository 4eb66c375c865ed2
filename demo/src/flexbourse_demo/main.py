"""The demo from beginning to end: two traded worlds, one that is computed, the telling, the report, the figures."""

from __future__ import annotations

import json
import platform as machine
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from flexbourse_demo.driving.driver import DayPlan
from flexbourse_demo.driving.feeds import FeedError
from flexbourse_demo.driving.notebook import NotebookError, claim, holds_a_day
from flexbourse_demo.driving.platform_port import PlatformFactory
from flexbourse_demo.driving.side_world import SideWorld
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.driving.traded_world import TradedWorld, trade_world
from flexbourse_demo.modelled.market_day import MarketDay
from flexbourse_demo.modelled.village import AGGREGATORS
from flexbourse_demo.report import render_report
from flexbourse_demo.telling.assemble import DayMaterial, SettledMoney, assemble, compute_worlds
from flexbourse_demo.telling.figures import figures
from flexbourse_demo.telling.labels import network_words
from flexbourse_demo.telling.proof import VerifyFile, proof_of
from flexbourse_demo.telling.record import DayRecord, ProofRecord, RunFacts
from flexbourse_demo.telling.sentences import closing_sentences
from flexbourse_demo.telling.speed import check_time_us, runpp_time_us
from flexbourse_demo.telling.terminal import TerminalWatcher, make_console, world_table

DEFAULT_DATE = "2026-02-26"
SIDE_FOLDER = "without-check"
EXIT_FAILED = 1
EXIT_USAGE = 2


def run(
    *,
    engine: str,
    network: str,
    day: str | None,
    seed: int,
    data_dir: Path | None,
    resume: bool,
    json_file: Path | None,
    report_dir: Path | None,
    platform_factory: PlatformFactory,
    verify_file: VerifyFile | None = None,
) -> int:
    """Run the demo; returns the exit code.

    Args:
        engine: of the traded world; the world without grid check is always embedded.
        network: a name that gridcheck knows, or a file of pandapower's JSON.
        day: ISO date of the market day, the story's own where None.
        seed: everything drawn is drawn from it.
        data_dir: where the platform keeps its log; a temporary folder where None.
        resume: go on with the day in `data_dir`; without one, start anew.
        json_file: where the figures go.
        report_dir: where the report goes, a folder of `data_dir` where None.
        platform_factory: starts a platform in stepped mode; it must be importable by a process of its own.
        verify_file: verifies a statement file with the chain in a data folder; returns what differs.
    """
    console = make_console()
    try:
        plan = _plan(network, day, seed)
        folder = data_dir or Path(tempfile.mkdtemp(prefix="flexbourse-demo-"))
        _prepare(folder, resume=resume)
    except (ValueError, OSError) as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_USAGE
    side = SideWorld(platform_factory, plan, folder / SIDE_FOLDER)
    watcher = TerminalWatcher(console)
    try:
        side.start()
        world = trade_world(platform_factory, engine, folder, plan, watcher)
        watcher.close()
        console.print("\nThe same day in a market that does not look at the grid …", style="dim")
        unchecked = side.result()
    except (SetupError, FeedError, NotebookError) as error:
        watcher.close()
        console.print(f"[red]{error}[/red]")
        return EXIT_FAILED
    finally:
        watcher.close()
        side.stop()
    command = _command(engine, network, plan)
    record, proof = _record(world, unchecked, plan, engine, command, folder, verify_file)
    path = _write_report(record, report_dir or folder / "report")
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(figures(world, record), indent=2, sort_keys=True) + "\n")
    _tell(console, record, proof, world, path, folder)
    return 0


def _plan(network: str, day: str | None, seed: int) -> DayPlan:
    content = b""
    if network.endswith(".json"):
        content = Path(network).read_bytes()
    return DayPlan(network, content, MarketDay.of(date.fromisoformat(day or DEFAULT_DATE)), seed)


def _prepare(folder: Path, *, resume: bool) -> None:
    """Make the folder ready: keep a day to resume, clear an old demo, leave anything else alone."""
    used = folder.exists() and any(folder.iterdir())
    if used and not holds_a_day(folder):
        raise ValueError(f"{folder} is neither empty nor of a demo; name another folder")
    if used and not resume:
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    claim(folder)


def _command(engine: str, network: str, plan: DayPlan) -> str:
    return f"flexbourse demo --engine {engine} --network {network} --date {plan.day.day} --seed {plan.seed}"


def _record(
    world: TradedWorld, unchecked: TradedWorld, plan: DayPlan, engine: str, command: str, folder: Path,
    verify_file: VerifyFile | None,
) -> tuple[DayRecord, ProofRecord | None]:  # fmt: skip
    settled, notes = world.settled, world.notes
    money = None
    proof = None
    if settled is not None:
        money = SettledMoney(settled.paid_by_home(), settled.operator_micro_euro(), settled.base_w(world.model))
        proof = proof_of(world, settled, folder, verify_file)
    facts = RunFacts(
        network=plan.network,
        network_words=network_words(plan.network),
        date=plan.day.day.isoformat(),
        seed=plan.seed,
        command=command,
        engine=engine,
        versions=_versions(),
        digests=world.digests(),
        seconds=world.seconds,
        orders=len(notes.view.orders),
        robots=world.robots,
        trades=len(notes.trades),
        energy_kwh=sum(trade.quantity_w for trade in notes.trades) / 4000,
        refusals=notes.refusals_by_code(),
        light_minutes=notes.light_minutes,
    )
    material = DayMaterial(world.model, world.network, world.topology, notes, unchecked.notes, money)
    times = (check_time_us(world.topology), runpp_time_us(plan.network))
    return assemble(material, compute_worlds(material), facts, proof, times), proof


def _versions() -> dict[str, str]:
    found = {"python": machine.python_version()}
    for name in ("flexbourse-cli", "numpy", "pandapower", "power-grid-model", "demandlib", "pvlib"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _write_report(record: DayRecord, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "day.json").write_text(json.dumps(record.to_json(), separators=(",", ":")))
    path = folder / "report.html"
    path.write_text(render_report(record), encoding="utf-8")
    return path


def _tell(
    console: Console, record: DayRecord, proof: ProofRecord | None, world: TradedWorld, path: Path, folder: Path
) -> None:
    for sentence in closing_sentences(record, world.model, world.notes.trades):
        console.print(sentence, highlight=False)
    console.print()
    console.print(world_table(record))
    ranked = sorted(record.gains.homes, key=lambda entry: -entry[1])
    best, middle, worst = ranked[0], ranked[len(ranked) // 2], ranked[-1]
    named = ", ".join(
        f"{label} {home} {amount:+.2f}" for label, (home, amount) in
        (("best", best), ("median", middle), ("worst", worst))
    )  # fmt: skip
    console.print(f"\nmoney   {named} EUR; the operator {record.gains.operator_euro:+.2f} EUR", highlight=False)
    if proof is not None:
        total = sum(proof.accounts_micro_euro.values())
        console.print(f"        all statements add up to {total / 1e6:.6f} EUR", highlight=False)
        for words in (proof.verify_words, proof.tampered_words):
            if words:
                console.print(f"proof   {words}", highlight=False)
    facts = record.facts
    console.print(
        f"\n{facts.orders:,} orders by {facts.robots} robots in {facts.seconds:.0f} s".replace(",", " ")
        + f"\nreport  {path}",
        highlight=False,
    )
    for line in _next_commands(record, folder):
        console.print(f"        {line}", highlight=False)


def _next_commands(record: DayRecord, folder: Path) -> Sequence[str]:
    """Return three commands to go on with."""
    statement = next(iter(sorted((folder / "statements").glob(f"{AGGREGATORS[0][0]}*.json"))), None)
    return [
        f"flexbourse verify {statement} --data {folder}" if statement else "flexbourse doctor",
        record.facts.command.replace(f"--seed {record.facts.seed}", f"--seed {record.facts.seed + 1}"),
        f"pull the plug: kill -9 while it runs, then the same with --data {folder} --resume",
    ]
