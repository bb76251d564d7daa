"""Study files: what a TOML file says, as a model, methods, designs and settings."""
