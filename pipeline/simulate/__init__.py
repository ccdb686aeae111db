"""A company that does not exist: its people, devices and agents, and the raw logs that their days leave behind."""
