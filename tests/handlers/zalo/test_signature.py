"""Only what Zalo signed with our secret is taken for Zalo's."""

from typing import Any

import pytest

from handlers.zalo.payloads import read_record
from handlers.zalo.signature import Seal, Verdict, sign
from tests.handlers.zalo.samples import SIGNATURES, compact, load
from tests.requirements import shared

OURS = load(SIGNATURES)
SEAL = Seal(OURS["app_id"], OURS["oa_id"], OURS["secret"])


@pytest.mark.parametrize("vector", OURS["vectors"], ids=lambda vector: vector["name"])
def test_a_vector_of_ours_is_judged_as_it_says(vector: dict[str, Any]) -> None:
    raw = vector["raw"].encode()
    verdict = SEAL.judge(raw, read_record(raw), vector["header"])
    assert (verdict is Verdict.VALID) is vector["valid"]


def test_the_vectors_of_the_reference_hold() -> None:
    theirs = load(shared("reference/zalo-examples/signature_test_vectors.json"))
    seal = Seal(theirs["app_id"], "2233445566778899001", theirs["oa_secret_key"])

    def judged(vector: dict[str, str]) -> bool:
        raw = vector["raw_body"].encode()
        return seal.judge(raw, read_record(raw), vector["x_zevent_signature"]) is Verdict.VALID

    assert all(map(judged, theirs["valid"]))
    assert not any(map(judged, theirs["invalid"]))


def test_another_app_is_turned_away_before_any_hash() -> None:
    raw = compact({"app_id": "1", "timestamp": "2"})
    header = sign("1", raw, "2", OURS["secret"])
    assert SEAL.judge(raw, read_record(raw), header) is Verdict.OTHER_APP


def test_an_event_of_another_account_of_the_app_is_not_ours() -> None:
    raw = compact({"app_id": OURS["app_id"], "timestamp": "2", "recipient": {"id": "999"}})
    header = sign(OURS["app_id"], raw, "2", OURS["secret"])
    assert SEAL.judge(raw, read_record(raw), header) is Verdict.OTHER_ACCOUNT


def test_the_secret_is_not_shown() -> None:
    assert OURS["secret"] not in repr(SEAL)
