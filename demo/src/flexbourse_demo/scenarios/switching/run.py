"""`flexbourse demo --scenario switching`: a cable is switched out while the market runs."""

from __future__ import annotations

from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.switching.figures import figures, told
from flexbourse_demo.scenarios.switching.play import Played, play
from flexbourse_demo.scenarios.switching.report import render
from flexbourse_demo.scenarios.told_play import Tell, ToldPlay, on_platform

NAME = "switching"


def run(call: ScenarioCall) -> int:
    """Play the evening, write report and figures; returns the exit code."""
    return ToldPlay(NAME, _play, figures, render, told).run(call)


def _play(call: ScenarioCall, tell: Tell) -> Played:
    return on_platform(call, NAME, lambda platform: play(platform, tell))
