"""Transfer files in chunks from one page to another, through the memory of the server.

Two sockets take part. `recipient.py` serves the page that receives, and `sender.py` the page that
sends. They may be in different processes, so they communicate through the channel layer. Nothing is
stored and nothing is registered elsewhere: a signed token (`tokens.py`) names a transfer, and the
recipient's confirmations (`transfer.py`) limit the chunks in transit.
"""
