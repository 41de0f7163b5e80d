"""The only reader of the environment. Policies live in the database, secrets live here."""

import re
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


#: scheme and host, a port where it is not the usual one; "*." stands for every name below
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?")


class TelegramMode(StrEnum):
    """How Telegram updates come in."""

    OFF = "off"
    WEBHOOK = "webhook"
    POLLING = "polling"


class PkceMode(StrEnum):
    """Whether the Zalo consent link carries a fresh challenge or the console's fixed one."""

    PER_REQUEST = "per_request"
    FIXED = "fixed"


class Settings(BaseSettings):
    """Environment or `.env`, prefix DANHOI_. Every field is explained in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="DANHOI_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # tracebacks go into logs
    )

    #: may hold a password
    database_url: str = Field(default="sqlite:///var/danhoi.db", repr=False)
    var_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    trusted_proxies: CommaSeparated = ()
    secret_key: SecretStr = SecretStr("")
    timezone: str = "Asia/Ho_Chi_Minh"
    province: str = "Cần Thơ"

    zalo_app_id: str = ""
    zalo_app_secret: SecretStr = SecretStr("")
    zalo_oa_id: str = ""
    zalo_oa_secret: SecretStr = SecretStr("")
    zalo_refresh_token: SecretStr = SecretStr("")
    zalo_pkce_mode: PkceMode = PkceMode.PER_REQUEST
    zalo_api_base: str = "https://openapi.zalo.me"
    zalo_oauth_base: str = "https://oauth.zaloapp.com"
    zalo_domain_proof: CommaSeparated = ()
    zalo_rate_per_minute: int = Field(default=2000, gt=0)
    zalo_rate_burst: int = Field(default=20, gt=0)
    zalo_template_id: str = ""
    zalo_zns_template_id: str = ""
    zalo_template_field: str = "ma_cau_hoi"
    zalo_business_base: str = "https://business.openapi.zalo.me"

    telegram_mode: TelegramMode = TelegramMode.OFF
    telegram_token: SecretStr = SecretStr("")
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_api_base: str = "https://api.telegram.org"

    embed_origins: CommaSeparated = ()
    smtp_host: str = ""
    smtp_port: int = Field(default=587, gt=0, le=65535)
    smtp_security: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    alarm_mail_to: CommaSeparated = ()
    alarm_telegram_chat: str = ""
    log_level: str = "INFO"
    log_format: str = Field(default="text", pattern="^(text|json)$")

    @field_validator(
        "trusted_proxies", "embed_origins", "alarm_mail_to", "zalo_domain_proof", mode="before"
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("embed_origins")
    @classmethod
    def _read_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Take origins alone: what stands here goes into a header as it is."""
        for part in value:
            if not _ORIGIN.fullmatch(part):
                raise ValueError(f"{part!r} is no origin such as https://xa.example.gov.vn")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _read_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)  # says itself what is wrong
        return value

    @field_validator("zalo_domain_proof")
    @classmethod
    def _read_proofs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", code):
                raise ValueError(f"{code!r} is no code of a domain proof: letters and digits only")
        return value

    @model_validator(mode="after")
    def _refuse_half_configured_zalo(self) -> "Settings":
        required = {
            "DANHOI_ZALO_APP_ID": self.zalo_app_id,
            "DANHOI_ZALO_APP_SECRET": self.zalo_app_secret.get_secret_value(),
            "DANHOI_ZALO_OA_ID": self.zalo_oa_id,
            "DANHOI_ZALO_OA_SECRET": self.zalo_oa_secret.get_secret_value(),
        }
        missing = [name for name, value in required.items() if not value]
        if missing and len(missing) < len(required):
            raise ValueError(f"Zalo is half configured: set {', '.join(missing)}, or none of them")
        app_secret, oa_secret = (
            required["DANHOI_ZALO_APP_SECRET"],
            required["DANHOI_ZALO_OA_SECRET"],
        )
        if app_secret and app_secret == oa_secret:
            raise ValueError(
                "DANHOI_ZALO_APP_SECRET and DANHOI_ZALO_OA_SECRET are equal: the first is the "
                "app's secret key, the second the OA secret key of the webhook page"
            )
        return self

    @model_validator(mode="after")
    def _refuse_half_configured_telegram(self) -> "Settings":
        if self.telegram_mode is TelegramMode.OFF:
            return self
        secret = self.telegram_webhook_secret.get_secret_value()
        required = {"DANHOI_TELEGRAM_TOKEN": self.telegram_token.get_secret_value()}
        if self.telegram_mode is TelegramMode.WEBHOOK:
            required |= {
                "DANHOI_PUBLIC_URL": self.public_url,
                "DANHOI_TELEGRAM_WEBHOOK_SECRET": secret,
            }
        missing = [name for name, value in required.items() if not value]
        if missing:
            raise ValueError(f"Telegram is half configured: set {', '.join(missing)}")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise ValueError(
                "DANHOI_TELEGRAM_WEBHOOK_SECRET takes 16 to 256 letters, digits, _ and - only"
            )
        return self

    @model_validator(mode="after")
    def _refuse_half_configured_alarms(self) -> "Settings":
        if self.alarm_mail_to and not (self.smtp_host and self.smtp_from):
            raise ValueError(
                "DANHOI_ALARM_MAIL_TO is set: set DANHOI_SMTP_HOST and DANHOI_SMTP_FROM too"
            )
        if self.alarm_telegram_chat and not self.telegram_token.get_secret_value():
            raise ValueError("DANHOI_ALARM_TELEGRAM_CHAT is set: set DANHOI_TELEGRAM_TOKEN too")
        return self

    @property
    def telegram_enabled(self) -> bool:
        """Whether the Telegram channel is switched on."""
        return self.telegram_mode is not TelegramMode.OFF

    @property
    def zalo_template_to(self) -> str:
        """Whom template messages go to: "phone", "user", or nobody."""
        if self.zalo_zns_template_id:
            return "phone"
        return "user" if self.zalo_template_id else ""

    @property
    def zalo_enabled(self) -> bool:
        """Whether the Zalo channel has what it needs."""
        return bool(self.zalo_app_id)


def own_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts under which citizens reach the service."""
    host = urlsplit(settings.public_url).hostname
    return frozenset({host} if host else ())
