"""The built-in issuer as a process of its own, where services run in containers: `python -m …issuer_process`.

For development and tests; a Keycloak takes its place by the services' TOKEN_ISSUER and JWKS_URL alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from flexbourse_core.errors import ConfigurationError
from flexbourse_core.ids import is_participant_id
from flexbourse_runtime import config as configuration
from flexbourse_runtime import logs
from flexbourse_runtime.config import ProcessConfig
from flexbourse_runtime.http_endpoint import HttpEndpoint, HttpRequest, HttpResponse, Route
from flexbourse_runtime.issuer import Issuer
from flexbourse_runtime.serve import EXIT_CONFIGURATION, EXIT_GOOD, end_with_threads, stop_signal

CONTEXT = "issuer"
_log = logs.get(__name__)


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the issuer: `FLEXBOURSE_ISSUER_…`. `public_url` is how services and clients reach it."""

    public_url: str = ""
    parties: tuple[str, ...] = ()  # enrolled at the start, besides the market operator

    def problems(self) -> list[str]:
        """Return everything that is wrong with the values."""
        wrong = [party for party in self.parties if not is_participant_id(party)]
        found = super().problems()
        return [*found, f"parties names {wrong}, ids have the form [a-z0-9-]{{1,40}}"] if wrong else found


def main() -> int:
    """Serve tokens until a signal ends it; returns the exit code."""
    try:
        config = configuration.load(Config, CONTEXT)
        logs.configure(CONTEXT, config.log_level)
        end_with_threads()
        issuer = Issuer(config.data_dir, config.token_audience)
        try:
            endpoint = HttpEndpoint(_routes(issuer), config.http_host, config.http_port)
        except OSError as error:
            raise ConfigurationError(f"http_port {config.http_port}: {error.strerror}") from None
    except ConfigurationError as error:
        print(f"{CONTEXT}: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    stopping = stop_signal()
    issuer.listen_at(config.public_url or endpoint.address)
    for party in (config.operator_id, *config.parties):
        issuer.enrol(party)
    endpoint.start()
    _log.info("serving", issuer=issuer.url)
    stopping.wait()
    endpoint.stop()
    return EXIT_GOOD


def _routes(issuer: Issuer) -> dict[tuple[str, str], Route]:
    def alive(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, b'{"ready":true}')

    return {**issuer.routes(), ("GET", "/live"): alive, ("GET", "/ready"): alive}


if __name__ == "__main__":
    sys.exit(main())
