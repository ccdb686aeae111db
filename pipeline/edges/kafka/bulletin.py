"""Content that comes by topics: pushed packs by digest, and reference data file by file."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from enrichers.reference import Reference, load_reference
from pipeline.edges.parcel import load_parcel
from pipeline.errors import ContentError, Outage
from pipeline.pack import Pack
from pipeline.record import Swap

log = logging.getLogger("shadowgraph.worker")


Told = tuple[bytes, bytes | None, float]
"""Key, value and time (epoch seconds) of a record of a content topic."""


class Unusable(Outage):
    """A pack is here, but no pack can be made of it."""


def unusable(packs: Mapping[str, Pack], swap: Swap) -> str:
    """Say why a pack that is here cannot judge; empty where it can, or where it is not here."""
    try:
        packs.get(swap.digest)
    except Unusable as error:
        return str(error)
    return ""


class KnownPacks(Mapping[str, Pack]):
    """Packs by digest: this process's own, and pushed ones, each made when it is first asked for."""

    def __init__(self, own: Pack) -> None:
        self.own = own
        self._made = {own.digest: own}
        self._parcels: dict[str, bytes] = {}
        self._times: dict[str, float] = {}

    def take(self, digest: str, parcel: bytes, time: float) -> None:
        """Know a pack that was pushed at a time, in epoch seconds."""
        self._parcels.pop(digest, None)
        self._parcels[digest], self._times[digest] = parcel, time

    def at(self, time: float) -> str:
        """Give the digest of the pack that was in force then: where a partition begins that was never judged.

        The last that was pushed before, or else the first of all; one that cannot be used is passed over.
        """
        before = [digest for digest in self._parcels if self._times[digest] <= time]
        later = [digest for digest in self._parcels if digest not in before]
        for digest in (*reversed(before), *later):
            try:
                return self[digest].digest
            except Outage as error:
                log.error("pack passed over", extra={"error": str(error)})  # noqa: TRY400 - a fault of content, not of ours
        return self.own.digest

    @property
    def pushed(self) -> int:
        """Count the packs that were pushed."""
        return len(self._parcels)

    def __contains__(self, digest: object) -> bool:
        return digest in self._made or digest in self._parcels

    def __getitem__(self, digest: str) -> Pack:
        if digest not in self._made:
            try:
                self._made[digest] = load_parcel(digest, self._parcels[digest], key=self.own.key)
            except ContentError as error:
                raise Unusable(f"the pack {digest[:12]} cannot be used here: {error.problems[0]}") from error
            log.info("pack made", extra={"digest": digest[:12]})
        return self._made[digest]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._made, **self._parcels})

    def __len__(self) -> int:
        return len({*self._made, *self._parcels})


class KnownReference:
    """Reference data as `understand` reads it: a folder that a worker was given, and files that came by topics over it.

    A set of files with a fault never replaces a good one: `fault` says what is wrong with it.
    """

    def __init__(self, folder: Path | None, reference: Reference, content: Path | None = None) -> None:
        self._folder, self._content = folder, content
        self._files: dict[str, bytes] = {}
        self.now = reference
        self.fault = ""

    def take(self, files: Mapping[str, bytes | None]) -> None:
        """Lay these files over the others, and read all anew; None takes a file away."""
        for name, body in files.items():
            if body is None:
                self._files.pop(name, None)
            elif _is_inside(name):
                self._files[name] = body
        with tempfile.TemporaryDirectory(prefix="shadowgraph-reference-") as made:
            folder = Path(made)
            if self._folder:
                shutil.copytree(self._folder, folder, dirs_exist_ok=True)
            for name, body in [*self._files.items()]:
                try:
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(body)
                except OSError as error:
                    del self._files[name]
                    log.error("reference file left out", extra={"why": error.strerror})  # noqa: TRY400 - a name that no disk takes
            self._read(folder)

    def _read(self, folder: Path) -> None:
        try:
            self.now = load_reference(folder, content=self._content)
        except ContentError as error:
            self.fault = str(error.problems[0]).replace(f"{folder}/", "")
            log.error(  # noqa: TRY400 - a fault of content, not of ours
                "reference data refused", extra={"faults": len(error.problems), "first": self.fault}
            )
        else:
            self.fault = ""
            log.info("reference data in force", extra={"files": len(self._files)})


def _is_inside(name: str) -> bool:
    path = Path(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def sorted_out(
    packs: KnownPacks, reference: KnownReference, prefix: str
) -> Callable[[Mapping[str, list[Told]]], None]:
    """Give what takes records of the content topics, by topic, to the packs and to the reference data."""

    def take(records: Mapping[str, list[Told]]) -> None:
        files: dict[str, bytes | None] = {}
        for topic, some in records.items():
            for key, value, time in some:
                name = key.decode("utf-8", "replace")
                if topic != f"{prefix}ai.packs":
                    files[name] = value
                elif value is not None:
                    packs.take(name, value, time)
        if files:
            reference.take(files)

    return take
