"""Learn when the best candidate may be shown alone, and when a list holds the right one."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from knowledge.training.seen import Seen


def learn(seen: Sequence[Seen], outcome: Sequence[bool], c: float) -> dict[str, float]:
    """Return the weights of a logistic model; "one" carries the intercept."""
    names = sorted(set().union(*(one.view for one in seen)) - {"one"})
    table = np.array([[one.view.get(name, 0.0) for name in names] for one in seen])
    model = LogisticRegression(C=c, max_iter=2000)
    model.fit(table, np.array(outcome), sample_weight=np.array([one.mass for one in seen]))
    weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
    return {"one": round(float(model.intercept_[0]), 4), **weights}
