//! Variables as expressions and templates see them.
