"""Social networks and files of posts: one module per network, all of the shape `sources` describes."""
