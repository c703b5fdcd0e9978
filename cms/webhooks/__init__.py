"""Other people's programs are told what happens in a space: signed, in order, and again until they have it."""
