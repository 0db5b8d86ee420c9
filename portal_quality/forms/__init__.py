"""Forms of the quality portal. They ask and keep what was typed; the verbs decide."""
