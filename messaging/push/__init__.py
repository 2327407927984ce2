"""Push notifications without content: a browser is told that somebody is waiting, and no more."""
