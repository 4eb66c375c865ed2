"""The catalogue is whole: names, owners, feedback, and every payload has a type that decodes."""

from __future__ import annotations

import pytest

from flexbourse_messages import catalogue
from flexbourse_messages.topic import Kind, Sharding, Topic


@pytest.mark.parametrize("topic", catalogue.topics(), ids=lambda topic: topic.name)
def test_a_topic_decodes_what_it_declares_and_nothing_else(topic: Topic) -> None:
    for payload in topic.payloads:
        assert catalogue.message_class(topic.name, payload.DESCRIPTOR.full_name) is payload
    with pytest.raises(KeyError, match="does not declare"):
        catalogue.message_class(topic.name, "flexbourse.nowhere.v1.Nothing")


def test_inputs_exist_and_belong_to_others() -> None:
    for context in catalogue.CONTEXTS:
        for entry in context.inputs:
            assert entry.context == context.name
            assert catalogue.TOPICS[entry.topic].owner != context.name


def test_journals_are_kept_for_ever_and_state_is_compacted() -> None:
    for topic in catalogue.topics():
        if topic.kind is Kind.JOURNAL:
            assert not topic.compacted
            assert topic.retention_days is None
        if topic.kind is Kind.STATE:
            assert topic.compacted


def test_area_contexts_own_only_area_topics() -> None:
    for context in catalogue.CONTEXTS:
        own = {topic.sharding for topic in catalogue.topics() if topic.owner == context.name}
        assert own == {context.sharding}
        assert context.sharding in set(Sharding)


def test_what_closes_a_cycle_is_feedback() -> None:
    catalogue.check_feedback()
    to_the_book = {entry.topic: entry.feedback for entry in catalogue.ORDERBOOK.inputs}
    assert to_the_book.pop(catalogue.REGISTRY_ENTITY) is False
    assert all(to_the_book.values())
