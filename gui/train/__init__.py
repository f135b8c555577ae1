"""The Train workspace: a batch-normalized softmax network, seen from inside while it learns."""
