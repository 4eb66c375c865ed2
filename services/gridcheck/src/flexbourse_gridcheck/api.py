"""gRPC of gridcheck: networks, forecasts, tariff parameters, what-if and queries."""

from __future__ import annotations

import asyncio
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.gridcheck.v1 import gridcheck_pb2_grpc as grid_grpc
from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck import wire
from flexbourse_gridcheck.adapters import forecast_csv, readings
from flexbourse_gridcheck.domain import what_if
from flexbourse_gridcheck.schedule_view import ScheduleView
from flexbourse_gridcheck.view import GridView, PeriodView
from flexbourse_gridmath.model import ModelError, NetworkModel
from flexbourse_gridmath.model_record import packed
from flexbourse_gridmath.unbalance import UnbalanceMargin, with_unbalance_margin
from flexbourse_log.port import rejected
from flexbourse_messages.catalogue import GRID_COMMAND
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import refuse

MAX_PROBLEMS = 1000
MAX_SCHEDULES_PAGE = 1000
IMPORTERS = frozenset({"DSO", "MARKET_OPERATOR"})


class GridCheckServicer(grid_grpc.GridCheckServiceServicer):
    """Calls become commands; queries read the view."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(GridView)
        self._schedules = context.view(ScheduleView)

    async def ImportNetwork(self, request: grid.ImportNetworkRequest, context: Rpc) -> grid.ImportNetworkResponse:
        """Import a network; of one with problems nothing is taken, and all of them are listed."""
        await self._context.shard_of(context, request.area_id)  # waits for an area registered a moment ago
        if not self._context.roles() & IMPORTERS:
            await refuse(context, Rejection(Code.NOT_AUTHORISED, "the area's DSO or a market operator", "area_id"))
        try:
            model = await asyncio.to_thread(self._imported, request)
        except ModelError as e:
            return grid.ImportNetworkResponse(problems=[_problem(text) for text in e.problems[:MAX_PROBLEMS]])
        body = grid.GridCommand(publish_topology=grid.PublishTopology(area_id=request.area_id, model=packed(model)))
        receipt = await self._call(context, body, request, request.area_id)
        return grid.ImportNetworkResponse(receipt=receipt)

    async def ApplySwitching(self, request: grid.ApplySwitchingRequest, context: Rpc) -> grid.ApplySwitchingResponse:
        """Switch branches out of and into service."""
        body = grid.GridCommand(apply_switching=request.switching)
        receipt = await self._call(context, body, request, request.switching.area_id)
        return grid.ApplySwitchingResponse(receipt=receipt)

    async def SubmitForecast(self, request: grid.SubmitForecastRequest, context: Rpc) -> grid.SubmitForecastResponse:
        """Take a forecast."""
        body = grid.GridCommand(submit_forecast=request.forecast)
        return grid.SubmitForecastResponse(receipt=await self._call(context, body, request, request.forecast.area_id))

    async def SubmitMeasurements(
        self, request: grid.SubmitMeasurementsRequest, context: Rpc
    ) -> grid.SubmitMeasurementsResponse:
        """Correct base cases by readings of a moment ago; what does not suffice comes back as data."""
        if not self._context.roles() & IMPORTERS:
            await refuse(context, Rejection(Code.NOT_AUTHORISED, "the area's DSO or a market operator", "area_id"))
        await self._context.caught_up(context)
        state = self._period_state(request.area_id, self._view.period(request.area_id, request.mtu.start_s))
        if state is None:
            rule = "topology, base case, margins and tariff of the period are there"
            await refuse(context, Rejection(Code.GRID_STATE_MISSING, rule, "mtu", request.area_id))
        measured = await asyncio.to_thread(_measured, state, request)
        response = grid.SubmitMeasurementsResponse(
            observable=measured.observable,
            problems=measured.problems,
            read_count=len(request.readings),
            forecast_count=measured.forecast_count,
            suspicious_ids=measured.suspicious,
        )
        if measured.problems:
            return response
        body = grid.CorrectBaseCase(
            area_id=request.area_id,
            mtu=request.mtu,
            measured_at_ms=request.measured_at_ms,
            topology_version=state.case.topology_version if request.estimate else 0,
            method=(grid.MEASUREMENT_METHOD_ESTIMATED if request.estimate else grid.MEASUREMENT_METHOD_METERED),
            nodes=measured.nodes,
            ahead=request.ahead,
        )
        command = grid.GridCommand(correct_base_case=body)
        response.receipt.CopyFrom(await self._call(context, command, request, request.area_id))
        return response

    async def ImportForecast(self, request: grid.ImportForecastRequest, context: Rpc) -> grid.ImportForecastResponse:
        """Take a forecast from a CSV file; row errors come back as data."""
        table = forecast_csv.read(request.csv, request.length_s or DEFAULT_MTU_LENGTH_S)
        if table.errors:
            return grid.ImportForecastResponse(errors=table.errors)
        forecast = grid.SubmitForecast(area_id=request.area_id, periods=table.periods, source=request.source)
        body = grid.GridCommand(submit_forecast=forecast)
        return grid.ImportForecastResponse(receipt=await self._call(context, body, request, request.area_id))

    async def SetTariffParameters(
        self, request: grid.SetTariffParametersRequest, context: Rpc
    ) -> grid.SetTariffParametersResponse:
        """Set the parameters of the periods whose book has not opened."""
        body = grid.GridCommand(set_tariff_parameters=request.parameters)
        receipt = await self._call(context, body, request, request.parameters.area_id)
        return grid.SetTariffParametersResponse(receipt=receipt)

    async def WhatIf(self, request: grid.WhatIfRequest, context: Rpc) -> grid.WhatIfResponse:
        """Compute what one transaction would do; never a permission."""
        await self._context.wait_for(context, request.min_position)
        period = self._view.period(request.area_id, request.mtu.start_s)
        state = self._period_state(request.area_id, period)
        if period is None or state is None:
            rule = "topology, base case, margins and tariff of the period are there"
            await refuse(context, Rejection(Code.GRID_STATE_MISSING, rule, "mtu", request.area_id))
        question = what_if.Question(request.seller_node_id, request.buyer_node_id, request.quantity_w)
        problems = what_if.find_problems(state.grid, question)
        if problems:
            await refuse(context, *problems)
        outlook = await asyncio.to_thread(what_if.look_ahead, state, question)
        return grid.WhatIfResponse(
            feasible=outlook.reason is None,
            reason=rejected(outlook.reason).rejection if outlook.reason else None,
            largest_quantity_w=outlook.largest_quantity_w,
            dnut_micro_euro=outlook.dnut_micro_euro,
            operating_point_sequence=period.operating_point_sequence,
            zones=[wire.zone_to_message(zone) for zone in outlook.zones],
        )

    async def GetTopology(self, request: grid.GetTopologyRequest, context: Rpc) -> grid.GetTopologyResponse:
        """Return the newest topology, none where there is none yet."""
        await self._context.wait_for(context, request.min_position)
        return grid.GetTopologyResponse(topology=self._view.area(request.area_id).topology)

    async def ListGridResults(self, request: grid.ListGridResultsRequest, context: Rpc) -> grid.ListGridResultsResponse:
        """Return the newest of every period of an area, or the parts asked for, by time."""
        await self._context.wait_for(context, request.min_position)
        wanted = set(request.parts or grid.PeriodPart.values())
        periods = list(self._view.periods(request.area_id))

        def each(part: grid.PeriodPart, name: str) -> list[Any]:
            found = [getattr(period, name) for period in periods] if part in wanted else []
            return [message for message in found if message is not None]

        return grid.ListGridResultsResponse(
            results=each(grid.PERIOD_PART_RESULT, "result"),
            tariffs=each(grid.PERIOD_PART_TARIFF, "tariff"),
            base_cases=each(grid.PERIOD_PART_BASE_CASE, "base_case"),
            margins=each(grid.PERIOD_PART_MARGIN, "margin"),
            audits=each(grid.PERIOD_PART_AUDIT, "audit"),
            audit_totals=self._view.area(request.area_id).audits,
        )

    async def SubmitSchedules(self, request: grid.SubmitSchedulesRequest, context: Rpc) -> grid.SubmitSchedulesResponse:
        """Take schedules of units as evidence for the base case."""
        body = grid.GridCommand(submit_schedules=request.schedules)
        receipt = await self._call(context, body, request, request.schedules.area_id)
        return grid.SubmitSchedulesResponse(receipt=receipt)

    async def ListSchedules(self, request: grid.ListSchedulesRequest, context: Rpc) -> grid.ListSchedulesResponse:
        """Return schedules beside the base case of their nodes."""
        await self._context.wait_for(context, request.min_position)
        start, _, unit_id = request.page_token.partition("/")
        after = (int(start), unit_id) if start.isdigit() else (-1, "")
        size = min(request.page_size or MAX_SCHEDULES_PAGE, MAX_SCHEDULES_PAGE)
        states, last = self._schedules.page(request.area_id, request.from_s, request.to_s, after, max(1, size))
        evidence = [
            grid.ScheduleEvidence(
                schedule=state,
                node_scheduled_w=self._schedules.scheduled_w(state),
                node_base_w=self._base_w(state),
            )
            for state in states
        ]
        token = f"{last[0]}/{last[1]}" if last is not None else ""
        return grid.ListSchedulesResponse(schedules=evidence, next_page_token=token)

    def _base_w(self, state: grid.ScheduleState) -> int | None:
        """Return the base case of a schedule's node, None where there is none."""
        period = self._view.period(state.area_id, state.mtu.start_s)
        case = period.base_case if period is not None else None
        topology = self._view.area(state.area_id).topologies.get(case.topology_version) if case is not None else None
        if case is None or topology is None:
            return None
        index = self._view.grids.compiled(topology.model).index_of(state.node_id)
        return case.p_w[index] if index is not None else None

    def _imported(self, request: grid.ImportNetworkRequest) -> bytes:
        model = self._read(request)
        if not request.HasField("unbalance"):
            return model
        margin = UnbalanceMargin(request.unbalance.loading_mpct, request.unbalance.voltage_upu)
        return with_unbalance_margin(NetworkModel.from_bytes(model), margin).to_bytes()

    def _read(self, request: grid.ImportNetworkRequest) -> bytes:
        if request.WhichOneof("source") == "pandapower_json":
            return self._view.imports.from_json(request.pandapower_json)
        if request.WhichOneof("source") == "model_json":
            return NetworkModel.from_bytes(request.model_json).to_bytes()
        return self._view.imports.from_library(request.pandapower_name)

    def _period_state(self, area_id: str, period: PeriodView | None) -> what_if.PeriodState | None:
        if period is None:
            return None
        case, margin, tariff = period.base_case, period.margin, period.tariff
        if case is None or margin is None or tariff is None:
            return None
        topology = self._view.area(area_id).topologies.get(case.topology_version)
        if topology is None or tariff.topology_version != topology.version:
            return None
        return what_if.PeriodState(
            grid=self._view.grids.compiled(topology.model),
            case=wire.base_case_from_message(case),
            margin=wire.margin_from_message(margin),
            tariff=wire.tariff_from_message(tariff),
            accepted=period.accepted,
        )

    async def _call(
        self,
        context: Rpc,
        body: grid.GridCommand,
        request: (
            grid.ImportNetworkRequest
            | grid.ApplySwitchingRequest
            | grid.SubmitForecastRequest
            | grid.SubmitMeasurementsRequest
            | grid.ImportForecastRequest
            | grid.SetTariffParametersRequest
            | grid.SubmitSchedulesRequest
        ),
        area_id: str,
    ) -> common_pb2.CommandReceipt:
        return await self._context.call(
            context,
            topic=GRID_COMMAND,
            body=body,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
            area=area_id,
        )


def _measured(state: what_if.PeriodState, request: grid.SubmitMeasurementsRequest) -> readings.Measured:
    problems = readings.find_problems(state.grid, request.readings)
    if problems:
        return readings.Measured(problems=tuple(problems))
    if not request.estimate:
        return readings.as_read(request.readings)
    return readings.estimated(
        state.grid, state.case, state.accepted, request.readings, with_forecast=request.with_forecast
    )


def _problem(text: str) -> grid.NetworkProblem:
    """Return a problem of a network: `element: what is wrong (value)`."""
    element, separator, rest = text.partition(": ")
    rule, bracket, value = rest.partition(" (")
    if not separator:
        return grid.NetworkProblem(rule=text)
    return grid.NetworkProblem(element=element, rule=rule, value=value.removesuffix(")") if bracket else "")


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of gridcheck."""
    name = grid.DESCRIPTOR.services_by_name["GridCheckService"].full_name
    return [Binding(name, grid_grpc.add_GridCheckServiceServicer_to_server, GridCheckServicer(context))]
