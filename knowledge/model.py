"""What was learned of ranking and judging, as one value with a name."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from knowledge import judgement, ranking
from knowledge.index import Floats
from knowledge.judgement import Judge

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """The tables of `ranking.json` and `judgement.json`, shipped or learned in service."""

    ranking: Table
    judgement: Table

    @classmethod
    def from_json(cls, record: Table) -> "Model":
        """Rebuild what `as_json` wrote."""
        return cls(record["ranking"], record["judgement"])

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {"ranking": dict(self.ranking), "judgement": dict(self.judgement)}

    @cached_property
    def version(self) -> str:
        """Return a short name: the same weights have the same name everywhere."""
        text = json.dumps(self.as_json(), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    def weights(self) -> Floats:
        """Return the weights of ranking in the order of the features."""
        return ranking.weights_of(self.ranking)

    def judge(self) -> Judge:
        """Return the models that judge and their thresholds."""
        return Judge.of(self.judgement)


def shipped() -> Model:
    """Return what the project ships with."""
    tables = (json.loads(path.read_text("utf-8")) for path in (ranking.HERE, judgement.HERE))
    return Model(*tables)
