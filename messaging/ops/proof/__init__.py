"""The proof of `prove_ephemeral`: clients talk to a test server, then all storage is searched."""
