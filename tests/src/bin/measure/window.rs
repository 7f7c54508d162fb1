//! The window: from the click to its content, from a key to what it changes, and how a long list scrolls.

use std::env;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use dinghy_tests::desktop::{Desktop, Window};
use dinghy_tests::{PATIENCE, eventually};
use serde_json::Value;
use tokio::time::sleep;

use super::figures::{Beside, Figures, median, percentile};
use super::footprint::Subjects;
use super::world::World;

/// The middle one is the figure: the first may find a cold disk.
const RUNS: usize = 5;
const APPLICATIONS: usize = 5_000;

/// Half of them make a mistake, half take it back: each changes what stands under the text.
const KEYS: usize = 40;

const GOAL_OPEN_MS: f64 = 700.0;
const GOAL_KEY_MS: f64 = 50.0;

pub(super) async fn measure(subjects: &Subjects, figures: &mut Figures) -> Result<()> {
    let goal = |goal| Beside { goal: Some(goal), ..Beside::default() };
    let opening = from_click_to_content(subjects).await.context("opening the window")?;
    figures.add("From the click on the tray to a window with content", "ms", opening, goal(GOAL_OPEN_MS));

    let world = World::with_applications(APPLICATIONS)?;
    let desktop = Desktop::start().await?;
    world.write_settings(desktop.sandbox(), &[])?;
    desktop.sandbox().rules(RULES)?;
    let window = desktop.drive(&world.known_to(subjects.dinghy().shown())).await?;
    eventually("the server to be watched", async || Ok(world.is_watched().then_some(()))).await?;
    go(&window, "#/apps").await?;
    window.element("[data-testid=app-row]").await?;
    // The first list is still being taken in.
    sleep(Duration::from_secs(3)).await;

    let bare = scroll(&window, PLAIN_LIST).await.context("scrolling a plain list")?;
    let frames = scroll(&window, OUR_LIST).await.context("scrolling")?;
    figures.add(
        "A frame while a plain list of as many rows scrolls beside it, median",
        "ms",
        median(&bare),
        Beside::default(),
    );
    figures.add("A frame while 5,000 rows scroll, median", "ms", median(&frames), Beside::default());
    figures.add(
        "A frame while 5,000 rows scroll, 95th percentile",
        "ms",
        percentile(&frames, 0.95),
        Beside::default(),
    );
    let late = frames.iter().filter(|frame| **frame > LATE_MS).count() as f64 / frames.len() as f64;
    figures.add("Frames that came more than a frame late", "%", late * 100.0, Beside::default());

    let (painted, answered) = type_keys(&desktop, &window).await.context("typing")?;
    let what = |what: &str| format!("{what}, 5,000 applications, 95th percentile of {KEYS}");
    figures.add(
        &what("From a key in a condition to the frame with it"),
        "ms",
        percentile(&painted, 0.95),
        goal(GOAL_KEY_MS),
    );
    figures.add(
        &what("From a key to Rust's answer under the text"),
        "ms",
        percentile(&answered, 0.95),
        goal(GOAL_KEY_MS),
    );
    window.end().await
}

/// The application waits in the tray, as on a real day.
async fn from_click_to_content(subjects: &Subjects) -> Result<f64> {
    let world = World::with_servers(2)?;
    let mut all = Vec::new();
    for _ in 0..RUNS {
        let desktop = Desktop::start().await?;
        world.write_settings(desktop.sandbox(), &[])?;
        let app = desktop.launch(&world.known_to(subjects.dinghy().hidden()))?;
        let item = desktop.tray_item().await?;
        eventually("every server to be watched", async || Ok(world.is_watched().then_some(()))).await?;
        sleep(Duration::from_secs(2)).await;
        let clicked = Instant::now();
        item.activate().await?;
        while !CONTENT.contains(&desktop.screen()?.drawn(ACROSS, DOWN)) {
            if clicked.elapsed() > PATIENCE {
                let picture = env::temp_dir().join("dinghy-no-content.png");
                desktop.screenshot(&picture).await?;
                bail!("no content, see {}; {}", picture.display(), app.log()?);
            }
            // Each look costs milliseconds of one of the processors that the window starts on.
            sleep(Duration::from_millis(15)).await;
        }
        all.push(clicked.elapsed().as_secs_f64() * 1000.0);
        eprintln!("  … {:.0} ms", clicked.elapsed().as_secs_f64() * 1000.0);
        app.stop().await?;
    }
    Ok(median(&all))
}

/// The middle of the window, in per cent of the display: right of the navigation, below the page's head.
const ACROSS: std::ops::Range<usize> = 40..85;
const DOWN: std::ops::Range<usize> = 35..70;

/// A few words cover the first of these. What covers the second is no text but a window of which a part is there.
const CONTENT: std::ops::Range<f64> = 0.005..0.2;

/// At 60 frames a second one comes every 16.7 ms; whoever needs more than two of these has dropped one.
const LATE_MS: f64 = 34.0;

const OUR_LIST: &str =
    "const list = document.querySelector('[data-testid=app-list]'); const after = () => {};";

/// What this machine can draw: of the same size, in the same place, with a word in each row and no script.
const PLAIN_LIST: &str = "
    const place = document.querySelector('[data-testid=app-list]').getBoundingClientRect();
    const list = document.createElement('div');
    list.style.cssText = `position: fixed; overflow: auto; background: white; left: ${place.left}px; \
        top: ${place.top}px; width: ${place.width}px; height: ${place.height}px`;
    for (let row = 0; row < 5000; row++) {
        const line = document.createElement('div');
        line.style.height = '32px';
        line.textContent = `application-${row}`;
        list.append(line);
    }
    document.body.append(list);
    const after = () => list.remove();";

/// Times between frames while a list moves by ten rows a frame for three seconds.
async fn scroll(window: &Window, list: &str) -> Result<Vec<f64>> {
    let script = "
        const [done] = arguments;
        LIST
        const frames = [];
        let last = performance.now();
        const start = last;
        const step = () => {
            const now = performance.now();
            frames.push(now - last);
            last = now;
            list.scrollTop += 320;
            if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) list.scrollTop = 0;
            if (now - start < 3000) requestAnimationFrame(step); else { after(); done(frames.slice(1)); }
        };
        requestAnimationFrame(step);";
    numbers(window.execute_async(&script.replace("LIST", list), Vec::new()).await?)
}

/// Real keys, pressed on the display: for each, until the next frame was handed over, and until the words under the
/// text have changed.
async fn type_keys(desktop: &Desktop, window: &Window) -> Result<(Vec<f64>, Vec<f64>)> {
    go(window, "#/rules/triggers/on-degraded").await?;
    window.shows("No errors").await?;
    // Which applications match now is looked up meanwhile.
    sleep(Duration::from_secs(3)).await;
    let prepare = "
        window.painted = [];
        window.answered = [];
        const diag = document.querySelector('[data-testid=when-0-diag]');
        let pressed = 0;
        document.addEventListener('keydown', () => {
            const at = pressed = performance.now();
            requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - at)));
        }, true);
        let before = diag.querySelector('.bad') !== null;
        new MutationObserver(() => {
            const now = diag.querySelector('.bad') !== null;
            if (now !== before) window.answered.push(performance.now() - pressed);
            before = now;
        }).observe(diag, {subtree: true, childList: true, characterData: true});
        const editor = document.querySelector('[data-testid=when-0-code]').shadowRoot;
        editor.querySelector('.cm-content').focus();";
    window.execute(prepare, Vec::new()).await?;
    desktop.press(&["ctrl+End"]).await?;
    sleep(Duration::from_millis(300)).await;
    window.execute("window.painted.length = 0", Vec::new()).await?;
    for key in 0..KEYS {
        desktop.press(&[if key % 2 == 0 { "equal" } else { "BackSpace" }]).await?;
        sleep(Duration::from_millis(250)).await;
    }
    let painted = numbers(window.execute("return window.painted", Vec::new()).await?)?;
    let answered = numbers(window.execute("return window.answered", Vec::new()).await?)?;
    ensure!(
        painted.len() >= KEYS && answered.len() >= KEYS * 9 / 10,
        "{} keys seen, {} answers",
        painted.len(),
        answered.len()
    );
    Ok((painted, answered))
}

async fn go(window: &Window, address: &str) -> Result<()> {
    window.execute("location.hash = arguments[0]", vec![address.into()]).await?;
    Ok(())
}

fn numbers(value: Value) -> Result<Vec<f64>> {
    serde_json::from_value(value).context("the page gave no numbers")
}

const RULES: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.desktop: |
    {}
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    message: \"{{.app.metadata.name}} is {{.app.status.health.status}}\"
";
