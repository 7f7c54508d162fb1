//! `groups` and `group test`.

use dinghy_demo::{Robot, RobotFault};
use expect_test::expect;

use crate::world::World;

#[test]
fn groups_and_their_state() {
    let world = World::new();
    world.rules(&world.guide().replace(&world.webhook, "$dingtalk-url"));
    let host = world.dingtalk.url().replace("http://", "");
    let told = |world: &World| world.ctl(&["groups"]).told(world).replace(&host, "HOST");
    expect![[r#"
        0
        NAME      KIND      STATE  WAITING  REFUSED  HOST             PROBLEM
        dingtalk  dingtalk  Ready  0        0        HOST
    "#]]
    .assert_eq(&told(&world));
    assert_eq!((world.argocd.requests().len(), world.dingtalk.requests().len()), (0, 0));

    let token = world.webhook.rsplit('=').next().expect("a token");
    world.dingtalk.fault(token, RobotFault::Errcode(400_106, "gone".to_owned()));
    assert_eq!(world.ctl(&["run", "--once"]).code, 1);
    let lines = told(&world);
    assert!(
        lines.contains(
            "dingtalk  dingtalk  Refusing  1        1        HOST  The robot is no longer in the group"
        ),
        "{lines}"
    );

    std::fs::remove_file(world.path("secret/webhook")).expect("no secret");
    let lines = told(&world);
    assert!(lines.contains("Unknown"), "{lines}");
    assert!(lines.contains("The command cat for the secret “dingtalk-url” failed"), "{lines}");
}

#[test]
fn a_test_message_takes_the_real_path() {
    let world = World::new();
    world.rules(&world.guide());
    let done = world.ctl(&["group", "test", "dingtalk"]).ok();
    assert!(done.out.starts_with("dingtalk: delivered  errcode 0 ok  "), "{done:?}");
    assert!(done.out.ends_with(" ms\n"), "{done:?}");
    assert_eq!(world.shown().len(), 1);
    assert_eq!(world.argocd.requests().len(), 0);

    let picky =
        world.dingtalk.add_robot(Robot { keywords: vec!["发布".to_owned()], ..Robot::new("picky") });
    world.rules(&world.guide().replace(&world.webhook, &picky));
    let done = world.ctl(&["group", "test", "dingtalk"]);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("not delivered  errcode 310000"), "{done:?}");
    assert!(done.err.contains("The message has none of the robot's keywords"), "{done:?}");
    let json = world.ctl(&["-o", "json", "group", "test", "dingtalk"]).json();
    assert_eq!((json["ok"].as_bool(), json["errcode"].as_i64()), (Some(false), Some(310_000)));

    // The log of whoever uses Dinghy here has them too.
    let log = world.ctl(&["events"]).ok().out;
    let said =
        |words: &str| log.lines().filter(|line| line.contains(&format!("  dingtalk  {words}  "))).count();
    assert_eq!((said("Test sent"), said("Test failed")), (1, 2), "{log}");
}
