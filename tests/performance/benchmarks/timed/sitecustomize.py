"""Accounts for every moment of a shard's thread: what was it doing, by calls timed at the borders of the stages.

Python imports this module at its start where its folder is on PYTHONPATH. It acts only in the process whose command
line holds BENCH_PROCESS, on the thread named BENCH_THREAD: functions are wrapped as their modules are imported, and
BENCH_STAGES gets one JSON line before and after each wait for input:
{"from": seconds, "to": seconds, "stages": {stage: seconds}, "calls": {stage: times begun}} on the machine's monotonic
clock.
A sampler was tried first: it found the commit up to twice as long as it is, because it runs when the thread does not.
"""

import functools
import importlib.machinery
import inspect
import json
import os
import sys
import threading
import time

WAITING, COMMIT, LOG, BOOK, GRID, OTHERS = "waiting", "commit", "log", "book", "grid", "others"
METHODS = {
    "flexbourse_log.embedded.mailbox": ("Mailbox", {"take": WAITING}),
    "flexbourse_log.embedded.store": ("Store", {"commit": COMMIT}),
    "flexbourse_log.kafka.session": ("ShardSession", {"collect": WAITING}),
    # Handing over to the client, and waiting where nothing else is to be done: the commit itself goes on beside.
    "flexbourse_log.kafka.commit_line": ("CommitLine", dict.fromkeys(("begin", "wait", "finish"), COMMIT)),
    "flexbourse_log.shard": ("ShardRunner", {"run": LOG}),
    "flexbourse_orderbook.processor": (
        "OrderBookProgram",
        dict.fromkeys(("on_command", "on_input", "on_time", "fold", "project"), BOOK),
    ),
}
GRID_MODULES = {f"flexbourse_gridmath.{name}" for name in ("check", "largest", "nodal", "powerflow", "tariff", "zones")}
OWN_CONTEXT = "orderbook"


class StageClock:
    """The stages that the one thread is in, innermost last, and what each had since the last line: time, beginnings."""

    def __init__(self, path, thread):
        self.thread, self.ident = thread, 0
        self._file = open(path, "a", buffering=1)  # noqa: PTH123, SIM115 - pathlib is slow to import; open to the end
        self._stack, self._spent, self._calls = [LOG], {}, {}
        self._begun = self._last = time.monotonic()

    def enter(self, stage):
        """Begin a stage; other services keep what they call, and whoever is in the grid check stays there."""
        if stage == WAITING:
            self._line()
        self._charge()
        entered = OTHERS if self._stack[-1] == OTHERS else stage
        self._calls[entered] = self._calls.get(entered, 0) + 1
        self._stack.append(entered)

    def leave(self):
        """End the innermost stage."""
        self._charge()
        if self._stack.pop() == WAITING:
            self._line()

    def _charge(self):
        now = time.monotonic()
        stage = self._stack[-1]
        self._spent[stage] = self._spent.get(stage, 0.0) + now - self._last
        self._last = now

    def _line(self):
        self._charge()
        line = {"from": self._begun, "to": self._last, "stages": self._spent, "calls": self._calls}
        self._file.write(json.dumps(line) + "\n")
        self._begun, self._spent, self._calls = self._last, {}, {}


def timed(function, stage, clock):
    """Return the function with its time charged to a stage, on the clock's thread."""

    @functools.wraps(function)
    def call(*arguments, **named):
        if stage == WAITING and not clock.ident and threading.current_thread().name == clock.thread:
            clock.ident = threading.get_ident()
        if threading.get_ident() != clock.ident:
            return function(*arguments, **named)
        foreign = function.__name__ == "run" and arguments[0].context.name != OWN_CONTEXT
        clock.enter(OTHERS if foreign else stage)
        try:
            result = function(*arguments, **named)
            return list(result) if inspect.isgenerator(result) else result
        finally:
            clock.leave()

    return call


def patch(module, clock):
    """Wrap what of a module begins a stage."""
    if module.__name__ in GRID_MODULES:
        for name, found in list(vars(module).items()):
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_"):
                setattr(module, name, timed(found, GRID, clock))
        return
    owner, methods = METHODS[module.__name__]
    for name, stage in methods.items():
        setattr(getattr(module, owner), name, timed(getattr(getattr(module, owner), name), stage, clock))


class Finder:
    """Finds the modules of the stages as Python itself would, and patches each when it has been executed."""

    def __init__(self, clock):
        self._clock = clock

    def find_spec(self, name, path=None, target=None):  # noqa: ARG002 - the protocol's signature
        """Return the spec of a module of ours, None for all others."""
        if name not in METHODS and name not in GRID_MODULES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def execute_and_patch(module):
            execute(module)
            patch(module, self._clock)

        spec.loader.exec_module = execute_and_patch
        return spec


if any(os.environ.get("BENCH_PROCESS", "\0") in word for word in sys.orig_argv):
    sys.meta_path.insert(0, Finder(StageClock(os.environ["BENCH_STAGES"], os.environ["BENCH_THREAD"])))
