"""What every scenario does before and after its play: a folder of its own, the report, the figures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from flexbourse_demo.driving.notebook import claim, holds_a_day
from flexbourse_demo.scenarios import ScenarioCall

EXIT_FAILED, EXIT_USAGE = 1, 2


def clear(folder: Path) -> None:
    """Make a folder ready: clear what an earlier demo left; raises ValueError where it is of anything else."""
    if folder.exists() and any(folder.iterdir()):
        if not holds_a_day(folder):
            raise ValueError(f"{folder} is neither empty nor of a demo; name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    claim(folder)


def write(call: ScenarioCall, name: str, page: str, found: Mapping[str, object]) -> Path:
    """Write the report as `name`.html, and the figures where they are asked for; returns the report's path."""
    report = (call.report_dir or call.data_dir / "report") / f"{name}.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(page, encoding="utf-8")
    if call.json_file is not None:
        call.json_file.parent.mkdir(parents=True, exist_ok=True)
        call.json_file.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return report
