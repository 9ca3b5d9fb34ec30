"""Pictures of rules: what goes in against what comes out, found by the rules' own code."""
