"""From traded days to what is told of them: stories, proof, the record, and words for the terminal."""
