"""A server as operators start it: `manage.py serve`."""
