"""Elasticsearch: what we ask of it as data, how documents get there whatever happens, and alerts as analysts work them.

The only import of elasticsearch. It speaks to 8.19 and to 9.
"""
