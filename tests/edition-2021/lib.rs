//! Holds no code: its tests are those of the facade, compiled as edition 2021.
