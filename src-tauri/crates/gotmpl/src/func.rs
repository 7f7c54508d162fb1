//! Functions of the template language: their names, the types of their parameters, how they are called.

/// A function that templates can name.
pub(crate) struct Func {
    pub(crate) name: &'static str,
}

impl std::fmt::Debug for Func {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

static FUNCS: [Func; 1] = [Func { name: "print" }];

/// The function of a name.
pub(crate) fn lookup(name: &str) -> Option<&'static Func> {
    FUNCS.iter().find(|func| func.name == name)
}
