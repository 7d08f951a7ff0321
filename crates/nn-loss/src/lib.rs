//! Losses for nn: value and gradient, stable for extreme logits.
