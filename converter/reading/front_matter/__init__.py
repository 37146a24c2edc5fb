"""Front matter (YAML, TOML or JSON) -> entries: cut from the body, parsed, recovered where it is broken, repaired."""
