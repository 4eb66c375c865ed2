"""The servers that tests ask for answer their own protocol."""

from __future__ import annotations

import json
import urllib.request

import redis


def test_anvil_answers(anvil_url: str) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}).encode()
    request = urllib.request.Request(anvil_url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["result"] == hex(31337)


def test_redis_protocol_server_answers(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    client.set("key", b"value")
    assert client.get("key") == b"value"
