import pytest

from enrichers.credentials import names_credentials


@pytest.mark.parametrize(
    "path",
    [
        "/home/ada/.aws/credentials",
        "C:\\Users\\ada\\.aws\\credentials",
        "~/.ssh/id_ed25519",
        "id_rsa",
        ".env",
        "app/.env.production",
        "~/.npmrc",
        "~/.netrc",
        "~/.git-credentials",
        "~/.kube/config",
        "/etc/shadow",
        "/proc/self/environ",
        "/run/secrets/db",
        "config/secrets.yaml",
        "service-account-prod.json",
        "tls/server.key",
        "private-key.pem",
        "vault.kdbx",
        "~/Library/Keychains/login.keychain-db",
        "~/.codex/auth.json",
        "x" * 100_000 + "/.env",
    ],
)
def test_a_path_to_credentials_is_known(path: str) -> None:
    assert names_credentials(path)


@pytest.mark.parametrize(
    "path",
    ["", "id_rsa.pub", "~/.ssh/known_hosts", ".env.example", ".env.sample", "environment.py", "src/env.ts", "docs/credentials.md",
     "server.crt", "slides.key", "cert.pem", "/etc/passwd", "keys.py", ".envrc.md", "tests/secrets_test.py"],
)  # fmt: skip
def test_a_path_that_only_resembles_one_is_not(path: str) -> None:
    assert not names_credentials(path)
