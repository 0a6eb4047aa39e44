"""IMPACT Analytics: how a public programme is doing, number by number."""
