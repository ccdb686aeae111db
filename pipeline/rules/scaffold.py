"""Begin a rule: three files that work as they are and are to be edited."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import orjson

from pipeline.errors import ContentError, Problem
from pipeline.rules.head import CATALOGUE_ID
from pipeline.yamlfile import load_document

PHRASE = "project cobalt heron"
"""What the new rule looks for, until its author writes something else."""

LONGEST = 40
"""Characters of a title that go into the name of a file."""

RULE = """\
title: {title}
id: {uuid}
status: experimental
description: >-
  Detects a prompt that holds the phrase of an unpublished project. Say here what the rule finds, why that matters, and
  what it cannot see.
tags:
- attack.exfiltration
- attack.t1567
logsource:
  category: ai_interaction
detection:
  selection:
    event.action: prompt
    ai.content.text|contains: {phrase}
  condition: selection
falsepositives:
- Somebody who quotes the phrase to ask what it means
level: medium
ai:
  id: {catalogue}
  evidence: L2
  atlas: [AML.T0025]
  owasp: [LLM02]
  playbook: {playbook}
  controls: [DLP]
  next_step: Ask the person what the text was for, and whether it was really sent.
"""

CASES = """\
# Each case changes the record; `fires` names all alerts that the whole pack gives then.
# At least three hits, three near misses, and one evasion with its honest result.
rule: {catalogue}
record: {{event.action: prompt, user.email: ada.lind@fernwood.example, ai.surface: browser, host.name: fw-w-ada, url.domain: claude.ai}}
cases:
- because: the phrase stands in a prompt
  change: {{ai.content.text: "Summarise the plan of {phrase} for the board."}}
  fires: [{catalogue}]
- because: capitals change nothing
  change: {{ai.content.text: "WHAT IS {loud} ABOUT?"}}
  fires: [{catalogue}]
- because: the phrase is one line among others
  change: {{ai.content.text: "Translate this.\\n\\n{phrase}\\nMeeting on Friday."}}
  fires: [{catalogue}]

- because: half of the phrase is another thing
  change: {{ai.content.text: "Summarise the plan of {half} for the board."}}
  fires: []
- because: the model says it, not the person
  change: {{event.action: completion, ai.content.role: assistant, ai.content.origin: model, ai.content.text: "{phrase} is a project."}}
  fires: []
- because: the prompt has another subject
  change: {{ai.content.text: "Write a haiku about rain."}}
  fires: []

- because: letters with blanks between them are not the phrase
  evasion: true
  change: {{ai.content.text: "Summarise the plan of {spaced} for the board."}}
  fires: []
"""

PLAYBOOK = """\
id: {playbook}
title: {title}
version: 1
owner: soc-lead
triggers: [{catalogue}]
severity_entry: medium

decision_0:
- ask: Did it leave (ai.policy.decision allow, warn or override)?
  if_no: Close as an attempt.

contain:
- action: Ask the person to delete the conversation
  handle: gen_ai.conversation.id
  verify: The person confirms it
  undo: Not possible

preserve:
- The event and its alert

scope:
- What else did user.id send to ai.app.id in the last 7 days?

notify:
- The owner of the project
"""


def scaffold(catalogue: str, title: str, folder: Path) -> tuple[Path, ...]:
    """Write the files of a new rule and give their paths; raise ContentError where that would overwrite something."""
    if not re.fullmatch(CATALOGUE_ID, catalogue):
        raise _refused(catalogue, "is no catalogue id", "write one such as EXF-014")
    if not (_slug(title) and title.isprintable()):
        raise _refused("--title", "has no words", "say in a few words what the rule finds")
    start = catalogue.lower().replace("-", "_")
    answered = _answering(catalogue, folder / "playbooks")
    stem = folder / start[:3] / f"{start}_{_slug(title)}"
    files = {stem.with_suffix(".yml"): RULE, stem.with_suffix(".cases.yaml"): CASES}
    if answered is None:
        files[folder / "playbooks" / f"pb_{start}.yaml"] = PLAYBOOK
    if taken := [*stem.parent.glob(f"{start}_*"), *filter(Path.exists, files)]:
        raise _refused(str(min(taken)), "is there already", "edit it, or choose another id")

    words = _words(catalogue, title.strip(), answered or f"PB-{catalogue}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text.format(**words))
    return tuple(files)


def _words(catalogue: str, title: str, playbook: str) -> dict[str, str]:
    """Give what stands in the gaps of the texts; the same id and title give the same rule."""
    return {
        "catalogue": catalogue,
        "title": orjson.dumps(title).decode(),
        "uuid": str(uuid5(NAMESPACE_URL, f"shadowgraph:{catalogue}:{title}")),
        "playbook": playbook,
        "phrase": PHRASE,
        "loud": PHRASE.upper(),
        "half": PHRASE.rsplit(" ", 1)[0],
        "spaced": " ".join(PHRASE),
    }


def _answering(catalogue: str, folder: Path) -> str | None:
    """Name the playbook that counts this catalogue id among its triggers."""
    for path in sorted(folder.glob("*.yaml")):
        body = load_document(path)
        if isinstance(body, dict) and catalogue in (body.get("triggers") or ()):
            return str(body.get("id"))
    return None


def _slug(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return words if len(words) <= LONGEST else words[:LONGEST].rpartition("_")[0] or words[:LONGEST]


def _refused(what: str, fault: str, remedy: str) -> ContentError:
    return ContentError([Problem(what, 1, fault, remedy)])
