//! The functions of sprig v3.3.0, without `env` and `expandenv`, in files by topic.

use crate::func::Func;

/// Every table of functions.
pub(crate) static TABLES: &[&[Func]] = &[];
