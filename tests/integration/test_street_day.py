"""A market day through all five services: what was asked for is what came out."""

from __future__ import annotations

from street_day import FinishedDay


def test_nothing_is_refused_but_what_the_script_means_to_be(finished_day: FinishedDay) -> None:
    refused = {
        command_id: [result.rejection.code for result in answer.results if result.HasField("rejection")]
        for command_id, answer in finished_day.answers.items()
    }
    assert {name: codes for name, codes in refused.items() if codes} == {}
