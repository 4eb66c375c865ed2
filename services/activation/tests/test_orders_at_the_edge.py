"""Participants' own topics: commands come in by them, orders go out by them."""

from __future__ import annotations

from test_activation_shard import AREA, Activations

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_log.codec import encode, type_name
from flexbourse_log.edge import Egress, Ingress
from flexbourse_log.port import AREA as AREA_HEADER
from flexbourse_log.port import CE_ID, CE_TYPE, EXPIRES_AT, PARTY, Record
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, ACTIVATION_ORDER, CATALOGUE


def test_an_order_goes_to_the_topic_of_the_units_operator_and_of_nobody_else() -> None:
    shard = Activations()
    shard.offer()
    shard.activate()
    shard.drive.time((shard.start_s - 900) * 1000)
    (output,) = [own for own in shard.drive.projections if own.topic == ACTIVATION_ORDER]
    assert output.message is not None
    headers = {**output.headers, CE_TYPE: type_name(output.message)}
    record = Record(output.topic, 0, 0, output.key, encode(output.message), headers)
    relayed = Egress(CATALOGUE, lambda party: party == "agr").relay(record)
    assert relayed is not None
    assert relayed.topic == "flex.out.agr.activation-order.event.v1"
    assert pb.ActivationOrder.FromString(relayed.value).activation_id == "act"
    assert Egress(CATALOGUE, lambda party: party == "dso").relay(record) is None


def test_a_command_comes_in_by_the_topic_that_proves_its_party() -> None:
    command = pb.ActivationCommand(area_id=AREA, withdraw_need=pb.WithdrawNeed(need_id="n"))
    headers = {
        CE_ID: "one", CE_TYPE: type_name(command), AREA_HEADER: AREA, EXPIRES_AT: "1", PARTY: "somebody-else",
    }  # fmt: skip
    record = Record("flex.in.dso.activation.command.v1", 0, 0, "one", encode(command), headers)
    relayed = Ingress(CATALOGUE, {AREA: 2}.get).relay(record)
    assert (relayed.topic, relayed.partition, relayed.headers[PARTY]) == (ACTIVATION_COMMAND, 2, "dso")
