"""What the thing is and what it is worth.

``rates`` turns a declared value into US dollars, from the workspace's own rates or the
bundled annual averages, and says so where neither knows.
"""
