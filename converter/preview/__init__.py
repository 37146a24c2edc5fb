"""Shows posts in a browser while they are written: `pages` are made when somebody looks, `server` hands them out.

`changes` says when something may look otherwise.
"""
