"""A service that starts must not wait for libraries that only an import or an audit needs."""

from __future__ import annotations

import subprocess
import sys


def test_the_service_starts_without_slow_libraries() -> None:
    program = (
        "import sys\n"
        "import flexbourse_gridcheck.service, flexbourse_gridcheck.api\n"
        "slow = {'pandapower', 'pandas', 'power_grid_model'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
