"""The service's own secret: encrypts what must not be readable in a stolen database file."""

import base64
import hashlib
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.fernet import Fernet, MultiFernet

from bot.settings import Settings

_KEY_FILE = "secret.key"


def load_keys(settings: Settings) -> list[str]:
    """Return the secret keys, newest first; make one in `var/secret.key` where none is set."""
    configured = settings.secret_key.get_secret_value()
    if configured:
        return [key.strip() for key in configured.split(",") if key.strip()]
    path = settings.var_dir / _KEY_FILE
    if not path.exists():
        _write_new(path)
    return path.read_text(encoding="ascii").split()


def cipher(keys: list[str]) -> MultiFernet:
    """Return a cipher that writes with the newest key and reads with all."""
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    """Turn a key of any shape into a Fernet key (32 bytes, base64)."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"danhoi:" + key.encode()).digest())


def _write_new(path: Path) -> None:
    """Put a key there whole, unless another process was faster: then its key is the key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent) as unfinished:  # its owner's only
        unfinished.write(secrets.token_urlsafe(32) + "\n")
        unfinished.flush()
        with suppress(FileExistsError):
            path.hardlink_to(unfinished.name)
