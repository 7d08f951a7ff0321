//! Figures for nn: numbers in, SVG and PNG out, no system library needed.
