//! Neural-network layers with gradients by hand: the Module trait, Linear, activations, Softmax, Sequential, initialisation, a gradient checker.
