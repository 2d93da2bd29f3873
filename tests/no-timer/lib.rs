//! Holds no code: trybuild compiles its cases without any feature of the facade.
