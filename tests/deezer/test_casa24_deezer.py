"""What the author of this plugin tests: the suite every source passes, and what only Deezer does."""

import httpx
import pytest
from casa24_deezer import Deezer

from casa24.testing import SourceContract


class TestDeezer(SourceContract):
    source = Deezer
    accounts = {
        "https://www.deezer.com/us/artist/27?utm_source=share": "27",
        "deezer.com/artist/27": "27",
        " 27 ": "27",
    }
    wrong_accounts = ("", "Ana Sol", "027", "https://www.deezer.com/album/27", "https://example.org/artist/27")

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.url == "https://api.deezer.com/artist/27"
        return httpx.Response(200, json={"id": 27, "name": "Ana Sol", "nb_album": 3, "nb_fan": 12, "type": "artist"})

    @pytest.mark.parametrize(("number", "code"), [(800, "not_found"), (4, "rate_limited"), (700, "bad_status")])
    def test_an_error_sent_with_http_200_is_a_reason(self, number: int, code: str) -> None:
        error = {"type": "DataException", "message": "no data", "code": number}
        snapshot = self._collect(lambda _request: httpx.Response(200, json={"error": error}))
        assert {flag.code for flag in snapshot.flags if flag.artist == "Ana Sol"} == {code}

    def test_a_boolean_is_not_a_number_of_fans(self) -> None:
        snapshot = self._collect(lambda _request: httpx.Response(200, json={"nb_fan": True}))
        assert {flag.code for flag in snapshot.flags if flag.artist == "Ana Sol"} == {"bad_reply"}
