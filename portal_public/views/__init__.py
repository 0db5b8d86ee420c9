"""What strangers see: no log-in, no cookie, nothing kept."""
