"""Every verb, one function each, grouped by who acts. A verb takes keyword arguments and raises a named refusal."""
