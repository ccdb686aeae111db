"""Real Kafka and Elasticsearch on this machine, out of their published artifacts, without containers."""
