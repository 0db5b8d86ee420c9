"""Pages of learners and earners: their own courses and badges, and nobody else's."""
