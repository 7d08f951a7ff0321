//! Data for nn: seeded generators, a CSV reader, splits, standardisation.
