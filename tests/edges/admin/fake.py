"""A cluster in a dict, for tools that need no broker: what is sent is there at once."""

from contextlib import contextmanager

from pipeline.edges.admin.nouns import Kept, Laid, Slot
from pipeline.edges.topics import topics


class FakeCluster:
    """Does what `Cluster` asks for; `gone` are first offsets of partitions whose older records were deleted."""

    def __init__(self, kafka=None):
        self.there, self.records, self.gone, self.offsets, self.unsafe = {}, {}, {}, {}, 0
        if kafka:
            self.create(topics(kafka), kafka.replication)

    def laid(self, names):
        return {name: self.there[name] for name in names if name in self.there}

    def create(self, topics, copies):
        for topic in topics:
            self.there[topic.name] = Laid(topic.partitions, copies, topic.config())

    def ends(self, names):
        slots = [Slot(name, n) for name, laid in self.laid(names).items() for n in range(laid.partitions)]
        return {slot: (self.gone.get(slot, 0), len(self.records.get(slot, ()))) for slot in slots}

    def committed(self, group):
        return self.offsets.get(group, {})

    def groups(self, beginning):
        return sorted(name for name in self.offsets if name.startswith(beginning))

    def read(self, slot, start=0):
        yield from self.records.get(slot, [])[max(start, self.gone.get(slot, 0)) :]

    def send(self, topic, value, key=None, *, headers=(), partition=None):
        kept = self.records.setdefault(Slot(topic, partition or 0), [])
        kept.append(Kept(Slot(topic, partition or 0), len(kept), key, value, tuple(headers)))
        self.unsafe += 1

    def flush(self):
        self.unsafe = 0

    def values(self, topic, partition=0):
        return [kept.value for kept in self.records.get(Slot(topic, partition), [])]


@contextmanager
def lent(cluster):
    """Lend a cluster as `connected` would, and see that nothing was left unsafe."""
    yield cluster
    assert cluster.unsafe == 0
