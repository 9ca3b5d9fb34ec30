"""A facilitator's papers: a guide of ninety minutes, a handout, and a map to be corrected, as PDF in three languages."""
