"""What each decision's page promises before it is made: what happens, who is told, what can be undone."""
