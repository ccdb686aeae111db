"""A made-up pack and made-up events, shaped like what public rule collections and Windows, Linux and network logs look like."""

import random
from pathlib import Path

import orjson
import yaml

SYLLABLES = "ra ko mi ten sol var pex dun lim qua fer zon hab tic mor ghel net sys cer ban".split()
FOLDERS = (
    "C:\\Windows\\System32\\",
    "C:\\Windows\\",
    "C:\\Program Files\\Fernwood\\",
    "C:\\Users\\ada\\AppData\\",
)
PROGRAMS = 120


def word(chance: random.Random, count: int = 3) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(count))


def programs() -> list[str]:
    chance = random.Random(7)
    return [f"{word(chance, 2)}.exe" for _ in range(PROGRAMS)]


def write_pack(folder: Path, count: int) -> None:
    """Write rules: most look at programs and command lines, others at files, registry and network; few at any text."""
    chance, known = random.Random(1), programs()
    folder.mkdir()
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        detection = kind(chance, known)
        rule = {
            "title": f"Made-up rule {number}",
            "id": f"{number:08x}-0000-4000-8000-000000000000",
            "logsource": {"product": "windows", "category": kind.__name__.strip("_")},
            "detection": detection,
        }
        (folder / f"{number:05}.yml").write_text(yaml.safe_dump(rule, sort_keys=False), "utf-8")


def _process_creation(chance, known):
    program = chance.sample(known, 2)
    return {
        "image": [
            {"Image|endswith": [f"\\{name}" for name in program]},
            {"OriginalFileName": program},
        ],
        "words": {"CommandLine|contains": [f" -{word(chance)}", f" /{word(chance)} "]},
        "known": {"ParentImage|endswith": f"\\{chance.choice(known)}", "CommandLine|contains": word(chance)},
        "condition": "image and words and not known",
    }


def _process_words(chance, known):
    lines = {
        "CommandLine|contains|all": [word(chance), word(chance)],
        "Image|endswith": f"\\{chance.choice(known)}",
    }
    return {"words": lines, "condition": "words"}


def _process_pattern(chance, _known):
    return {"words": {"CommandLine|re": f"(?i){word(chance)}\\s+-[a-z]{{2,8}}\\d"}, "condition": "words"}


def _file_event(chance, known):
    return {
        "file": {
            "TargetFilename|contains": f"\\{word(chance)}\\",
            "TargetFilename|endswith": [".dll", ".lnk"],
        },
        "by": {"Image|endswith": f"\\{chance.choice(known)}"},
        "condition": "file and not by",
    }


def _registry_set(chance, _known):
    lines = {"TargetObject|contains": f"\\{word(chance)}\\", "Details|startswith": word(chance)}
    return {"key": lines, "condition": "key"}


def _network_connection(chance, known):
    return {
        "to": {"DestinationPort": chance.randrange(1, 9999), "Initiated": "true"},
        "by": {"Image|endswith": f"\\{chance.choice(known)}"},
        "local": {"DestinationIp|cidr": ["10.0.0.0/8", "192.168.0.0/16"]},
        "condition": "to and by and not local",
    }


def _security(chance, _known):
    return {
        "event": {"EventID": chance.randrange(4000, 6000), "TargetUserName": word(chance)},
        "condition": "event",
    }


def _application(chance, _known):
    return {"words": [f"{word(chance)} {word(chance)}"], "condition": "words"}


KINDS = (
    *(_process_creation, _process_words, _file_event) * 3,
    *(_process_pattern, _registry_set, _registry_set, _network_connection, _security, _application),
)


def processes(count: int) -> list[bytes]:
    """Give starts of programs: 18 fields, 700 bytes, a third of the values unlike any other."""
    chance, known = random.Random(2), programs()
    return [orjson.dumps(_process(chance, known, number)) for number in range(count)]


def _process(chance, known, number):
    image, parent = (chance.choice(FOLDERS) + chance.choice(known) for _ in range(2))
    return {
        "EventID": 1,
        "Image": image,
        "CommandLine": f'"{image}" -{word(chance)} /{word(chance)} --id={number:x} {word(chance, 8)}',
        "ParentImage": parent,
        "ParentCommandLine": f"{parent} -k {word(chance, 2)}",
        "User": chance.choice(["FERNWOOD\\ada", "NT AUTHORITY\\SYSTEM", "FERNWOOD\\ben"]),
        "IntegrityLevel": chance.choice(["High", "Medium", "System"]),
        "CurrentDirectory": chance.choice(FOLDERS),
        "LogonId": hex(chance.randrange(1 << 20)),
        "ProcessId": chance.randrange(40_000),
        "ParentProcessId": chance.randrange(40_000),
        "ProcessGuid": f"{chance.getrandbits(128):032x}",
        "Hashes": f"SHA256={chance.getrandbits(256):064X}",
        "OriginalFileName": image.rpartition("\\")[2],
        "Computer": f"fw-w-{number % 500:04}",
        "UtcTime": f"2026-03-04 09:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}",
        "product": "windows",
        "category": "process_creation",
    }


def files(count: int) -> list[bytes]:
    """Give files that were written: 12 fields, 450 bytes."""
    chance, known = random.Random(3), programs()
    return [
        orjson.dumps(
            {
                "EventID": "11",
                "Channel": "Microsoft-Windows-Sysmon/Operational",
                "Computer": f"fw-w-{number % 500:04}",
                "Image": chance.choice(FOLDERS) + chance.choice(known),
                "TargetFilename": f"{chance.choice(FOLDERS)}{word(chance)}\\{word(chance)}{chance.choice(['.dll', '.log', '.tmp'])}",
                "CreationUtcTime": f"2026-03-04 09:{number // 60 % 60:02}:{number % 60:02}",
                "ProcessGuid": f"{chance.getrandbits(128):032x}",
                "ProcessId": chance.randrange(40_000),
                "User": "FERNWOOD\\ada",
                "product": "windows",
                "category": "file_event",
            }
        )
        for number in range(count)
    ]


def raw(count: int) -> list[bytes]:
    """Give lines of text with little around them: 860 bytes."""
    chance = random.Random(4)
    return [
        orjson.dumps({"message": " ".join(word(chance) for _ in range(110)), "product": "windows"})
        for _ in range(count)
    ]


def syslog(count: int) -> list[bytes]:
    """Give short lines of text: 146 bytes."""
    chance = random.Random(5)
    return [
        orjson.dumps(
            {
                "message": f"<189>fw-s-03 %{word(chance)}: {word(chance)} 192.0.2.{number % 250}",
                "service": "aaa",
            }
        )
        for number in range(count)
    ]


LANES = {"processes": processes, "files": files, "raw": raw, "syslog": syslog}
