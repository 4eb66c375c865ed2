"""Orders to units: asked for, served by merit, told, changed and overridden."""
