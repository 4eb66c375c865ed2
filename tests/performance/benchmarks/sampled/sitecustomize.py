"""Looks at a shard's thread every two milliseconds and says in a file what it was doing.

Python imports this module at its start where its folder is on PYTHONPATH. It acts only in the process whose command
line holds BENCH_SAMPLED, on the thread named BENCH_THREAD, and appends to BENCH_SAMPLES one JSON line per 20 ms:
{"at": monotonic seconds, "stages": {stage: samples}}.
"""

import json
import os
import sys
import threading
import time

INTERVAL_S = 0.002
LINE_S = 0.02
SWITCH_S = 0.0005  # the sampler gets its turn within this time, also while the thread computes
WAITING, COMMIT, LOG, BOOK, GRID, OTHERS = "waiting", "commit", "log", "book", "grid", "others"
WAITS = ("/threading.py", "/flexbourse_log/kafka/reader.py", "/flexbourse_log/kafka/session.py")
COMMITS = ("/flexbourse_log/embedded/store.py", "/flexbourse_log/kafka/writer.py")
SERVICES = ("/flexbourse_registry/", "/flexbourse_gridcheck/", "/flexbourse_traffic_light/", "/flexbourse_settlement/")


def stage(frame):
    """Return the stage of a stack: the service at work, the grid check inside the book, or the log itself."""
    innermost = frame.f_code.co_filename
    files = []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    text = "\n".join(files)
    if any(service in text for service in SERVICES):
        return OTHERS
    if "/flexbourse_orderbook/" in text:
        return GRID if "/flexbourse_gridmath/" in text else BOOK
    if any(commit in text for commit in COMMITS):
        return COMMIT
    return WAITING if innermost.endswith(WAITS) else LOG


def sample(path, name):
    """Sample until the process ends."""
    counts, line_at = {}, time.monotonic() + LINE_S
    with open(path, "a", buffering=1) as file:  # noqa: PTH123 - pathlib is not imported before the process is
        while True:
            time.sleep(INTERVAL_S)
            idents = [thread.ident for thread in threading.enumerate() if thread.name == name]
            frames = sys._current_frames()
            for frame in (frames[ident] for ident in idents if ident in frames):
                found = stage(frame)
                counts[found] = counts.get(found, 0) + 1
            del frames
            now = time.monotonic()
            if now >= line_at:
                file.write(json.dumps({"at": now, "stages": counts}) + "\n")
                counts, line_at = {}, now + LINE_S


if any(os.environ.get("BENCH_SAMPLED", "\0") in word for word in sys.orig_argv):
    sys.setswitchinterval(SWITCH_S)
    threading.Thread(
        target=sample, args=(os.environ["BENCH_SAMPLES"], os.environ["BENCH_THREAD"]), name="sampler", daemon=True
    ).start()
