"""Communes of Cần Thơ today, and the names of before the merger of 1 July 2025.

Read from the data files of `vietnamadminunits` (MIT), without importing the package, which would
bring a geometry library along.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from knowledge.places import Place

PROVINCE = "thanhphocantho"
SOURCE = "vietnamadminunits (dữ liệu đơn vị hành chính từ 01/7/2025)"


@dataclass(frozen=True, slots=True)
class _Key:
    """How the package names an old commune: "tinhsoctrang_huyenmyxuyen_xadaitam"."""

    province: str
    district: str
    ward: str

    @classmethod
    def parse(cls, text: str) -> "_Key":
        return cls(*text.split("_"))


@cache
def places() -> tuple[Place, ...]:
    """Return today's communes, then every former one with the commune that serves it now.

    A commune that was really split appears once for each part, the larger part first.
    """
    folder = _data_folder()
    successors = _successors(json.loads((folder / "converter_2025.json").read_bytes()))
    with closing(sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro", uri=True)) as data:
        today = {key: (code, name, province) for key, code, name, province in _today(data)}
        former = list(_former(data, {key.province for key in successors}))
    return (
        *(Place(name, "", province, _agency(code)) for code, name, province in today.values()),
        *(
            Place(name, district, province, _agency(today[ward][0]), former=True)
            for key, name, district, province in former
            for ward in successors[key]
        ),
    )


def commune_codes() -> Mapping[str, str]:
    """Return the names of today's communes by agency code."""
    return {place.agency: place.name for place in places() if not place.former}


def _agency(ward_code: str) -> str:
    return f"ct-xa-{ward_code}"


def _data_folder() -> Path:
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("vietnamadminunits is not installed: run `make setup`")
    return Path(spec.origin).parent / "data"


def _today(data: sqlite3.Connection) -> Iterator[tuple[str, str, str, str]]:
    query = "SELECT wardKey, wardCode, ward, province FROM admin_units WHERE provinceKey = ?"
    for key, code, name, province in data.execute(query + " ORDER BY wardCode", (PROVINCE,)):
        yield key, code, _tidy(name), province


def _former(
    data: sqlite3.Connection, provinces: Iterable[str]
) -> Iterator[tuple[_Key, str, str, str]]:
    query = (
        "SELECT provinceKey, districtKey, wardKey, ward, district, province"
        " FROM admin_units_legacy WHERE provinceKey = ? ORDER BY wardCode"
    )
    for province_key in sorted(provinces):
        for *key, ward, district, province in data.execute(query, (province_key,)):
            yield _Key(*key), _tidy(ward), _tidy(district), province


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _successors(tables: Mapping[str, Any]) -> Mapping[_Key, tuple[str, ...]]:
    whole = {
        _Key.parse(old): (new,)
        for new, olds in tables["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE].items()
        for old in olds
    }
    divided = {
        _Key.parse(old): parts
        for old, parts in tables["DICT_PROVINCE_WARD_DIVIDED"][PROVINCE].items()
    }
    namesakes = Counter(key.ward for key in divided)
    return whole | {
        key: (_nearest(key, parts, whole),) if namesakes[key.ward] > 1 else _parts(parts)
        for key, parts in divided.items()
    }


def _parts(parts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    largest_first = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
    return tuple(part["newWardKey"] for part in largest_first)


def _nearest(
    key: _Key, parts: Iterable[Mapping[str, Any]], whole: Mapping[_Key, tuple[str, ...]]
) -> str:
    """Tell namesakes apart, which the package's table takes for one commune split in two.

    "Xã Phú Tân" of two provinces went whole to two different communes: each to the one that
    took its neighbours.
    """

    def closeness(part: Mapping[str, Any]) -> tuple[int, int, bool]:
        neighbours = [old for old, new in whole.items() if new == (part["newWardKey"],)]
        same_province = [old for old in neighbours if old.province == key.province]
        same_district = [old for old in same_province if old.district == key.district]
        return len(same_district), len(same_province), part["isDefaultNewWard"]

    return str(max(parts, key=closeness)["newWardKey"])
