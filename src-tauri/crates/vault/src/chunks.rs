//! Values longer than a keychain takes, cut into several entries. Knows no keychain.
