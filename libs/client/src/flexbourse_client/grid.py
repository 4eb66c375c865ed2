"""Networks, forecasts, what-if and lights, as a client sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_client.sender import Sender


class GridClient:
    """Gridcheck: networks, forecasts, results, what-if."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def import_network(
        self,
        area_id: str,
        *,
        pandapower_json: bytes = b"",
        pandapower_name: str = "",
        model_json: bytes = b"",
        unbalance: grid.UnbalanceMargin | None = None,
        command_id: str = "",
    ) -> grid.ImportNetworkResponse:
        """Import a network from a file, by its name, or as a model; its problems come back as data.

        `unbalance` is what single-phase connections may add to a balanced picture of low voltage.
        """
        given = {"pandapower_json": pandapower_json, "pandapower_name": pandapower_name, "model_json": model_json}
        source = {name: value for name, value in given.items() if value}
        response: grid.ImportNetworkResponse = self._sender.command(
            self._sender.stub.ImportNetwork,
            grid.ImportNetworkRequest,
            command_id,
            area_id=area_id,
            unbalance=unbalance,
            **source,
        )
        return response

    def apply_switching(self, switching: grid.ApplySwitching, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Switch branches out of and into service; the area's DSO and market operators only."""
        response: grid.ApplySwitchingResponse = self._sender.command(
            self._sender.stub.ApplySwitching, grid.ApplySwitchingRequest, command_id, switching=switching
        )
        return response.receipt

    def submit_forecast(self, forecast: grid.SubmitForecast, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Submit a forecast of an area."""
        response: grid.SubmitForecastResponse = self._sender.command(
            self._sender.stub.SubmitForecast, grid.SubmitForecastRequest, command_id, forecast=forecast
        )
        return response.receipt

    def import_forecast(
        self,
        area_id: str,
        csv: bytes,
        *,
        source: grid.ForecastSource | int = grid.FORECAST_SOURCE_FORECAST,
        length_s: int = 0,
        command_id: str = "",
    ) -> grid.ImportForecastResponse:
        """Import a forecast from a CSV file; wrong rows come back in `errors`."""
        response: grid.ImportForecastResponse = self._sender.command(
            self._sender.stub.ImportForecast,
            grid.ImportForecastRequest,
            command_id,
            area_id=area_id,
            csv=csv,
            source=source,
            length_s=length_s,
        )
        return response

    def submit_measurements(
        self, request: grid.SubmitMeasurementsRequest, *, command_id: str = ""
    ) -> grid.SubmitMeasurementsResponse:
        """Correct base cases by readings of a moment ago; what does not suffice comes back in `problems`."""
        response: grid.SubmitMeasurementsResponse = self._sender.command(
            self._sender.stub.SubmitMeasurements,
            grid.SubmitMeasurementsRequest,
            command_id,
            area_id=request.area_id,
            mtu=request.mtu,
            measured_at_ms=request.measured_at_ms,
            readings=request.readings,
            estimate=request.estimate,
            with_forecast=request.with_forecast,
            ahead=request.ahead,
        )
        return response

    def set_tariff_parameters(
        self, area_id: str, parameters: grid.TariffParameters, *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Set the tariff's parameters for the periods whose book has not opened."""
        response: grid.SetTariffParametersResponse = self._sender.command(
            self._sender.stub.SetTariffParameters,
            grid.SetTariffParametersRequest,
            command_id,
            parameters=grid.SetTariffParameters(area_id=area_id, parameters=parameters),
        )
        return response.receipt

    def submit_schedules(
        self, area_id: str, schedules: Sequence[grid.UnitSchedule], *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Say what units will do without the market, before their books open; at most 1,000, one result each."""
        response: grid.SubmitSchedulesResponse = self._sender.command(
            self._sender.stub.SubmitSchedules,
            grid.SubmitSchedulesRequest,
            command_id,
            schedules=grid.SubmitSchedules(area_id=area_id, schedules=schedules),
        )
        return response.receipt

    def schedules(
        self, area_id: str, from_s: int, to_s: int, min_position: common_pb2.LogPosition | None = None
    ) -> Iterator[grid.ScheduleEvidence]:
        """Yield the schedules of periods that begin in [from_s, to_s), beside the base case of their nodes."""
        token = ""
        while True:
            request = grid.ListSchedulesRequest(
                area_id=area_id, from_s=from_s, to_s=to_s, page_token=token, min_position=min_position
            )
            response: grid.ListSchedulesResponse = self._sender.query(self._sender.stub.ListSchedules, request)
            yield from response.schedules
            token = response.next_page_token
            if not token:
                return

    def what_if(self, request: grid.WhatIfRequest) -> grid.WhatIfResponse:
        """Compute what one transaction would do; never a permission."""
        response: grid.WhatIfResponse = self._sender.query(self._sender.stub.WhatIf, request)
        return response

    def topology(self, area_id: str, min_position: common_pb2.LogPosition | None = None) -> grid.TopologyState | None:
        """Return the newest topology of an area, None where there is none."""
        request = grid.GetTopologyRequest(area_id=area_id, min_position=min_position)
        response: grid.GetTopologyResponse = self._sender.query(self._sender.stub.GetTopology, request)
        return response.topology if response.HasField("topology") else None

    def results(
        self,
        area_id: str,
        min_position: common_pb2.LogPosition | None = None,
        *,
        parts: Sequence[grid.PeriodPart] = (),
    ) -> grid.ListGridResultsResponse:
        """Return the newest results, tariffs, base cases, margins and audits of an area, or some of these parts."""
        request = grid.ListGridResultsRequest(area_id=area_id, min_position=min_position, parts=parts)
        response: grid.ListGridResultsResponse = self._sender.query(self._sender.stub.ListGridResults, request)
        return response


class LightClient:
    """Traffic lights of the zones of an area."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self, area_id: str, *, zone_id: str = "", min_position: common_pb2.LogPosition | None = None
    ) -> light.ListLightsResponse:
        """Return the newest lights with their heartbeats; a light past its heartbeat is unknown."""
        request = light.ListLightsRequest(area_id=area_id, zone_id=zone_id, min_position=min_position)
        response: light.ListLightsResponse = self._sender.query(self._sender.stub.ListLights, request)
        return response

    def watch(self, area_id: str) -> Iterator[light.WatchLightsResponse]:
        """Yield lights and heartbeats, the newest state first, until the stream breaks."""
        request = light.WatchLightsRequest(area_id=area_id)
        yield from self._sender.stream(self._sender.stub.WatchLights, request)

    def override(self, override: light.OverrideLight, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Force a light; operators only."""
        response: light.OverrideLightResponse = self._sender.command(
            self._sender.stub.OverrideLight, light.OverrideLightRequest, command_id, override=override
        )
        return response.receipt

    def set_thresholds(
        self, thresholds: light.SetLightThresholds, *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Set the thresholds of an area's lights; operators only."""
        response: light.SetLightThresholdsResponse = self._sender.command(
            self._sender.stub.SetLightThresholds,
            light.SetLightThresholdsRequest,
            command_id,
            thresholds=thresholds,
        )
        return response.receipt
