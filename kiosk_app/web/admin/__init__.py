"""Set-up: tablets, accounts, audit trail."""
