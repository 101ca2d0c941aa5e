"""Summaries by a model: plan, prompt, chat client, response parser, validation, budget."""
