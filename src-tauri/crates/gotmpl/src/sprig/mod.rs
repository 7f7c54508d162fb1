//! The functions of sprig v3.3.0, without `env` and `expandenv`, in files by topic.
//!
//! Each file has a table of its functions with the types of their parameters, which decide what a template may pass.

mod case;
mod cast;
mod crypto;
mod dates;
mod decimal;
mod defaults;
mod dicts;
mod encoding;
mod ip;
mod json;
mod lists;
mod merge;
mod numbers;
mod password;
mod paths;
mod random;
mod reflection;
mod refused;
mod regex;
mod semver;
mod strings;
mod url;
mod wrap;

pub(crate) use semver::VERSION;

use crate::func::Func;

/// Every table of functions.
pub(crate) static TABLES: &[&[Func]] = &[
    strings::TABLE,
    case::TABLE,
    defaults::TABLE,
    dates::TABLE,
    json::TABLE,
    lists::TABLE,
    dicts::TABLE,
    numbers::TABLE,
    reflection::TABLE,
    encoding::TABLE,
    paths::TABLE,
    regex::TABLE,
    semver::TABLE,
    url::TABLE,
    password::TABLE,
    random::TABLE,
    crypto::TABLE,
    refused::TABLE,
];
