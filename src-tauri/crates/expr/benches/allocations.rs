//! How many times running and compiling asks for memory: one line `NAME COUNT` for each case.

#![allow(clippy::print_stdout)] // Read by xtask.

mod cases;

use dinghy_expr::compile;
use dinghy_govalue::Time;

fn main() {
    let now = Time::zero();
    for size in ["small", "large"] {
        let env = cases::variables(size);
        for case in cases::cases() {
            let program = compile(&case.source).unwrap();
            let counted = allocation_counter::measure(|| {
                program.run(&env, &now).unwrap();
            });
            println!("expr/{size}/{} {}", case.name, counted.count_total);
        }
    }
    for case in cases::cases() {
        let counted = allocation_counter::measure(|| {
            compile(&case.source).unwrap();
        });
        println!("expr/compile/{} {}", case.name, counted.count_total);
    }
}
