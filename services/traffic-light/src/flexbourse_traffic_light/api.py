"""gRPC of the traffic light: queries, the live stream, overrides and thresholds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse.traffic_light.v1 import traffic_light_pb2_grpc as light_grpc
from flexbourse_log.port import CE_TYPE, OverloadedError
from flexbourse_messages.catalogue import LIGHT_COMMAND, LIGHT_ZONE, message_class
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import fail
from flexbourse_traffic_light.view import LightView


class TrafficLightServicer(light_grpc.TrafficLightServiceServicer):
    """Calls become commands; queries read the view; the stream follows the topic."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(LightView)

    async def ListLights(self, request: light.ListLightsRequest, context: Rpc) -> light.ListLightsResponse:
        """Return the newest lights and heartbeats."""
        await self._context.wait_for(context, request.min_position)
        return light.ListLightsResponse(
            lights=self._view.lights(request.area_id, request.zone_id),
            heartbeats=self._view.heartbeats(request.area_id, request.zone_id),
        )

    async def WatchLights(
        self, request: light.WatchLightsRequest, context: Rpc
    ) -> AsyncIterator[light.WatchLightsResponse]:
        """Send the newest lights and heartbeats of an area, then each that follows."""
        shard = await self._context.shard_of(context, request.area_id)
        await self._context.caught_up(context)
        subscription = self._context.feed.follow(LIGHT_ZONE, shard, self._view.last_offset(shard))
        lights, heartbeats = self._view.lights(request.area_id), self._view.heartbeats(request.area_id)
        try:
            for state in lights:
                yield light.WatchLightsResponse(light=state)
            for beat in heartbeats:
                yield light.WatchLightsResponse(heartbeat=beat)
            async for record in subscription:
                if not record.value:
                    continue
                message = message_class(LIGHT_ZONE, record.headers[CE_TYPE]).FromString(record.value)
                if isinstance(message, light.LightState) and message.area_id == request.area_id:
                    yield light.WatchLightsResponse(light=message)
                elif isinstance(message, light.LightHeartbeat) and message.area_id == request.area_id:
                    yield light.WatchLightsResponse(heartbeat=message)
        except OverloadedError:
            await fail(
                context,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "READER_TOO_SLOW",
                "the stream fell behind its bound; start it again",
            )
        finally:
            subscription.close()

    async def OverrideLight(self, request: light.OverrideLightRequest, context: Rpc) -> light.OverrideLightResponse:
        """Force a light, or end that."""
        receipt = await self._context.call(
            context,
            topic=LIGHT_COMMAND,
            body=light.LightCommand(override=request.override),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
            area=request.override.area_id,
        )
        return light.OverrideLightResponse(receipt=receipt)

    async def SetLightThresholds(
        self, request: light.SetLightThresholdsRequest, context: Rpc
    ) -> light.SetLightThresholdsResponse:
        """Set an area's thresholds."""
        receipt = await self._context.call(
            context,
            topic=LIGHT_COMMAND,
            body=light.LightCommand(set_thresholds=request.thresholds),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
            area=request.thresholds.area_id,
        )
        return light.SetLightThresholdsResponse(receipt=receipt)


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of the traffic light."""
    name = light.DESCRIPTOR.services_by_name["TrafficLightService"].full_name
    return [Binding(name, light_grpc.add_TrafficLightServiceServicer_to_server, TrafficLightServicer(context))]
