"""The server that `manage.py serve` starts."""
