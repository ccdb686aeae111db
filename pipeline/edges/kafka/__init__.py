"""The way over Kafka: the very acts of flow.py, one transaction per owned partition (docs/decisions/0010)."""
