"""Learn when the best candidate may be shown alone, and when a list holds the right one."""

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression


def learn(
    views: Sequence[Mapping[str, float]], right: Sequence[bool], mass: Sequence[float], c: float
) -> dict[str, float]:
    """Return the weights of a logistic model; "one" carries the intercept."""
    names = sorted(set().union(*views) - {"one"})
    table = np.array([[view.get(name, 0.0) for name in names] for view in views])
    model = LogisticRegression(C=c, max_iter=2000)
    model.fit(table, np.array(right), sample_weight=np.array(mass))
    weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
    return {"one": round(float(model.intercept_[0]), 4), **weights}
