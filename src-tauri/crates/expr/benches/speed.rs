//! How long expressions take to run and to compile. `cargo xtask bench languages` sets this beside Go's times.

#![allow(missing_docs)] // The macros of criterion make functions.

mod cases;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use dinghy_expr::compile;
use dinghy_govalue::Time;

fn run(criterion: &mut Criterion) {
    let now = Time::zero();
    for size in ["small", "large"] {
        let env = cases::variables(size);
        for case in cases::cases() {
            let program = compile(&case.source).unwrap();
            program.run(&env, &now).unwrap();
            criterion.bench_function(&format!("expr/{size}/{}", case.name), |bencher| {
                bencher.iter(|| program.run(black_box(&env), &now));
            });
        }
    }
}

fn compiling(criterion: &mut Criterion) {
    for case in cases::cases() {
        criterion.bench_function(&format!("expr/compile/{}", case.name), |bencher| {
            bencher.iter(|| compile(black_box(&case.source)));
        });
    }
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(30)
        .without_plots();
    targets = run, compiling
}
criterion_main!(all);
