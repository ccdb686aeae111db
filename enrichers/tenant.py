"""Whose account: the company's own workspace at an AI service, somebody's personal one, or none."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from enrichers.hosts import belongs
from enrichers.reference import App, Reference
from pipeline.event import Fields

ACCOUNTS = frozenset(
    "claude_code.otel o365 o365.copilot openai anthropic gemini litellm github okta entra entra.signin entra.audit".split()
)
"""Modules and datasets in which `user.email` is the account at the service, and not just who sits at the device."""
WEBMAIL = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com aol.com "
    "proton.me protonmail.com pm.me gmx.net gmx.de gmx.com web.de mail.ru yandex.ru yandex.com qq.com 163.com 126.com "
    "fastmail.com hey.com zoho.com tutanota.com tuta.com mail.com".split()
)
NOBODY = frozenset({"anonymous", "guest"})
"""Logins under which a source reports somebody who has not signed in."""


class Account(Struct, frozen=True):
    """What an event tells of the account: the tenant's id, the domain of the address, and whether anybody signed in.

    `own_log`: the service itself says so.
    """

    tenant_id: str | None
    domain: str
    own_log: bool
    nobody: bool


def tenant(fields: Fields, reference: Reference) -> Fields:
    """Say whose tenant it is, where there is an app and no source has said so.

    corporate   the tenant's id is one of ours, or the address has a domain that is listed as the company's there; or the
                service is our own; or the service's own log names an account with one of our addresses
    personal    the tenant's id is none of those listed for the service, the address is neither ours nor a partner's, or only
                persons have accounts there
    anonymous   only where the source says that nobody signed in
    unknown     the rest: who sits at the device does not tell which account is open
    """
    if "ai.app.id" not in fields or "ai.app.tenant" in fields:
        return {}
    account = Account(
        fields.get("organization.id"),
        fields.get("user.email", "").rpartition("@")[2],
        fields.get("event.dataset") in ACCOUNTS or fields.get("event.module") in ACCOUNTS,
        fields.get("user.name") in NOBODY,
    )
    return _judged(fields["ai.app.id"], account, reference)


@lru_cache(4096)
def _judged(app_id: str, account: Account, reference: Reference) -> Fields:
    return {"ai.app.tenant": _tenant(account, reference, reference.apps.get(app_id))}


def _tenant(account: Account, reference: Reference, app: App | None) -> str:
    told = _by_id(account.tenant_id, reference, app) or _by_address(account, reference, app)
    if told:
        return told
    if account.nobody:
        return "anonymous"
    if app and app.accounts == "personal":
        return "personal"
    return "corporate" if app and _is_ours(app, reference) else "unknown"


def _by_id(told: str | None, reference: Reference, app: App | None) -> str | None:
    """Judge by the tenant's id; another id is somebody else's only where the company's ids at this very service are listed."""
    if not told:
        return None
    tenant_id, organisation = told.lower(), reference.organisation
    listed = [name for name in app.corporate_tenants if "." not in name] if app else []
    if tenant_id in listed or tenant_id in organisation.tenants or tenant_id == organisation.id.lower():
        return "corporate"
    return "personal" if listed else None


def _by_address(account: Account, reference: Reference, app: App | None) -> str | None:
    domain = account.domain.lower()
    if not domain:
        return None
    if app and belongs(domain, app.corporate_tenants):
        return "corporate"
    organisation = reference.organisation
    if belongs(domain, organisation.domains):
        return "corporate" if account.own_log else None
    if domain in WEBMAIL or (organisation.domains and not belongs(domain, organisation.partners)):
        return "personal"
    return None


def _is_ours(app: App, reference: Reference) -> bool:
    """Say whether the organisation runs the service itself."""
    return any(belongs(domain.partition("/")[0], reference.organisation.domains) for domain in app.domains)
