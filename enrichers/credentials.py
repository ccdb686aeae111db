"""Tell whether a path is that of credentials."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 512
"""Characters of a path that are looked at, from its end."""

_PLACES = (
    r"\.aws/(?:credentials|sso/cache|cli/cache)",
    r"\.ssh/id_[\w-]{1,64}$",
    r"(?:^|[/=@])id_(?:rsa|dsa|ecdsa|ed25519)$",
    r"(?:^|[/=@])\.env(?:\.(?!(?:example|sample|template|dist|defaults)\b)[\w.-]{1,64})?$",
    r"(?:^|[/=@])[._](?:netrc|npmrc|pypirc|pgpass|my\.cnf|git-credentials|vault-token|boto|s3cfg|htpasswd)$",
    r"\.kube/config",
    r"kubeconfig",
    r"\.docker/config\.json",
    r"\.config/(?:gcloud|gh/hosts\.yml|op/|rclone/rclone\.conf)",
    r"\.azure/(?:accesstokens|msal_token_cache)",
    r"(?:credentials|client_secret[\w.-]{0,64}|service[-_]account[\w.-]{0,64})\.json$",
    r"\.codex/auth\.json",
    r"^/etc/(?:shadow|gshadow|sudoers|kubernetes/admin\.conf)",
    r"/run/secrets/",
    r"/proc/(?:self|\d{1,9})/environ",
    r"(?:key|priv)[\w.-]{0,64}\.pem$",
    r"(?:server|private|tls|ssl|host|api)[\w.-]{0,64}\.key$",
    r"\.(?:p12|pfx|jks|kdbx|ppk|keychain|keychain-db)$",
    r"/keychains/",
    r"(?:^|[/=@])secrets?\.(?:ya?ml|json|toml|env|txt)$",
    r"terraform\.tfstate",
    r"wp-config\.php$",
    r"(?:/login data|/cookies|/logins\.json|/key4\.db)$",
)
_CREDENTIALS = re.compile("|".join(_PLACES))


def names_credentials(path: str) -> bool:
    """Say whether a path, in the form of any system, leads to credentials: keys, tokens, password stores, environments.

    Public halves (`id_rsa.pub`) and templates (`.env.example`) hold none.
    """
    return _names_credentials(path[-LONGEST:])


@lru_cache(8192)
def _names_credentials(path: str) -> bool:
    return _CREDENTIALS.search(path.replace("\\", "/").lower()) is not None
