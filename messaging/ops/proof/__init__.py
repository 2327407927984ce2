"""The proof for `prove_ephemeral`: clients chat on a test server, then all storage is searched."""
