"""A lesson before an audience: its slides in order, questions before answers, and what the speaker sees."""
