"""Network files of many formats, validated and turned into the network model of the grid check."""
