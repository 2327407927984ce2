"""Push notifications without content, for people who have no page open."""
