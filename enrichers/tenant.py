"""Whose account: the company's own workspace at an AI service, somebody's personal one, or none."""

from __future__ import annotations

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
    return {"ai.app.tenant": _tenant(fields, reference, reference.apps.get(fields["ai.app.id"]))}


def _tenant(fields: Fields, reference: Reference, app: App | None) -> str:
    told = _by_id(fields, reference, app) or _by_address(fields, reference, app)
    if told:
        return told
    if fields.get("user.name") in NOBODY:
        return "anonymous"
    if app and app.accounts == "personal":
        return "personal"
    return "corporate" if app and _is_ours(app, reference) else "unknown"


def _by_id(fields: Fields, reference: Reference, app: App | None) -> str | None:
    """Judge by the tenant's id; another id is somebody else's only where the company's ids at this very service are listed."""
    told = fields.get("organization.id")
    if not told:
        return None
    tenant_id, organisation = told.lower(), reference.organisation
    listed = [name for name in app.corporate_tenants if "." not in name] if app else []
    if tenant_id in listed or tenant_id in organisation.tenants or tenant_id == organisation.id.lower():
        return "corporate"
    return "personal" if listed else None


def _by_address(fields: Fields, reference: Reference, app: App | None) -> str | None:
    domain = fields.get("user.email", "").rpartition("@")[2].lower()
    if not domain:
        return None
    if app and belongs(domain, app.corporate_tenants):
        return "corporate"
    organisation = reference.organisation
    if belongs(domain, organisation.domains):
        own_log = fields.get("event.dataset") in ACCOUNTS or fields.get("event.module") in ACCOUNTS
        return "corporate" if own_log else None
    if domain in WEBMAIL or (organisation.domains and not belongs(domain, organisation.partners)):
        return "personal"
    return None


def _is_ours(app: App, reference: Reference) -> bool:
    """Say whether the organisation runs the service itself."""
    return any(belongs(domain.partition("/")[0], reference.organisation.domains) for domain in app.domains)
