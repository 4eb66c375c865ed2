"""`flexbourse demo --scenario trading-day`: from the auction at the opening to a trade that is taken back."""

from __future__ import annotations

from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.told_play import Tell, ToldPlay, on_platform
from flexbourse_demo.scenarios.trading_day.figures import figures, told
from flexbourse_demo.scenarios.trading_day.play import Played, play
from flexbourse_demo.scenarios.trading_day.report import render

NAME = "trading-day"


def run(call: ScenarioCall) -> int:
    """Play the day, write report and figures; returns the exit code."""
    return ToldPlay(NAME, _play, figures, render, told).run(call)


def _play(call: ScenarioCall, tell: Tell) -> Played:
    return on_platform(call, NAME, lambda platform: play(platform, tell))
