"""Sends finished editions to readers, each file once.

`editions` says which there are, `message` is the envelope, `record` what was sent already, `server` the way to the one
that takes mail, and `send` all of this together.
"""
