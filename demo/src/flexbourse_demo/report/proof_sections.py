"""Sections 11 to 13: proof, how sure, ten words and how to repeat the day."""

from __future__ import annotations

from html import escape

from flexbourse_demo.report.svg import Frame, number, rect, svg, text
from flexbourse_demo.report.words import figure, heading
from flexbourse_demo.telling.record import DayRecord

GLOSSARY = (
    ("Feeder", "What hangs on one cable that leaves the transformer station; here a street."),
    ("Quarter-hour", "The unit of the market. Each of the day's 96 has a book of its own."),
    ("Loading", "Current in a cable as a share of what it may carry for ever. Above 100 % it ages, or a fuse opens."),
    (
        "Traffic light",
        "Says for each street and quarter-hour whether trade is free, priced for scarcity, or only relief.",
    ),
    ("Grid check", "Solves the flows with the trade in it before the trade is made, and cuts it to what fits."),
    (
        "DNUT",
        "Dynamic network usage tariff: what a trade costs the grid in losses, room and voltage. Negative for relief.",
    ),
    ("Relief", "Taking less, or giving, where a cable is short of room; the network operator pays for it."),
    ("Base case", "The forecast of what everybody would do without the market; trades are changes to it."),
    ("Aggregator", "A company that trades for many homes and settles for them; each home has a statement of its own."),
    (
        "Settlement",
        "Turning trades and meter readings into money; its sums are bound to a chain, so nobody can edit them.",
    ),
)


def proof(day: DayRecord) -> str:
    """Return one line of a statement, its way to the root, and what that proves."""
    record = day.proof
    head = heading(
        "11 · Proof", "One line of a statement, from leaf to chain",
        "Every line of every statement is hashed with a secret of its owner into a leaf; leaves are hashed in pairs "
        "up to "
        "one root; the root and the net amounts are one transaction on a chain. Who holds a statement can compute the "
        "root again and needs to trust nobody.",
    )  # fmt: skip
    if record is None:
        return head + "<p>This day was not settled.</p>"
    path = "".join(f'<span class="hash">{escape(step)}</span>' for step in record.path)
    accounts = "".join(
        f"<tr><th>{escape(name)}</th><td>{number(amount / 1e6, 6)}</td></tr>"
        for name, amount in sorted(record.accounts_micro_euro.items())
    )
    total = number(sum(record.accounts_micro_euro.values()) / 1e6, 6)
    return (
        head
        + '<div class="two"><div>'
        + f"<h3>A line of {escape(record.participant)}</h3><p>{escape(record.leaf_words)}</p>"
        + f'<h3>Its leaf</h3><span class="hash">{escape(record.leaf)}</span>'
        + f"<h3>On the way up, {len(record.path)} of {record.path_length} hashes of other people's lines</h3>{path}"
        + f"<h3>Root, in block {record.block}, {number(record.gas, 0)} gas</h3>"
        + f'<span class="hash">{escape(record.root)}</span>'
        + "</div><div>"
        + f"<table><thead><tr><th>account</th><th>€</th></tr></thead><tbody>{accounts}<tr><th><b>sum</b></th>"
        + f"<td><b>{total}</b></td></tr></tbody></table>"
        + f"<h3>flexbourse verify</h3><p>{escape(record.verify_words)}</p>"
        + f"<p>{escape(record.tampered_words)}</p></div></div>"
        + f"<p>{number(record.batches, 0)} batch, {number(record.leaves, 0)} leaves. <b>What it proves:</b> that the "
        "statement is the one that was settled, that it belongs to this root, and that all accounts add up to nothing. "
        "<b>What it cannot:</b> here the chain runs inside the program that made the numbers, so whoever runs it could "
        "make another. On a chain that many keep, he could not.</p>"
    )


def trust(day: DayRecord) -> str:
    """Return audits, the largest difference of the two solvers, and the speed of a check."""
    record = day.trust
    words = [
        "After every accepted set a second, independent solver computed the same operating points: "
        f"{number(record.checked, 0)} of them, {record.disagreements} disagreements, {record.violations} violated "
        f"limits. The largest differences were {_tiny(record.largest_volt_difference, 'V')} and "
        f"{_tiny(record.largest_percent_difference, 'percentage points')}.",
    ]
    head = heading("12 · How sure", "Two solvers, one answer", *words)
    if record.check_us is None or record.runpp_us is None:
        return head
    frame = Frame(220, 10, 560, 90, record.runpp_us, 0, 1)
    parts = []
    for row, (name, value, color) in enumerate(
        [
            ("one check in a match", record.check_us, "var(--flex)"),
            ("one pandapower runpp", record.runpp_us, "var(--none)"),
        ]
    ):
        top = 14 + row * 40
        parts += [
            text(208, top + 18, name, "", "end"),
            rect(frame.left, top, max(frame.x(value) - frame.left, 2), 26, "", extra=f'style="fill:{color}"'),
            text(max(frame.x(value), frame.left + 2) + 8, top + 18, f"{number(value, 0)} µs", "strong"),
        ]
    return head + figure(
        svg(900, 100, parts, "time of a check"),
        f"Exact flows in every match: {number(record.runpp_us / record.check_us, 0)} times faster than a full run of "
        "the "
        "library the network comes from, on this machine, in this run.",
    )


def _tiny(value: float, unit: str) -> str:
    """Return a very small number; what is recorded as nothing is smaller than a millionth."""
    return f"{value:.1e} {unit}" if value else f"below a millionth of {unit.removesuffix('s')}"


def closing(day: DayRecord) -> str:
    """Return ten words, and what repeats this day to the last cent."""
    facts = day.facts
    words = "".join(f"<div><dt>{escape(word)}</dt><dd>{escape(meaning)}</dd></div>" for word, meaning in GLOSSARY)
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    digests = "".join(
        f'<h3>digest of the {escape(k)}</h3><span class="hash">{escape(v)}</span>' for k, v in facts.digests.items()
    )
    return (
        heading("13 · Ten words", "Ten words, and how to repeat this day")
        + f'<dl class="glossary">{words}</dl>'
        + f'<h3>The same day again</h3><span class="hash">{escape(facts.command)}</span>'
        + digests
        + f"<footer>{escape(facts.network_words)} · {escape(facts.date)} · seed {facts.seed} · "
        + f"engine {escape(facts.engine)} · "
        + f"traded world in {number(facts.seconds, 1)} s · {escape(versions)}</footer>"
    )
