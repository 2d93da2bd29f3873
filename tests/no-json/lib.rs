//! Holds no code: trybuild compiles its cases without optional features of HTTP.
