"""Generated protobuf and gRPC stubs and the topic catalogue."""
