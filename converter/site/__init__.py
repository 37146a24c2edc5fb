"""Passes over all posts of a site: links between them, quotations, what most of them share."""
