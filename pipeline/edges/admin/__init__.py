"""What the tools do with Kafka: lay out topics, look at lag and dead letters, send records, packs and reference data.

Only `cluster` imports kafka; all else speaks of topics, slots and records, and works with anything that can do the same.
"""
