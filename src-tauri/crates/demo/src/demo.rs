//! The whole demo: two Argo CDs, a DingTalk with two groups, a scenario that keeps them busy, and
//! the two files that make Dinghy follow it all.

use std::io;
use std::time::Duration;

use dinghy_model::Lang;

use crate::argocd::{Controller, SyncAsked};
use crate::scenario::{Director, Pace, Place, Role, cast};
use crate::wire::Host;
use crate::{Account, ArgoCd, ArgoCdOptions, Clock, DingTalk, DingTalkOptions, Robot};

/// What the demo is like. The default is what a person gets to see, in English.
#[derive(Clone, Debug, Default)]
pub struct DemoOptions {
    /// The time it goes by. With a manual clock nothing happens until it is moved.
    pub clock: Clock,
    /// The language of its rules, groups and people.
    pub lang: Lang,
    /// How much happens.
    pub pace: Pace,
}

/// A server of the demo and how to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoServer {
    /// Its name in `settings.toml`; its secret is `server.NAME`.
    pub name: String,
    /// Its base URL.
    pub url: String,
    /// What the secret is: an API token or a password.
    pub secret: String,
}

/// A group of the demo and its robot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoGroup {
    /// The group's name.
    pub name: String,
    /// The service's name in `notifications.yaml`.
    pub service: String,
    /// The robot's webhook URL: the value of the secret `url_secret`.
    pub webhook_url: String,
    /// The name of the secret that holds the URL.
    pub url_secret: String,
    /// The name and the value of the secret that signs, if the robot wants signatures.
    pub sign_secret: Option<(String, String)>,
    /// The page that draws its messages.
    pub page_url: String,
}

/// A running demo; gone when dropped.
#[derive(Debug)]
pub struct Demo {
    prod: ArgoCd,
    staging: ArgoCd,
    dingtalk: DingTalk,
    servers: Vec<DemoServer>,
    groups: Vec<DemoGroup>,
    lang: Lang,
    /// Ends last.
    _host: Host,
}

impl Demo {
    /// Starts the demo on loopback, on a thread of its own.
    ///
    /// # Errors
    /// No port or no thread.
    pub fn start(options: DemoOptions) -> io::Result<Self> {
        let DemoOptions { clock, lang, pace } = options;
        let host = Host::start("demo")?;
        let dingtalk = DingTalk::start_on(&host, DingTalkOptions { clock: clock.clone(), lang })?;
        let groups = groups(&dingtalk, lang);
        let prod = ArgoCd::start_on(
            &host,
            ArgoCdOptions {
                name: PROD.to_owned(),
                accounts: vec![Account::new(TOKEN_ACCOUNT)],
                clock: clock.clone(),
                ..ArgoCdOptions::default()
            },
        )?;
        let staging = ArgoCd::start_on(
            &host,
            ArgoCdOptions {
                name: STAGING.to_owned(),
                root_path: "/argocd".to_owned(),
                version: "v2.13.4+4e1d6bb".to_owned(),
                accounts: vec![Account::new(USER).password(PASSWORD).projects(&VISIBLE)],
                session: Duration::from_secs(20 * 60),
                resource_version: 5_400_000,
                clock: clock.clone(),
                ..ArgoCdOptions::default()
            },
        )?;
        let servers = vec![
            DemoServer { name: PROD.to_owned(), url: prod.url(), secret: prod.token(TOKEN_ACCOUNT) },
            DemoServer { name: STAGING.to_owned(), url: staging.url(), secret: PASSWORD.to_owned() },
        ];
        let cast = cast(lang);
        let director = Director::new(SEED, clock.now_ms(), &cast, pace, lang);
        let stage = Stage::set(clock, cast, director, &prod, &staging);
        host.spawn(stage.play());
        Ok(Self { prod, staging, dingtalk, servers, groups, lang, _host: host })
    }

    /// The server `prod-cn`: an Argo CD 3.6, signed in to with an API token.
    pub fn prod(&self) -> &ArgoCd {
        &self.prod
    }

    /// The server `staging`: an Argo CD 2.13 under `/argocd`, signed in to with a password; its
    /// sessions last 20 minutes and its account does not see every project.
    pub fn staging(&self) -> &ArgoCd {
        &self.staging
    }

    /// The DingTalk.
    pub fn dingtalk(&self) -> &DingTalk {
        &self.dingtalk
    }

    /// Both servers with their secrets.
    pub fn servers(&self) -> &[DemoServer] {
        &self.servers
    }

    /// Both groups with their secrets.
    pub fn groups(&self) -> &[DemoGroup] {
        &self.groups
    }

    /// Every secret by the name that the two files call it: for a vault that is thrown away.
    pub fn secrets(&self) -> Vec<(String, String)> {
        let servers =
            self.servers.iter().map(|server| (format!("server.{}", server.name), server.secret.clone()));
        let groups = self.groups.iter().flat_map(|group| {
            [(group.url_secret.clone(), group.webhook_url.clone())]
                .into_iter()
                .chain(group.sign_secret.clone())
        });
        servers.chain(groups).collect()
    }

    /// The page with all groups.
    pub fn page_url(&self) -> String {
        format!("{}/groups", self.dingtalk.url())
    }

    /// The text of a `settings.toml` with both servers. Holds no secret.
    pub fn settings_toml(&self) -> String {
        include_str!("assets/settings.toml")
            .replace("{{language}}", self.lang.pick("en", "zh-CN"))
            .replace("{{prod}}", &self.prod.url())
            .replace("{{staging}}", &self.staging.url())
    }

    /// The text of a `notifications.yaml` with rules for both groups and the desktop. Holds no secret.
    pub fn notifications_yaml(&self) -> String {
        let rules = match self.lang {
            Lang::En => include_str!("assets/notifications.en.yaml"),
            Lang::ZhCn => include_str!("assets/notifications.zh-CN.yaml"),
        };
        rules.replace("__PROD_URL__", &self.prod.url()).replace("__STAGING_URL__", &self.staging.url())
    }
}

const PROD: &str = "prod-cn";
const STAGING: &str = "staging";
const TOKEN_ACCOUNT: &str = "dinghy";
const USER: &str = "liuyang";
const PASSWORD: &str = "demo-password-1";
/// All projects but `secops`.
const VISIBLE: [&str; 6] = ["payment", "trade", "member", "growth", "platform", "data"];
pub(crate) const SEED: u64 = 20_261_111;

fn groups(dingtalk: &DingTalk, lang: Lang) -> Vec<DemoGroup> {
    let robot = |en: &str, zh: &str| Robot { lang, ..Robot::new(lang.pick(en, zh)) };
    // The word is in every message that the rules make for this group.
    let keyword = lang.pick("release", "发布").to_owned();
    let release = Robot { keywords: vec![keyword], ..robot("Releases", "发布通知") };
    let secret = "SECdemo0123456789abcdef0123456789abcdef0123456789abcdef0123456789";
    let duty = Robot { sign_secret: Some(secret.to_owned()), ..robot("On call", "值班告警") };
    let group = |robot: Robot, service: &str, url_secret: &str, sign_secret: &str| {
        let (name, sign) = (robot.group.clone(), robot.sign_secret.clone());
        DemoGroup {
            page_url: dingtalk.page_url(&name),
            name,
            service: service.to_owned(),
            webhook_url: dingtalk.add_robot(robot),
            url_secret: url_secret.to_owned(),
            sign_secret: sign.map(|sign| (sign_secret.to_owned(), sign)),
        }
    };
    vec![
        group(release, "dingtalk", "dingtalk-url", "dingtalk-sign"),
        group(duty, "dingtalk-duty", "dingtalk-duty-url", "dingtalk-duty-sign"),
    ]
}

/// Carries out what the director plans: the controllers of both servers.
struct Stage {
    clock: Clock,
    cast: Vec<Role>,
    director: Director,
    prod: Controller,
    staging: Controller,
}

impl Stage {
    /// Everyone in place, as the play begins.
    fn set(clock: Clock, cast: Vec<Role>, director: Director, prod: &ArgoCd, staging: &ArgoCd) -> Self {
        let now_ms = clock.now_ms();
        for role in &cast {
            let server = if role.place == Place::Prod { prod } else { staging };
            server.put(role.app.build(now_ms));
        }
        let (prod, staging) = (prod.controller(), staging.controller());
        let mut stage = Self { clock, cast, director, prod, staging };
        stage.carry_out();
        stage
    }

    async fn play(mut self) {
        loop {
            tokio::select! {
                () = self.clock.sleep_until(self.director.next_ms()) => self.carry_out(),
                asked = self.prod.sync_asked() => self.sync(Place::Prod, asked),
                asked = self.staging.sync_asked() => self.sync(Place::Staging, asked),
            }
        }
    }

    fn carry_out(&mut self) {
        while let Some(due) = self.director.due(self.clock.now_ms()) {
            let Role { place, app, .. } = &self.cast[due.who];
            let server = if *place == Place::Prod { &self.prod } else { &self.staging };
            tracing::debug!(app = app.name, step = ?due.step, "the play goes on");
            server.edit(&app.namespace, &app.name, |app| due.step.apply(app, due.at_ms));
        }
    }

    fn sync(&mut self, place: Place, asked: SyncAsked) {
        let is_meant = |role: &Role| {
            role.place == place && role.app.namespace == asked.namespace && role.app.name == asked.name
        };
        if let Some(who) = self.cast.iter().position(is_meant) {
            self.director.sync_asked(self.clock.now_ms(), who, &asked.by);
        }
    }
}
