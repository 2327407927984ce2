"""How an operator proves that nothing is kept: a server of its own is talked to, and then
everything is searched.
"""
