"""A small batch-normalized softmax network: data, layers, training, and what is seen inside it."""
