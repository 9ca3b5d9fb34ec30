"""Those who decide: gangs, units of police, army and mission, contingents, donors; and households as agents."""
