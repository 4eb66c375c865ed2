"""The report: one HTML file that opens offline, made of a recorded day and nothing else."""

from flexbourse_demo.report.page import render_report

__all__ = ["render_report"]
