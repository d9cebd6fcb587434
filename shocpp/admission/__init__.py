"""Who may connect: rules, identities, passwords; one verdict for every transport."""
