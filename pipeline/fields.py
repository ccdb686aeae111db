"""Every field we write: its name, type and meaning. Readers are checked against it, rules are linted by it."""

from __future__ import annotations

from msgspec import Struct

ACTIONS = tuple(
    "prompt completion tool_call tool_result tool_list file_upload file_access web_visit share grant signin "
    "config_change policy_decision approval heartbeat process_start inventory".split()
)
CLASSES = tuple(
    "public source_code customer_record personal financial confidential health card restricted secret".split()
)
"""Data classes by rank, the least first; malicious_code has no rank."""
DECISIONS = ("allow", "warn", "redact", "require_approval", "block", "override")


class Field(Struct, frozen=True):
    """A field: its type, whether it is a list, its closed list of values if it has one, and its meaning."""

    kind: str
    many: bool
    values: tuple[str, ...]
    meaning: str


TABLE = """
@timestamp                 date      when it happened, UTC
ecs.version                keyword   version of the Elastic Common Schema
event.id                   keyword   hash of the act's own identity, the same for every sighting of it
event.kind                 keyword   event, asset or alert
event.category             keyword[] ECS category
event.type                 keyword[] ECS type
event.action               keyword   what was done
event.code                 keyword   the source's own name of the action
event.outcome              keyword   success, failure or unknown
event.reason               keyword   the source's own words on why
event.module               keyword   product that told it
event.dataset              keyword   module and stream
event.created              date      when the source wrote it
event.ingested             date      when the store took it
event.risk_score           float     risk 0-100 in ECS words
event.severity             long      21, 47, 73 or 99
organization.id            keyword   tenant
trace.id                   keyword   W3C trace, 32 hex
span.id                    keyword   W3C span, 16 hex
message                    text      title sentence of an alert; never prompt text
tags                       keyword[] ATLAS and OWASP ids
user.id                    keyword   id in the directory
user.name                  keyword   login
user.email                 keyword   address, lower-cased
user.domain                keyword   part behind the @ or before the backslash
user.roles                 keyword[] roles in the directory
source.ip                  ip        address of the client
source.address             keyword   the same where it is masked
source.geo.country_iso_code keyword  country of the client
source.as.number           long      network of the client
host.id                    keyword   device id as the host says it
host.name                  keyword   name of the device
host.os.type               keyword   windows, macos, linux, ios, android
host.os.version            keyword   version of the operating system
device.id                  keyword   id in device management
device.serial_number       keyword   serial number
user_agent.original        keyword   browser or client
service.name               keyword   application that spoke
process.name               keyword   process that spoke
process.command_line       text      command that ran or is to run, redacted
process.executable         keyword   path of the program
process.pid                long      process id
process.parent.name        keyword   parent process
cloud.account.id           keyword   cloud account
url.domain                 keyword   host, lower-cased, without port
url.registered_domain      keyword   registered domain
url.path                   keyword   path without query
url.full                   keyword   scheme, host and path
destination.domain         keyword   where data went
destination.ip             ip        the same as an address
destination.port           long      port
http.request.method        keyword   method
http.request.body.bytes    long      bytes sent
http.response.status_code  long      status
http.response.body.bytes   long      bytes received
network.application        keyword   application as the network names it
file.name                  keyword   name
file.path                  keyword   path
file.extension             keyword   extension
file.mime_type             keyword   type
file.size                  long      bytes
file.hash.sha256           keyword   hash
log.file.path              keyword   file of the record, as given
log.offset                 long      line of the record, from 1
mcp.method.name            keyword   MCP method
gen_ai.provider.name       keyword   who runs the model
gen_ai.operation.name      keyword   chat, execute_tool ...
gen_ai.request.model       keyword   model asked for
gen_ai.response.model      keyword   model that answered
gen_ai.response.id         keyword   id of the answer
gen_ai.response.finish_reasons keyword[] why it stopped
gen_ai.conversation.id     keyword   conversation
gen_ai.agent.id            keyword   agent
gen_ai.agent.name          keyword   its name
gen_ai.tool.name           keyword[] tool; all of them in a tool_list
gen_ai.tool.type           keyword   function, extension, datastore
gen_ai.tool.call.id        keyword   id of the call
gen_ai.usage.input_tokens  long      tokens in
gen_ai.usage.output_tokens long      tokens out
ai.surface                 keyword   browser, desktop, mobile, ide, cli, api, agent
ai.actor.type              keyword   human, agent, service
ai.actor.id                keyword   a vendor's own or anonymous id of the actor
ai.key.id                  keyword   id or hash of the API key in use, never the key
ai.network.via_gateway     boolean   it came through the organisation's gateway
ai.user.department         keyword   department
ai.user.hr_state           keyword   active, notice, left, service
ai.user.peer_group         keyword   peers for comparison
ai.device.managed          boolean   under management
ai.device.compliant        boolean   meets the rules
ai.device.encrypted        boolean   disk encrypted
ai.device.group            keyword   office, byod, vdi, lab, sandbox, ci
ai.device.posture_age_s    long      age of what is known of the device
ai.app.id                  keyword   AI service in the catalogue
ai.app.name                keyword   its name
ai.app.vendor              keyword   its vendor
ai.app.category            keyword   what it is for
ai.app.status              keyword   sanctioned, tolerated, unsanctioned, banned, unknown
ai.app.tenant              keyword   corporate, personal, anonymous, unknown
ai.app.region              keyword   where it runs
ai.app.dpa                 boolean   data processing agreement signed
ai.app.baa                 boolean   business associate agreement signed
ai.app.trains_on_data      boolean   the vendor trains on what goes in
ai.app.review              keyword   passed, failed, expired, none
ai.app.max_class           keyword   highest class it is cleared for
ai.app.pilot               boolean   an announced pilot
ai.app.heuristic           boolean   guessed from its looks, not in the catalogue
ai.agent.owner             keyword   who answers for the agent
ai.agent.environment       keyword   production, staging, sandbox, test
ai.registry.problems       keyword[] what the registry of agents, servers and tools objects to
ai.task.id                 keyword   one run of an agent
ai.task.requester          keyword   who asked for it
ai.task.item_id            keyword   item of the run's to-do list
ai.turn.id                 keyword   prompt, calls and completion that belong together
ai.tool.server             keyword   MCP server
ai.tool.arguments          text      arguments as JSON text, redacted
ai.tool.risk               keyword[] read, read_private, read_untrusted, read_secret, write, external_send, code_exec, destructive, payment, admin
ai.tool.kind               keyword   shell, sql, http, mail, messaging, file, browser, memory, ...
ai.tool.granted            boolean   the agent may use it
ai.tool.definition_hash    keyword[] hashes of tool definitions, in the order of the names
ai.tool.destination        keyword   host, address or account that the call sends to
ai.tool.unbounded          boolean   it destroys without a limit: no condition, everything below a root
ai.tool.affected           long      objects that the call names
ai.approval.state          keyword   pending, approved, approved_always, auto_approved, denied, aborted
ai.approval.approver       keyword   who approved
ai.approval.requested_at   date      when it was asked
ai.approval.decided_at     date      when it was decided
ai.delegation.chain        keyword[] agents between the person and the act
ai.guardrail.action        keyword   native word of a guardrail
ai.grant.scopes            keyword[] what was granted
ai.grant.target            keyword   to whom
ai.share.visibility        keyword   private, internal, external, public
ai.change.ticket           keyword   ticket of a change
ai.content.text            text      what was said, redacted
ai.content.excerpt         text      its first words, redacted
ai.content.hash            keyword   keyed hash of the raw text
ai.content.length          long      code points of the raw text
ai.content.truncated       boolean   the text was cut
ai.content.language        keyword   language
ai.content.origin          keyword   who wrote it: user, model, tool, web, file, memory
ai.content.role            keyword   user, assistant, system, tool
ai.content.available       keyword   full, redacted, labels, metadata
ai.content.entropy         float     bits per character
ai.content.decoded_layers  long      layers of encoding taken off
ai.content.decoded_length  long      bytes of the longest decoded part
ai.content.encodings       keyword[] encodings found
ai.content.invisible_density float   share of invisible characters
ai.content.mixed_script    boolean   words of mixed scripts
ai.content.mentions        keyword[] keyed hashes of addresses, hosts, accounts and paths
ai.content.sketch          keyword[] keyed winnowing hashes of the text
ai.content.chunk           long      index of a chunk
ai.content.chunk_last      boolean   the final chunk
ai.content.channel         keyword   typed, paste, clipboard, drag, screenshot, dictation, attachment, api
ai.data.classes            keyword[] data classes found
ai.data.max_class          keyword   the highest of them
ai.data.counts.secret      long      findings of the class
ai.data.counts.personal    long      findings of the class
ai.data.counts.health      long      findings of the class
ai.data.counts.card        long      findings of the class
ai.data.counts.source_code long      findings of the class
ai.data.counts.confidential long     findings of the class
ai.data.counts.restricted  long      findings of the class
ai.data.counts.customer_record long  findings of the class
ai.data.counts.financial   long      findings of the class
ai.data.subjects           long      distinct persons found
ai.data.records            long      records found
ai.data.label              keyword   sensitivity label
ai.data.secret_types       keyword[] kinds of credentials found
ai.data.secret_valid       boolean   one of them has a live form: structure or checksum holds
ai.data.secret_fingerprints keyword[] keyed hashes of the credentials
ai.data.subject_fingerprints keyword[] keyed hashes of the persons found, at most 256
ai.data.canary             keyword[] canaries of the organisation found
ai.data.code_lines         long      lines of source code
ai.data.code_languages     keyword[] their languages
ai.data.decoded_classes    keyword[] classes found in decoded layers only
ai.data.units              float     weighted sensitive units
ai.data.document.id        keyword   registered document
ai.data.document.kind      keyword   document, repository, system_prompt
ai.data.document.containment float   share of it found here
ai.data.dlp_profiles       keyword[] profiles of a DLP that matched
ai.intent.score            float     how much the text asks for harm, 0 to 1
ai.intent.families         keyword[] override, jailbreak, role_play, secrecy, prompt_extraction, exfiltration, fake_role, encoded_payload, cross_tool, analyst_target
ai.intent.payload          keyword   keyed hash of the line that orders it
ai.taint                   keyword[] what the task has touched before: private, secret, untrusted
ai.provenance.destination  keyword   who introduced the destination
ai.policy.id               keyword   policy that was recomputed
ai.policy.version          keyword   its version
ai.policy.decision         keyword   what was decided where it happened
ai.policy.expected         keyword   what the policy says
ai.policy.reason           keyword   the rule of the policy that says so
ai.policy.override         boolean   somebody went past a block page
ai.policy.violations       keyword[] what the policy found besides its decision
ai.policy.exception        keyword   exception that applied
ai.risk.score              float     risk 0-100
ai.risk.level              keyword   low, medium, high, critical
ai.risk.reasons            object    reasons with their contributions
ai.entity.id               keyword   subject of a standing
ai.entity.type             keyword   person, agent, app, key
ai.entity.risk             float     accumulated, decaying risk
ai.quality.late            boolean   it came after its window was judged
ai.quality.problems        keyword[] what was wrong with the record
ai.idle                    boolean   understood, but no AI in it
ai.pack.digest             keyword   content that judged it
rule.id                    keyword   catalogue id
rule.uuid                  keyword   Sigma id
rule.name                  keyword   title of the rule
rule.ruleset               keyword   pack
rule.version               keyword   digest of the rule
threat.framework           keyword   MITRE ATT&CK
threat.technique.id        keyword[] techniques
ai.alert.group             keyword   what its firings share
ai.alert.title             keyword   title sentence
ai.alert.count             long      firings folded into it
ai.alert.first_seen        date      first firing
ai.alert.last_seen         date      last firing
ai.alert.events            keyword[] first and last 100 event ids
ai.alert.steps             object    steps of a sequence
ai.alert.next_step         keyword   what to do now
ai.alert.playbook          keyword   playbook
ai.alert.pivots            object    ready queries with their windows
ai.alert.confidence        float     how sure the evidence is, 0 to 1
ai.alert.evidence          keyword   L0 metadata, L1 labels and scores, L2 text
ai.alert.false_positives   keyword[] the rule's own note
ai.alert.controls          keyword[] control bundles
ai.alert.status            keyword   open, acknowledged, closed
ai.alert.disposition       keyword   what it turned out to be
ai.alert.analyst           keyword   who holds it
ai.alert.note              text      what the analyst wrote
ai.alert.acknowledged_at   date      first touch
ai.alert.closed_at         date      closed
ai.standing.events         long      events of closed hours
ai.standing.units          float     sensitive units of closed hours
ai.standing.users          long      distinct persons
ai.standing.first_seen     date      first sighting
ai.standing.last_seen      date      last sighting
ai.standing.alerts         keyword[] alerts that make the risk
"""

CLOSED: dict[str, tuple[str, ...]] = {
    "event.action": ACTIONS,
    "event.kind": ("event", "asset", "alert"),
    "event.outcome": ("success", "failure", "unknown"),
    "ai.surface": ("browser", "desktop", "mobile", "ide", "cli", "api", "agent"),
    "ai.actor.type": ("human", "agent", "service"),
    "ai.content.origin": ("user", "model", "tool", "web", "file", "memory"),
    "ai.content.available": ("full", "redacted", "labels", "metadata"),
    "ai.policy.decision": DECISIONS,
    "ai.app.status": ("sanctioned", "tolerated", "unsanctioned", "banned", "unknown"),
    "ai.app.tenant": ("corporate", "personal", "anonymous", "unknown"),
    "ai.approval.state": ("pending", "approved", "approved_always", "auto_approved", "denied", "aborted"),
    "ai.data.classes": (*CLASSES, "malicious_code"),
    "ai.share.visibility": ("private", "internal", "external", "public"),
}


def _read(table: str) -> dict[str, Field]:
    rows = (line.split(None, 2) for line in table.strip().splitlines())
    return {
        name: Field(kind.removesuffix("[]"), kind.endswith("[]"), CLOSED.get(name, ()), meaning)
        for name, kind, meaning in rows
    }


FIELDS = _read(TABLE)

_TRIAGE = (
    "user. host. device. service. source. destination. url.domain url.registered_domain file. process.name organization. "
    "gen_ai. trace.id event.action event.outcome event.reason ai.surface ai.actor. ai.key. ai.user. ai.device. ai.app. "
    "ai.agent. ai.registry. ai.task. ai.turn. ai.tool. ai.approval. ai.delegation. ai.share. ai.grant. ai.change. ai.data. "
    "ai.intent. ai.policy. ai.taint ai.provenance. ai.baseline. ai.content.origin ai.content.length ai.content.hash "
    "ai.content.encodings ai.content.decoded_layers ai.alert.steps"
)
SHOWN = frozenset(name for name in FIELDS if name.startswith(tuple(_TRIAGE.split()))) - {"ai.tool.arguments"}
"""Event fields that an alert shows: facts for triage, never text."""
