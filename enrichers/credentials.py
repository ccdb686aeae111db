"""Tell whether a path is that of credentials."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 512
"""Characters of a path that are looked at, from its end."""

_NAMES = (
    r"id_(?:rsa|dsa|ecdsa|ed25519)$",
    r"\.env(?:\.(?!(?:example|sample|template|dist|defaults)\b)[\w.-]{1,64})?$",
    r"[._](?:netrc|npmrc|pypirc|pgpass|my\.cnf|git-credentials|vault-token|boto|s3cfg|htpasswd)$",
    r"secrets?\.(?:ya?ml|json|toml|env|txt)$",
)
"""Names of files: they begin the path, or follow one of `/=@`."""
_PLACES = (
    r"\.aws/(?:credentials|sso/cache|cli/cache)",
    r"\.ssh/id_[\w-]{1,64}$",
    r"\.kube/config",
    r"kubeconfig",
    r"\.docker/config\.json",
    r"\.config/(?:gcloud|gh/hosts\.yml|op/|rclone/rclone\.conf)",
    r"\.azure/(?:accesstokens|msal_token_cache)",
    r"credentials\.json$",
    r"client_secret[\w.-]{0,64}\.json$",
    r"service[-_]account[\w.-]{0,64}\.json$",
    r"\.codex/auth\.json",
    r"/run/secrets/",
    r"/proc/(?:self|\d{1,9})/environ",
    *(rf"{word}[\w.-]{{0,64}}\.pem$" for word in ("key", "priv")),
    *(rf"{word}[\w.-]{{0,64}}\.key$" for word in ("server", "private", "tls", "ssl", "host", "api")),
    r"\.(?:p12|pfx|jks|kdbx|ppk|keychain|keychain-db)$",
    r"/keychains/",
    r"terraform\.tfstate",
    r"wp-config\.php$",
    r"/(?:login data|cookies|logins\.json|key4\.db)$",
)
_BEGINNING = re.compile("|".join((*_NAMES, "/etc/(?:shadow|gshadow|sudoers|kubernetes/admin\\.conf)")))
_ANYWHERE = re.compile("|".join((*_PLACES, *(mark + name for mark in "/=@" for name in _NAMES))))
"""Each branch begins with a plain letter or sign: `re` then skips wherever none of these stands."""


def names_credentials(path: str) -> bool:
    """Say whether a path, in the form of any system, leads to credentials: keys, tokens, password stores, environments.

    Public halves (`id_rsa.pub`) and templates (`.env.example`) hold none.
    """
    return _names_credentials(path[-LONGEST:])


@lru_cache(8192)
def _names_credentials(path: str) -> bool:
    plain = path.replace("\\", "/").lower()
    return (_BEGINNING.match(plain) or _ANYWHERE.search(plain)) is not None
