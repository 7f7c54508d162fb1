//! The real process killed, stopped and starved while events flow: none lost, none twice.
//!
//! What takes minutes is ignored here and run by `cargo xtask soak`.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "watches another process; nothing here is async")]

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use dinghy_demo::{Fault, RobotFault};

use crate::flow::Flow;

/// How often the process is killed; `cargo xtask soak` sets more.
const KILLS: &str = "DINGHY_KILLS";
/// How long the soak lasts.
const MINUTES: &str = "DINGHY_SOAK_MINUTES";

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(sent.is_ok_and(|status| status.success()), "{name}");
}

fn flow_for(flow: &mut Flow, time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        flow.turn(usize::MAX);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Ends the process when the test ends.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn killed_at_random_moments_it_loses_nothing_and_sends_nothing_twice() {
    let kills = number(KILLS, 30);
    let mut flow = Flow::new(1, 30, 30);
    // Few enough that nobody waits for a robot's minute at the end of the short run.
    flow.most = if kills > 30 { usize::MAX } else { 12 };
    let mut dice = Dice(0x2545_F491_4F6C_DD1D ^ kills);
    let started = Instant::now();
    // How soon a message goes out after a start differs from machine to machine, and with what else it has to do.
    let first = {
        let _run = Guard(flow.start());
        let shown = flow.shown();
        while flow.shown() == shown && started.elapsed() < Duration::from_secs(60) {
            flow_for(&mut flow, Duration::from_millis(10));
        }
        u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
    };
    let longest = (3 * first).clamp(700, 3_000);
    for _ in 0..kills {
        let mut run = Guard(flow.start());
        // From the first instructions to well after the first deliveries.
        flow_for(&mut flow, Duration::from_millis(20 + dice.below(longest)));
        run.0.kill().expect("killed");
        run.0.wait().expect("an end");
    }
    let _run = Guard(flow.start());
    // A robot's minute may be used up by now.
    flow.settle(Duration::from_secs(150));
    assert_eq!(flow.leaks(), Vec::<std::path::PathBuf>::new());
    report(&format!(
        "{kills} kills in {} s: {} events due, {} shown once each, none twice, {} digests",
        started.elapsed().as_secs(),
        flow.count(),
        flow.count(),
        flow.digests
    ));
    assert!(flow.count() > 30, "events flowed: {}", flow.count());
}

#[test]
fn stopped_and_continued_it_goes_on_where_it_was() {
    let mut flow = Flow::new(1, 10, 10);
    let run = Guard(flow.start());
    flow.settle(Duration::from_secs(30));
    for _ in 0..2 {
        signal(&run.0, "STOP");
        flow.turn(usize::MAX);
        std::thread::sleep(Duration::from_millis(1_500));
        signal(&run.0, "CONT");
        flow.settle(Duration::from_secs(60));
    }
    assert_eq!(flow.count(), 30);
}

/// Memory that the process holds, KiB.
fn resident(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// One fault somewhere, until it is cleared.
fn hurt(flow: &Flow, run: &Child, dice: &mut Dice) {
    let server = &flow.servers[dice.below(flow.servers.len() as u64) as usize];
    let token = &flow.tokens[dice.below(flow.tokens.len() as u64) as usize];
    let robot = |fault| flow.dingtalk.fault(token, fault);
    match dice.below(24) {
        0 => server.fault(Fault::Refuse),
        1 => server.fault(Fault::Reset),
        2 => server.fault(Fault::Hang),
        3 => server.fault(Fault::SlowBody { size: 20_000, every: Duration::from_millis(20) }),
        4 => server.fault(Fault::CutJson),
        5 => server.fault(Fault::CutBody),
        6 => server.fault(Fault::Forbidden),
        7 => server.fault(Fault::TooManyRequests { retry_after: Some(2) }),
        8 => server.fault(Fault::Status(502)),
        9 => server.fault(Fault::LoginPage),
        10 => server.fault(Fault::LoginRedirect),
        11 => server.fault(Fault::StreamSilent),
        12 => server.fault(Fault::StreamEnd),
        13 => server.fault(Fault::StreamCut),
        14 => server.fault(Fault::StreamUnauthorized),
        15 => robot(RobotFault::Html),
        16 => robot(RobotFault::Empty),
        17 => robot(RobotFault::Status(500)),
        18 => robot(RobotFault::Reset),
        19 => robot(RobotFault::ResetAfterTaking),
        20 => robot(RobotFault::TimeoutAfterTaking),
        21 => robot(RobotFault::Errcode(-1, "系统繁忙".to_owned())),
        22 => flow.dingtalk.set_reachable(false),
        _ => {
            signal(run, "STOP");
            std::thread::sleep(Duration::from_secs(2));
            signal(run, "CONT");
        }
    }
}

fn heal(flow: &Flow) {
    flow.servers.iter().for_each(dinghy_demo::ArgoCd::clear_fault);
    flow.tokens.iter().for_each(|token| flow.dingtalk.clear_fault(token));
    flow.dingtalk.set_reachable(true);
}

#[test]
#[ignore = "takes minutes: cargo xtask soak"]
fn soak() {
    let time = Duration::from_secs(60 * number(MINUTES, 10));
    let mut flow = Flow::new(2, 25, 500);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let run = Guard(flow.start());
    let (started, mut faults, mut memory) = (Instant::now(), 0, Vec::new());
    let mut next_fault = Instant::now() + Duration::from_secs(10);
    let mut next_word = Instant::now() + Duration::from_secs(60);
    let mut healed = false;
    while started.elapsed() < time {
        flow.turn(4);
        std::thread::sleep(Duration::from_millis(200));
        memory.push(resident(&run.0));
        if Instant::now() >= next_word {
            next_word += Duration::from_secs(60);
            let (due, missing) = (flow.count(), flow.missing().len());
            report(&format!(
                "after {} min: {due} due, {missing} of them under way, {faults} faults, {} KiB",
                started.elapsed().as_secs() / 60,
                resident(&run.0)
            ));
        }
        if Instant::now() >= next_fault {
            // A time of trouble and a time of peace in turn.
            let pause = if healed {
                hurt(&flow, &run.0, &mut dice);
                faults += 1;
                1 + dice.below(6)
            } else {
                heal(&flow);
                2 + dice.below(4)
            };
            healed = !healed;
            next_fault = Instant::now() + Duration::from_secs(pause);
        }
    }
    heal(&flow);
    // Back-offs of up to five minutes may be under way, and a robot's minute; and the machine may be busy.
    flow.settle(Duration::from_secs(900));
    let leaks = flow.leaks();
    let quarters: Vec<u64> = memory.chunks(memory.len().div_ceil(4)).map(median).collect();
    report(&format!(
        "soak of {} min: 2 servers, 500 applications, {faults} faults; {} events due, {} shown and each once, {} digests; \
         resident memory by quarters {quarters:?} KiB; {} files with a secret",
        time.as_secs() / 60,
        flow.count(),
        flow.shown(),
        flow.digests,
        leaks.len(),
    ));
    assert_eq!(leaks, Vec::<std::path::PathBuf>::new(), "a token in a file");
    // The first quarter is for filling caches.
    let (early, late) = (quarters[1], quarters[3]);
    assert!(late < early + early / 5 + 4_096, "memory grows: {early} → {late} KiB");
}

#[test]
#[ignore = "takes minutes: cargo xtask soak"]
fn ten_thousand_events_at_once() {
    const GROUPS: usize = 10;
    let mut flow = Flow::new(1, GROUPS, 10_000);
    let started = Instant::now();
    let _run = Guard(flow.start());
    flow.settle(Duration::from_secs(900));
    let seconds = started.elapsed().as_secs();
    report(&format!(
        "10,000 events at once: all arrived after {seconds} s, in {} digests over {GROUPS} groups",
        flow.digests
    ));
    // Digests that are full have at least 40 lines. Others are those that took all there was, and then the group rests for
    // 15 s. So the number depends on how long the events take to come, not on how fast the machine is otherwise.
    let (full, minutes) = (10_000 / 40, 1 + seconds as usize / 60);
    let others = GROUPS * (4 * minutes + 1);
    assert!(flow.digests <= full + others, "{} digests in {seconds} s", flow.digests);
}

#[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
fn report(text: &str) {
    println!("figures: {text}");
}
