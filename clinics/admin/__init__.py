"""The curators' own screens in the admin: the day's lists, calls, reports."""
