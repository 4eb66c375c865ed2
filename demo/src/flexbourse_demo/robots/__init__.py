"""Bidders of the village: programs that know their own home and what the platform publishes, nothing else.

A robot is a deterministic function of the seed and of the public state it has seen. Its orders carry its name.
"""

from flexbourse_demo.robots.base import Moment, Robot
from flexbourse_demo.robots.crew import build_crew

__all__ = ["Moment", "Robot", "build_crew"]
