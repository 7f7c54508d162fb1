//! From a state change on Argo CD's stream to the request at the robot.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use dinghy_demo::{App, Clock, DingTalk, DingTalkOptions, Robot};
use dinghy_tests::desktop::Desktop;
use dinghy_tests::{PATIENCE, eventually};
use serde_json::json;
use tokio::time::sleep;

use super::figures::{Beside, Figures, percentile};
use super::footprint::Subjects;
use super::world::{World, variable};

/// A robot takes 20 messages a minute; this many of them stay below that and make enough of a sample.
const ROBOTS: usize = 20;
const EACH: usize = 12;

/// Between two changes, so that each finds Dinghy asleep as in real life.
const PAUSE: Duration = Duration::from_millis(40);

const GOAL_P99_MS: f64 = 50.0;

pub(super) async fn measure(subjects: &Subjects, figures: &mut Figures) -> Result<()> {
    let all = milliseconds(subjects).await?;
    let what = |part: &str| format!("From the stream to the robot, {part} of {}", all.len());
    figures.add(&what("median"), "ms", percentile(&all, 0.5), Beside::default());
    let goal = Beside { goal: Some(GOAL_P99_MS), ..Beside::default() };
    figures.add(&what("99th percentile"), "ms", percentile(&all, 0.99), goal);
    Ok(())
}

async fn milliseconds(subjects: &Subjects) -> Result<Vec<f64>> {
    let dingtalk = DingTalk::start(DingTalkOptions::default())?;
    let world = World::with_applications(0)?;
    let server = world.server()?;
    let changes: Vec<(usize, String)> =
        (0..ROBOTS * EACH).map(|number| (number % ROBOTS, format!("app-{number}"))).collect();
    for (robot, name) in &changes {
        let mut app = App::new(name).build(Clock::real().now_ms());
        app["metadata"]["labels"]["robot"] = json!(robot_name(*robot));
        server.put(app);
    }

    let desktop = Desktop::start().await?;
    let secrets: Vec<String> = (0..ROBOTS).map(robot_name).collect();
    world.write_settings(desktop.sandbox(), &secrets)?;
    desktop.sandbox().rules(&rules())?;
    let mut launch = world.known_to(subjects.dinghy().hidden());
    for name in &secrets {
        launch = launch.env(&variable(name), dingtalk.add_robot(Robot::new(name)));
    }
    let app = desktop.launch(&launch)?;
    eventually("the server to be watched", async || Ok(world.is_watched().then_some(()))).await?;
    // What is true at first contact is taken in before anything may change.
    sleep(Duration::from_secs(3)).await;

    let mut all = Vec::new();
    for (sent, (robot, name)) in changes.iter().enumerate() {
        let changed = Instant::now();
        server.edit("argocd", name, |app| app["status"]["health"] = json!({"status": "Degraded"}));
        let shown = dingtalk.shown(&robot_name(*robot), sent / ROBOTS + 1, PATIENCE).await;
        ensure!(shown.len() == sent / ROBOTS + 1, "no message about {name}: {}", app.log()?);
        let newest = shown.into_iter().map(|received| received.at).max().unwrap_or(changed);
        all.push(newest.saturating_duration_since(changed).as_secs_f64() * 1000.0);
        sleep(PAUSE).await;
    }
    app.stop().await?;
    Ok(all)
}

fn robot_name(number: usize) -> String {
    format!("robot-{number:02}")
}

/// One trigger, one template, and a subscription for each robot.
fn rules() -> String {
    let mut yaml = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    dingtalk: {msgtype: text, text: \"{{.app.metadata.name}} is {{.app.status.health.status}}\"}
"
    .to_owned();
    let mut subscriptions = "  subscriptions: |\n".to_owned();
    for name in (0..ROBOTS).map(robot_name) {
        yaml += &format!("  service.webhook.{name}: |\n    url: ${name}\n");
        subscriptions += &format!(
            "    - recipients: [{name}]\n      triggers: [on-degraded]\n      selector: robot={name}\n"
        );
    }
    yaml + &subscriptions
}
