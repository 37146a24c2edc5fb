"""How much one post may ask for (`values`), what holds work to it, and whose process it is done in."""
