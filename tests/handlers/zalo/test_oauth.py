"""OAuth as Zalo speaks it: what is a grant and what is not."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession

from bot.channel_tokens import Grant, GrantRefused, RenewalUncertain
from handlers.zalo.oauth import ZaloOAuth, challenge_of, consent_url, new_verifier, read_grant
from tests.fakes.zalo.server import FakeZalo

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "hours"),
    [
        pytest.param(
            b'{"access_token":"a","refresh_token":"r","expires_in":"90000"}', 25, id="text"
        ),
        pytest.param(b'{"access_token":"a","refresh_token":"r","expires_in":3600}', 1, id="number"),
        pytest.param(b'{"access_token":"a","refresh_token":"r"}', 25, id="missing"),
    ],
)
def test_an_answer_with_both_tokens_is_a_grant(answer: bytes, hours: int) -> None:
    expected = Grant("a", "r", NOW + timedelta(hours=hours), NOW + timedelta(days=90))
    assert read_grant(answer, 200, NOW) == expected


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        pytest.param(b'{"access_token":"a","refresh_token":""}', 200, GrantRefused, id="one empty"),
        pytest.param(b'{"access_token":"a"}', 200, GrantRefused, id="one missing"),
        pytest.param(b'{"access_token":1,"refresh_token":null}', 200, GrantRefused, id="no texts"),
        pytest.param(b"<html>", 200, RenewalUncertain, id="a page"),
        pytest.param(b"", 200, RenewalUncertain, id="nothing"),
        pytest.param(b"{}", 502, RenewalUncertain, id="gateway"),
    ],
)
def test_anything_else_is_none(answer: bytes, status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_grant(answer, status, NOW)


async def test_an_administrators_consent_becomes_a_grant_once(zalo: FakeZalo) -> None:
    account, verifier = zalo.account, new_verifier()
    challenge = challenge_of(verifier)
    url = consent_url(zalo.address, account.app_id, "http://127.0.0.1/b", challenge, "s")
    async with ClientSession() as http:
        async with http.get(url, allow_redirects=False) as response:
            code = response.headers["Location"].split("code=")[1].split("&")[0]
        oauth = ZaloOAuth(http, zalo.address, account.app_id, account.app_secret, zalo.clock.now)
        grant = await oauth.redeem(code, verifier)
        assert grant.access == zalo.tokens.access
        with pytest.raises(GrantRefused, match="authorization code"):
            await oauth.redeem(code, verifier)


def test_a_verifier_has_43_characters_and_its_challenge_no_padding() -> None:
    verifier = new_verifier()
    assert (len(verifier), len(challenge_of(verifier))) == (43, 43)
    # the vector of RFC 7636, appendix B
    vector = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(vector) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
