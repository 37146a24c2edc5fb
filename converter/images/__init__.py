"""The images of posts: what may be fetched, where they are found, what they are."""
