"""Customs declarations: readers of publishers' own formats come with a later issue."""
