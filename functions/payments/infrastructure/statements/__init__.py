"""Bank statements as banks write them: camt.053 and MT940."""
