"""The report: one file, thirteen sections with data, nothing from outside."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from toy_record import toy_record

from flexbourse_demo.report import render_report
from flexbourse_demo.report.page import SECTIONS
from flexbourse_demo.report.svg import nice_ticks, number

VOID = {"meta", "input", "br", "rect", "line", "circle", "path"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text: dict[str, str] = {}
        self.section = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        self.addresses += [value for key, value in attrs if key in ("src", "href", "action", "poster", "data")]
        if tag == "section":
            self.section = given["id"]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.stack.pop() == tag
        if tag == "section":
            self.section = ""

    def handle_data(self, data):
        if self.section:
            self.text[self.section] = self.text.get(self.section, "") + data


def parsed(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


def test_the_page_is_well_formed_and_ids_are_unique():
    page = parsed(render_report(toy_record()))
    assert page.stack == []
    assert len(page.ids) == len(set(page.ids))


def test_all_thirteen_sections_have_something_to_say():
    page = parsed(render_report(toy_record()))
    assert len(SECTIONS) == 13
    for key, _, _ in SECTIONS:
        assert len(page.text[f"part-{key}"]) > 200, key


def test_nothing_is_loaded_from_outside():
    html = render_report(toy_record())
    assert all(address.startswith("#") for address in parsed(html).addresses)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html)


def test_the_report_is_a_function_of_the_record():
    assert render_report(toy_record()) == render_report(toy_record())


def test_the_map_s_data_cannot_leave_its_element():
    record = toy_record()
    home = replace(record.map.homes[0], name="</script><b>No 1")
    hostile = replace(record, map=replace(record.map, homes=(home, *record.map.homes[1:])))
    html = render_report(hostile)
    assert "</script><b>" not in html
    data = re.search(r'<script type="application/json" id="day-data">(.*?)</script>', html, re.DOTALL)
    assert json.loads(data[1])["homes"][0]["name"] == "</script><b>No 1"


def test_the_map_has_every_period_branch_and_home_of_each_world():
    record = toy_record()
    html = render_report(record)
    data = json.loads(re.search(r'id="day-data">(.*?)</script>', html, re.DOTALL)[1])
    assert len(data["clocks"]) == 96
    for world in data["worlds"]:
        assert len(world["loading_permille"]) == 96
        assert {len(row) for row in world["loading_permille"]} == {len(data["branches"])}
        assert {len(row) for row in world["home_w"]} == {len(data["homes"])} == {57}


@pytest.mark.parametrize(
    "without",
    [{"refusals": ()}, {"two_prices": None}, {"relief": ()}, {"proof": None}],
    ids=lambda change: next(iter(change)),
)
def test_what_did_not_happen_is_said_so(without):
    page = parsed(render_report(replace(toy_record(), **without)))
    assert page.stack == []
    assert len(page.text) == 13


def test_the_headline_tells_the_numbers_of_the_worlds():
    record = toy_record()
    html = render_report(record)
    counts = " → ".join(str(world.overloaded_quarters) for world in record.worlds)
    assert counts in html


def test_the_record_is_plain_json():
    assert json.loads(json.dumps(toy_record().to_json()))["facts"]["seed"] == 1


def test_numbers_read_well():
    assert number(-1234.5) == "−1\u202f234.5"
    assert number(-0.01) == "0.0"
    assert nice_ticks(0, 109)[-1] >= 109
