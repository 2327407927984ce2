"""Files pass from one page to another through the memory of the server, in chunks.

Two sockets take part. `recipient.py` serves the one on which a page receives, and `sender.py` the
one on which another page sends. They may be in two processes, so they talk through the channel
layer. Nothing is stored and nothing is registered elsewhere: a signed token (`tokens.py`) names a
transfer, and the recipient's confirmations (`transfer.py`) bound what is under way.
"""
