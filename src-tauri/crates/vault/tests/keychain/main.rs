//! The vault on a real GNOME Keyring, on a bus of its own.
//!
//! The address of the bus is a variable of the process. So each test starts this test binary once more, as a child
//! with an environment of its own that holds one [`Vault`](dinghy_vault::Vault) and does what it is told
//! (see `child.rs`): what happens later happens to the same vault, without a restart.
#![cfg(target_os = "linux")]

mod child;
mod desktop;

use std::time::Duration;

use child::Child;
use desktop::{Desktop, Prompter};

/// Not a substring of anything else, so that files can be searched for it.
const TOKEN: &str = "tok-5f2c9e-密";

#[test]
fn without_a_bus_there_is_no_keychain() {
    for address in [None, Some("unix:path=/nowhere/bus")] {
        let mut child = Child::new(address, None);
        assert_eq!(child.ask("get server.prod"), "NoKeychain");
        assert_eq!(child.ask("set server.prod x"), "NoKeychain");
        assert_eq!(child.ask("delete server.prod"), "NoKeychain");
    }
}

#[test]
fn a_service_that_starts_later_is_used_without_a_restart_and_so_is_one_that_restarts() {
    let mut desktop = Desktop::new();
    let mut child = Child::on(&desktop);
    assert_eq!(child.ask("get server.prod"), "NoKeychain");

    desktop.start_keyring(true);
    assert_eq!(child.ask("get server.prod"), "SecretMissing");
    assert_eq!(child.ask(&format!("set server.prod {TOKEN}")), "done");
    assert_eq!(child.ask("get server.prod"), format!("secret {TOKEN}"));
    assert_eq!(child.ask("set server.prod another"), "done");
    assert_eq!(child.ask("get server.prod"), "secret another");
    assert_eq!(child.ask(&format!("set server.test {TOKEN}")), "done");
    assert_eq!(desktop.look_up("server.test"), TOKEN);

    desktop.stop_keyring();
    child.ask("forget server.test");
    assert_eq!(child.ask("get server.test"), "NoKeychain");
    desktop.start_keyring(true);
    assert_eq!(child.ask("get server.test"), format!("secret {TOKEN}"));

    assert_eq!(child.ask("delete server.test"), "done");
    assert_eq!(child.ask("delete server.test"), "done");
    assert_eq!(child.ask("get server.test"), "SecretMissing");
    assert_eq!(Child::on(&desktop).ask("get server.prod"), "secret another");
    assert_eq!(desktop.files_with(TOKEN), [""; 0]);
}

#[test]
fn a_locked_keychain_without_a_dialog_is_locked_until_it_is_unlocked() {
    let mut desktop = Desktop::new();
    desktop.start_keyring(true);
    assert_eq!(Child::on(&desktop).ask(&format!("set server.prod {TOKEN}")), "done");
    desktop.stop_keyring();
    desktop.start_keyring(false);

    let mut child = Child::on(&desktop);
    assert_eq!(child.ask("get server.prod"), "KeychainLocked");
    assert_eq!(child.ask("get server.prod"), "KeychainLocked");
    assert_eq!(child.ask("set server.prod x"), "KeychainLocked");
    desktop.unlock();
    assert_eq!(child.ask("get server.prod"), format!("secret {TOKEN}"));
}

#[test]
fn a_dialog_that_was_dismissed_does_not_come_back_by_itself() {
    let mut desktop = Desktop::new();
    desktop.start_keyring(true);
    assert_eq!(Child::on(&desktop).ask(&format!("set server.prod {TOKEN}")), "done");
    desktop.lock();
    let prompter = Prompter::new(&desktop, Duration::from_secs(1));

    let mut child = Child::on(&desktop);
    assert_eq!(child.ask("get server.prod"), "KeychainDismissed");
    assert_eq!(prompter.dialogs(), 1);
    assert_eq!(child.ask("get server.prod"), "KeychainDismissed");
    assert_eq!(prompter.dialogs(), 1);
    assert_eq!(child.ask("ask_again"), "done");
    assert_eq!(child.ask("get server.prod"), "KeychainDismissed");
    assert_eq!(prompter.dialogs(), 2);
    assert_eq!(child.ask("set server.prod x"), "KeychainDismissed");
    assert_eq!(prompter.dialogs(), 3);

    desktop.unlock();
    assert_eq!(child.ask("get server.prod"), format!("secret {TOKEN}"));
    assert_eq!(prompter.dialogs(), 3);
}

#[test]
fn a_keychain_that_was_never_used_wants_a_password_first() {
    let mut desktop = Desktop::new();
    desktop.start_keyring(false);
    let prompter = Prompter::new(&desktop, Duration::from_secs(1));
    let mut child = Child::on(&desktop);
    assert_eq!(child.ask("get server.prod"), "SecretMissing");
    assert_eq!(child.ask("set server.prod x"), "KeychainDismissed");
    assert_eq!(prompter.dialogs(), 1);
}
