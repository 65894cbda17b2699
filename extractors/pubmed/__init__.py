"""PubMed by E-utilities: what to ask (`terms`), asking (`fetch`), is it complete (`prove`), reading (`parse`)."""
