"""What the record says about time, returns and load; and what is likely, with its basis."""
