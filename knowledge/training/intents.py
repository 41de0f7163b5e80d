"""Learn what kind of message words and signals betray."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

Sparse = Mapping[str, float]


def learn(
    views: Sequence[Sparse], labels: Sequence[str], mass: Sequence[float], c: float = 1.0
) -> dict[str, dict[str, float]]:
    """Return weights by feature and kind; words seen once are left out."""
    counts = Counter(name for view in views for name in view)
    names = sorted(name for name, n in counts.items() if n >= 3 or not name.startswith("w:"))
    places = {name: at for at, name in enumerate(names)}
    model = LogisticRegression(C=c, max_iter=3000)
    model.fit(_table(views, places), np.array(labels), sample_weight=np.array(mass))
    weights = {
        name: {
            kind: round(float(w), 3)
            for kind, w in zip(model.classes_, model.coef_[:, at], strict=True)
            if abs(w) >= 0.02
        }
        for name, at in places.items()
    }
    start = dict(zip(model.classes_, (round(float(b), 3) for b in model.intercept_), strict=True))
    return {"": start, **{name: row for name, row in weights.items() if row}}


def _table(views: Sequence[Sparse], places: Mapping[str, int]) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, view in enumerate(views):
        for name, value in view.items():
            if name in places:
                rows.append(row)
                columns.append(places[name])
                values.append(value)
    return csr_matrix((values, (rows, columns)), shape=(len(views), len(places)))
