"""Communes of today and of before the merger, as a citizen may name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One commune name; `agency` is the commune that answers for it today (ct-xa-<ward_code>).

    `name` and `district` carry their kind ("Xã Đại Tâm", "Huyện Mỹ Xuyên"); `district` is
    empty for a commune of today. `former` is true for a name of before the merger.
    """

    name: str
    district: str
    province: str
    agency: str
    former: bool = False
