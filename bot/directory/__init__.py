"""Agencies, places and who follows whom: dated, with source."""
