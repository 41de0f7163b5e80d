"""Edges: provider webhooks, the web chat, pages, the console and the machine API."""
