//! Calls of functions: counting, evaluating and fitting arguments, short circuits, functions held in values.

use dinghy_govalue::Value;

use super::{At, Exec, Result, lend};
use crate::ast::Operand;
use crate::builtin::call_value;
use crate::func::{Args, Func, Run, Ty};
use crate::slot::{Slot, truth};

impl<'t> Exec<'t> {
    /// `args` has the function itself in front, or is empty where it stands as an argument. `site` is what errors of
    /// the function name.
    pub(super) fn call(
        &mut self,
        dot: &Slot,
        func: &'static Func,
        site: At<'t>,
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        self.step()?;
        let plain = match func.run {
            Run::Plain(run) => run,
            Run::And => return self.short_circuit(dot, func, false, args, last),
            Run::Or => return self.short_circuit(dot, func, true, args, last),
            Run::Call => return self.call_value(dot, func, site, args, last),
        };
        let mut argv = self.arguments(dot, func.name, func.params, func.rest, args, last)?;
        let result = plain(&mut self.env, Args(&argv)).and_then(|value| {
            self.env.count(&value)?;
            Ok(value)
        });
        argv.clear();
        self.spare.push(argv);
        self.finish(func.name, site, result)
    }

    fn finish(
        &mut self,
        name: &str,
        site: At<'t>,
        result: std::result::Result<Value, String>,
    ) -> Result<Slot> {
        match result {
            Ok(value) => Ok(Slot::concrete(value)),
            Err(message) => {
                self.at = Some(site);
                Err(self.fail(format!("error calling {name}: {message}")))
            }
        }
    }

    /// Evaluates the arguments of a call and fits them to the parameters.
    pub(super) fn arguments(
        &mut self,
        dot: &Slot,
        name: &str,
        params: &[Ty],
        rest: Option<Ty>,
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Vec<Slot>> {
        let args = args.get(1..).unwrap_or_default();
        self.count_arguments(name, params.len(), rest.is_some(), args.len(), last.is_some())?;
        let mut argv = self.spare.pop().unwrap_or_default();
        argv.reserve(args.len() + usize::from(last.is_some()));
        for (i, arg) in args.iter().enumerate() {
            let ty = params.get(i).copied().or(rest);
            argv.push(self.argument(dot, ty, arg)?);
        }
        if let Some(last) = last {
            let ty = params.get(argv.len()).copied().or(rest);
            argv.push(self.fit(last, ty)?);
        }
        Ok(argv)
    }

    fn count_arguments(
        &self,
        name: &str,
        params: usize,
        variadic: bool,
        args: usize,
        piped: bool,
    ) -> Result<()> {
        let given = args + usize::from(piped);
        if variadic && given < params {
            // Go leaves the piped argument out of this count.
            let message = format!("wrong number of args for {name}: want at least {params} got {args}");
            return Err(self.fail(message));
        }
        if !variadic && given != params {
            return Err(self.fail(format!("wrong number of args for {name}: want {params} got {given}")));
        }
        Ok(())
    }

    /// `and` and `or`: returns the first argument whose truth is `stop`, else the last one.
    fn short_circuit(
        &mut self,
        dot: &Slot,
        func: &'static Func,
        stop: bool,
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        let args = args.get(1..).unwrap_or_default();
        self.count_arguments(func.name, func.params.len(), true, args.len(), last.is_some())?;
        let mut value = Slot::INVALID;
        let returned = if last.is_some() { args.len() } else { args.len().saturating_sub(1) };
        for (i, arg) in args.iter().enumerate() {
            // What is neither the end nor the last one is only judged.
            if i < returned
                && let Some(lent) = lend::operand(&self.vars, dot, arg)
                && truth(lent) != stop
            {
                continue;
            }
            value = self.argument(dot, Some(Ty::Reflect), arg)?;
            if truth(&value.value) == stop {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// `call f …`
    fn call_value(
        &mut self,
        dot: &Slot,
        func: &'static Func,
        site: At<'t>,
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        let argv = self.arguments(dot, func.name, func.params, func.rest, args, last)?;
        let callee = match args.get(1) {
            Some(operand) => operand.to_string(),
            None => format!("<{} Value>", argv.first().map_or("".into(), |slot| slot.value.type_name())),
        };
        let result = call_value(&callee, Args(&argv));
        self.finish(func.name, site, result)
    }
}
