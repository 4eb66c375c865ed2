"""A scenario that is told while it plays: a folder of its own, the play, report and figures, the end of the story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flexbourse_demo.driving.feeds import FeedError
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.outcome import EXIT_FAILED, EXIT_USAGE, clear, write
from flexbourse_demo.telling.terminal import make_console

Played = TypeVar("Played")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ToldPlay(Generic[Played]):
    """A scenario by its parts; `failures` are what its play may raise where something refuses what it needs."""

    name: str
    play: Callable[[ScenarioCall, Tell], Played]
    figures: Callable[[Played], dict[str, Any]]
    render: Callable[[Played], str]
    told: Callable[[dict[str, Any]], list[str]]
    failures: tuple[type[Exception], ...] = (SetupError, FeedError)

    def run(self, call: ScenarioCall) -> int:
        """Play it, write report and figures, tell the end; returns the exit code."""
        console = make_console()
        try:
            clear(call.data_dir)
        except ValueError as error:
            console.print(f"[red]{error}[/red]")
            return EXIT_USAGE
        try:
            played = self.play(call, lambda words: console.print(words, highlight=False))
        except self.failures as error:
            console.print(f"[red]{error}[/red]")
            return EXIT_FAILED
        found = self.figures(played)
        report = write(call, self.name, self.render(played), found)
        for line in self.told(found):
            console.print(line, highlight=False)
        console.print(f"\nreport  {report}", highlight=False)
        return 0


def on_platform(
    call: ScenarioCall,
    name: str,
    play: Callable[[Platform], Played],
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Played:
    """Return what a play on a platform of its own came to; the platform is stopped whatever happens."""
    platform = call.platform_factory(call.engine, call.data_dir, f"{name}-{call.seed}", settings)
    try:
        return play(platform)
    finally:
        platform.stop()
