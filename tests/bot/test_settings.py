"""Settings hold every secret and show none."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings

SECRET = "geheim-8zFfatrv"
#: each secret another, as the two of Zalo must be
FIELDS: dict[str, Any] = {
    name: f"{SECRET}-{name}"
    for name, field in Settings.model_fields.items()
    if "Secret" in str(field.annotation)
}
ADDRESS = f"postgresql://danhoi:{SECRET}@db.example/danhoi"


def settings(**values: Any) -> Settings:  # noqa: ANN401
    return Settings(_env_file=None, database_url=ADDRESS, **values)  # type: ignore[call-arg]


def test_settings_show_no_secret() -> None:
    assert len(FIELDS) > 5
    assert SECRET not in repr(settings(**FIELDS, zalo_app_id="1", zalo_oa_id="2"))


def test_no_error_tells_the_values_it_is_about() -> None:
    with pytest.raises(ValidationError) as told:
        settings(port="x", zalo_app_secret=SECRET)
    assert SECRET not in str(told.value)
