//! How long templates take to render and to parse. `cargo xtask bench languages` sets this beside Go's times.

#![allow(missing_docs)] // The macros of criterion make functions.

mod cases;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use dinghy_gotmpl::parse;
use dinghy_govalue::Time;

fn render(criterion: &mut Criterion) {
    let now = Time::zero();
    let data = cases::variables("small");
    for case in cases::cases() {
        let template = case.template();
        template.render(&data, &now).expect("a text");
        criterion.bench_function(&format!("tmpl/small/{}", case.name), |bencher| {
            bencher.iter(|| template.render(black_box(&data), &now));
        });
    }
}

fn parsing(criterion: &mut Criterion) {
    for case in cases::cases() {
        criterion.bench_function(&format!("tmpl/compile/{}", case.name), |bencher| {
            bencher.iter(|| parse("t", black_box(&case.source)));
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
    targets = render, parsing
}
criterion_main!(all);
