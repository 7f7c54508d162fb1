//! How many times rendering and parsing asks for memory: one line `NAME COUNT` for each case.

#![allow(clippy::print_stdout)] // Read by xtask.

mod cases;

use dinghy_gotmpl::parse;
use dinghy_govalue::Time;

fn main() {
    let now = Time::zero();
    let data = cases::variables("small");
    for case in cases::cases() {
        let template = case.template();
        // What is kept for later renderings is made by the first.
        template.render(&data, &now).expect("a text");
        let counted = allocation_counter::measure(|| {
            template.render(&data, &now).expect("a text");
        });
        println!("tmpl/small/{} {}", case.name, counted.count_total);
    }
    for case in cases::cases() {
        let counted = allocation_counter::measure(|| {
            parse("t", &case.source).expect("a template");
        });
        println!("tmpl/compile/{} {}", case.name, counted.count_total);
    }
}
