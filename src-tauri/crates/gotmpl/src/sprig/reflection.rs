//! Types and kinds of values, by Go's names for them.

use dinghy_govalue::Value;

use crate::func::{Func, Ty, fixed};
use crate::slot::kind_name;

use Ty::{Any, Str as Text};

pub(super) static TABLE: &[Func] = &[
    fixed("deepEqual", &[Any, Any], |env, args| {
        env.check_depth(args.any(0))?;
        env.check_depth(args.any(1))?;
        Ok(Value::Bool(args.any(0).deep_equal(args.any(1))))
    }),
    fixed("kindIs", &[Text, Any], |_, args| Ok(Value::Bool(args.text(0) == kind_name(args.any(1))))),
    fixed("kindOf", &[Any], |_, args| Ok(Value::str(kind_name(args.any(0))))),
    fixed("typeIs", &[Text, Any], |_, args| Ok(Value::Bool(args.text(0) == args.any(1).type_name()))),
    fixed("typeIsLike", &[Text, Any], |_, args| {
        let (wanted, name) = (args.text(0), args.any(1).type_name());
        Ok(Value::Bool(wanted == name || name.strip_prefix('*') == Some(&*wanted)))
    }),
    fixed("typeOf", &[Any], |_, args| Ok(Value::str(args.any(0).type_name()))),
];
