"""An external registry that answers over HTTP: `GET <address>/units` gives pages of JSON objects.

A page is `{"items": [{…}, …], "next": "…"}`; `next` is the address of the following page, absent or empty at the end.
The first page's `ETag` is sent back as `If-None-Match`, so that a registry can say that nothing changed (304).
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from flexbourse_bulk.sheet import MAX_ROWS, Row, Sheet, unreadable
from flexbourse_core.errors import TransientError
from flexbourse_core.rejection import Code

TIMEOUT_S = 30.0
MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_PAGES = 10_000
LIST_SEPARATOR = ";"
NOT_MODIFIED, NOT_FOUND = 304, 404


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A registry is where it was configured to be; it cannot send its reader, with the token, elsewhere."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


class RestSource:
    """A REST service; `token` is sent as a bearer where there is one."""

    def __init__(self, address: str, token: str = "") -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._tags: dict[str, str] = {}
        self._opener = urllib.request.build_opener(_NoRedirects)

    def sheet(self, kind: str) -> Sheet | None:
        """Return all objects of a kind; None where the service has none of the kind, or nothing changed."""
        address, items, tag = f"{self._address}/{kind}s", list[dict[str, Any]](), ""
        for number in range(MAX_PAGES):
            page = self._get(address, self._tags.get(kind, "") if number == 0 else "")
            if page is None:
                return None
            content, found_tag = page
            tag = tag if number else found_tag
            if not isinstance(content, dict) or not isinstance(content.get("items"), list):
                return unreadable(Code.FIELD_MALFORMED, "a page is an object with a list of items")
            items += content["items"]
            if len(items) > MAX_ROWS:
                return unreadable(Code.TOO_MANY_ENTRIES, f"a source holds at most {MAX_ROWS} objects of a kind")
            following = str(content.get("next") or "")
            if not following:
                self._tags[kind] = tag
                return _sheet(items)
            address = urllib.parse.urljoin(address, following)
            if urllib.parse.urlsplit(address)[:2] != urllib.parse.urlsplit(self._address)[:2]:
                return unreadable(Code.FIELD_MALFORMED, "the next page lies at the same host")
        return unreadable(Code.TOO_MANY_ENTRIES, f"a source has at most {MAX_PAGES} pages")

    def again(self, kind: str) -> None:
        """Ask for the kind as a whole at the next look."""
        self._tags.pop(kind, None)

    def _get(self, address: str, tag: str) -> tuple[Any, str] | None:
        headers = {"Accept": "application/json"}
        headers |= {"Authorization": f"Bearer {self._token}"} if self._token else {}
        headers |= {"If-None-Match": tag} if tag else {}
        request = urllib.request.Request(address, headers=headers)
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                content = answer.read(MAX_PAGE_BYTES + 1)
                found_tag = str(answer.headers.get("ETag") or "")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (NOT_MODIFIED, NOT_FOUND):
                return None
            raise TransientError(f"{address} answers {error.code}") from None
        except OSError as error:
            raise TransientError(f"{address} does not answer: {error}") from None
        if len(content) > MAX_PAGE_BYTES:
            return {}, ""
        try:
            return json.loads(content), found_tag
        except ValueError:
            return {}, ""


def _sheet(items: list[dict[str, Any]]) -> Sheet:
    """Return objects as rows; whoever is no object is a row without values, which names nothing."""
    rows, columns = [], dict[str, None]()
    for number, item in enumerate(items, start=1):
        cells = {str(name): _text(value) for name, value in item.items()} if isinstance(item, dict) else {}
        columns.update(dict.fromkeys(cells))
        rows.append(Row(number, cells))
    return Sheet(columns=list(columns), rows=rows)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return LIST_SEPARATOR.join(_text(part) for part in value)
    return "" if value is None else str(value)
