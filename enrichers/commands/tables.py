"""What programs do, as data. Words of a row follow one another in a command, others may stand between; each may go on."""

from __future__ import annotations

from collections.abc import Mapping

Rows = Mapping[str, tuple[tuple[str, ...], ...]]
"""Further words of each row, by the program that is the first."""


def _rows(*rows: tuple[str, ...]) -> Rows:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for program, *words in rows:
        found[program] = (*found.get(program, ()), tuple(words))
    return found


SECRETS = _rows(
    ("printenv",),
    ("vault", "read"),
    ("vault", "kv", "get"),
    ("aws", "secretsmanager", "get-secret-value"),
    ("aws", "ssm", "get-parameter"),
    ("aws", "configure", "export-credentials"),
    ("gcloud", "secrets", "versions", "access"),
    ("gcloud", "auth", "print-access-token"),
    ("az", "keyvault", "secret", "show"),
    ("az", "account", "get-access-token"),
    ("kubectl", "get", "secret"),
    ("kubectl", "config", "view", "--raw"),
    ("security", "find-generic-password"),
    ("security", "find-internet-password"),
    ("security", "dump-keychain"),
    ("op", "read"),
    ("op", "item", "get"),
    ("bw", "get"),
    ("pass", "show"),
    ("gopass", "show"),
    ("doppler", "secrets"),
    ("gh", "auth", "token"),
    ("git", "credential", "fill"),
    ("gpg", "--export-secret-keys"),
    ("cmdkey", "/list"),
    ("export", "-p"),
)
DESTROYERS = _rows(
    ("terraform", "destroy"),
    ("tofu", "destroy"),
    ("pulumi", "destroy"),
    ("kubectl", "delete"),
    ("helm", "uninstall"),
    ("helm", "delete"),
    ("aws", "s3", "rb"),
    ("aws", "s3", "rm", "--recursive"),
    ("aws", "ec2", "terminate-instances"),
    ("aws", "rds", "delete-db"),
    ("aws", "dynamodb", "delete-table"),
    ("gcloud", "projects", "delete"),
    ("az", "group", "delete"),
    ("docker", "system", "prune"),
    ("docker", "volume", "rm"),
    ("git", "push", "--force"),
    ("git", "push", "-f"),
    ("find", "-delete"),
    ("dropdb",),
    ("wipefs",),
    ("shred",),
    ("mkfs",),
    ("dd", "of=/dev/"),
    ("remove-item", "-recurse"),
    ("rd", "/s"),
    ("rmdir", "/s"),
    ("del", "/s"),
)
UNBOUNDED = _rows(
    ("terraform", "destroy"),
    ("tofu", "destroy"),
    ("pulumi", "destroy"),
    ("kubectl", "delete", "--all"),
    ("kubectl", "delete", "namespace"),
    ("kubectl", "delete", "ns"),
    ("aws", "s3", "rb", "--force"),
    ("aws", "s3", "rm", "--recursive"),
    ("gcloud", "projects", "delete"),
    ("az", "group", "delete"),
    ("dropdb",),
    ("mkfs",),
    ("wipefs",),
    ("dd", "of=/dev/"),
)
ADMINS = _rows(
    ("useradd",),
    ("usermod",),
    ("passwd",),
    ("visudo",),
    ("net", "user"),
    ("aws", "iam", "create-"),
    ("aws", "iam", "attach-"),
    ("aws", "iam", "put-"),
    ("gcloud", "add-iam-policy-binding"),
    ("az", "role", "assignment", "create"),
    ("kubectl", "create", "clusterrolebinding"),
)
SENDERS = _rows(
    ("git", "push"),
    ("gh", "gist", "create"),
    ("gh", "release", "upload"),
    ("npm", "publish"),
    ("twine", "upload"),
    ("cargo", "publish"),
    ("docker", "push"),
    ("rclone", "copy"),
    ("rclone", "sync"),
    ("azcopy", "copy"),
)
DESTINATIONS: dict[str, tuple[str, ...]] = {
    "gh": ("github.com",),
    "npm": ("npmjs.com",),
    "twine": ("pypi.org",),
    "cargo": ("crates.io",),
}
"""Where a sender of SENDERS sends to if its words do not say."""
BUCKETS = {"s3": "s3.amazonaws.com", "gs": "storage.googleapis.com"}

HTTP_CLIENTS = frozenset("curl wget http https httpie xh invoke-webrequest iwr invoke-restmethod irm".split())
COPIERS = frozenset("scp rsync sftp".split())
TALKERS = frozenset("nc ncat netcat telnet socat ssh ftp tftp".split())
MAILERS = frozenset("mail mailx sendmail mutt msmtp swaks".split())
RESOLVERS = frozenset("nslookup dig host ping".split())
BUCKETEERS = frozenset("aws gsutil gcloud s3cmd".split())
SHELLS = frozenset("bash sh zsh dash ksh fish pwsh powershell cmd eval".split())
PREFIXES = frozenset(
    "sudo doas env nohup time exec command builtin xargs timeout nice stdbuf then do else if while !".split()
)
"""Words before the program itself."""
PROGRAMS = frozenset(
    {*SECRETS, *DESTROYERS, *ADMINS, *SENDERS}
    | HTTP_CLIENTS | COPIERS | TALKERS | MAILERS | RESOLVERS | BUCKETEERS | SHELLS
    | {"rm", "cat", "psql", "mysql"}
)  # fmt: skip
BLIND = frozenset(
    "ls stat chmod chown touch mkdir test [ rm echo printf find which file du git cd unset".split()
)
"""Programs that name a file without showing what is in it."""
PLACERS = frozenset("cp mv ln install".split())
"""Programs whose last word is a place to write to."""

CURL_SENDS, CURL_VALUES = frozenset("dFT"), frozenset("XHouAebmwxKEr")
"""Letters of curl that send what follows, and others that take a word."""
LONG_SENDS = (
    "--data", "--form", "--upload-file", "--json", "--post-data", "--post-file", "--body-data", "--body-file",
    "-body", "-infile", "-form",
)  # fmt: skip
SENDING_METHODS = frozenset({"post", "put", "patch", "delete"})
WORD_TAKERS = frozenset(
    "-i -p -o -l -L -R -D -F -J -w -b -c -m -H --header -A -e -x -u --user --output --request -X".split()
)
"""Flags that take the next word, for finding the words that are none of theirs."""

BUILT = frozenset(
    "node_modules dist build target out coverage __pycache__ .pytest_cache .mypy_cache .ruff_cache .venv venv .next .cache .tox".split()
)
"""Folders that the next build makes again: to remove them destroys nothing."""
EVERYTHING = frozenset("/ /* ~ ~/ ~/* * . ./ ./* .. ../ $HOME ${HOME} $HOME/* c:/ C:/".split())
