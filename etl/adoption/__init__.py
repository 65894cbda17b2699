"""From a text as people have it (pasted, saved, out of a PDF) to the trials, agents and targets that it names. Pure."""
