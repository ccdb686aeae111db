"""Dashboards as readable YAML, compiled to what Kibana stores, to what it would ask, and to SQL over the embedded store."""
