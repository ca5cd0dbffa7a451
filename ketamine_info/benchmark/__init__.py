"""How fast a search is: a made-up directory of any size, and figures against a floor measured in the same run."""
