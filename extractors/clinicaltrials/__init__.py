"""ClinicalTrials.gov API v2: what to ask (`query`), asking (`fetch`), is it complete (`prove`), reading (`parse`)."""
