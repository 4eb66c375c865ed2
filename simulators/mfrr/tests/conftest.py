"""Lets the tests of this folder share `bsp_documents` and `mfrr_market`, and gives them the schemas."""

import sys
from pathlib import Path

import pytest

from flexbourse_testkit.reference_data import reference_data

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def schema_folder() -> Path:
    """The published schema files, where they are to be had."""
    return reference_data("entsoe") / "xsd"


@pytest.fixture
def sample_folder() -> Path:
    """Published example messages."""
    return reference_data("entsoe") / "samples" / "nbm-statnett"
