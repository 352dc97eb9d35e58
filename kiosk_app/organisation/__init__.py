"""Units and their history, counters, officers, postings, fields, procedures."""
