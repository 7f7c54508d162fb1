//! The full list of applications, handed out one by one while it arrives.

use dinghy_model::{AppSnapshot, Problem};
use reqwest::header::CONTENT_TYPE;

use crate::answer::Answer;
use crate::client::{Ask, Client, header};
use crate::scan::{Fault, Scanner};
use crate::summary;

/// What is known at the end of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where a watch may start; empty if the server sent none.
    pub resource_version: String,
    /// Applications handed out.
    pub count: usize,
}

/// Why a list stopped half-way.
enum Stop {
    Fault(Fault),
    Item(String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Client {
    /// Asks for every application that the settings' projects and selector allow and the account may
    /// see (`GET /api/v1/applications`); `on_app` gets each as soon as its last byte is here.
    ///
    /// An error after the first applications is possible (`BodyCut`, `Timeout`): then what was handed
    /// out is true but incomplete, and nothing may be taken for deleted.
    ///
    /// Before the list it is made sure that the session still counts: with anonymous access a server
    /// answers an expired token with a shorter list instead of a refusal.
    pub async fn list(&self, mut on_app: impl FnMut(AppSnapshot) + Send) -> Result<Listed, Problem> {
        if !self.session().is_anonymous() {
            match self.account().await {
                // Where a gateway lets only some paths through, the list itself may still be had.
                Ok(_)
                | Err(Problem::NotArgoCd { .. } | Problem::Forbidden { .. } | Problem::ServerError { .. }) => {
                }
                Err(problem) => return Err(problem),
            }
        }
        self.list_items(Vec::new(), |text| {
            on_app(summary::snapshot(self.name(), text).map_err(|error| error.to_string())?);
            Ok(())
        })
        .await
    }

    /// How many applications there are, for as few bytes as this version's `fields` allows.
    pub(crate) async fn count(&self) -> Result<usize, Problem> {
        let fields = vec![("fields", "items.metadata.name".to_owned())];
        self.list_items(fields, |_| Ok(())).await.map(|listed| listed.count)
    }

    async fn list_items(
        &self,
        mut query: Vec<(&'static str, String)>,
        mut on_item: impl FnMut(&str) -> Result<(), String> + Send,
    ) -> Result<Listed, Problem> {
        query.extend(self.filter());
        let mut response = self.open(Ask { query, ..Ask::get("/api/v1/applications") }).await?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: header(response.headers(), CONTENT_TYPE).to_owned(),
            ..Answer::default()
        };
        let mut scanner = Scanner::default();
        let mut count = 0;
        let mut take = |item: &[u8]| {
            let text = std::str::from_utf8(item).map_err(|error| Stop::Item(error.to_string()))?;
            on_item(text).map_err(Stop::Item)?;
            count += 1;
            Ok(())
        };
        while let Some(chunk) = self.next_chunk(&mut response).await? {
            if answer.body.is_empty() {
                let start = &chunk[..chunk.len().min(512)];
                answer.body = String::from_utf8_lossy(start).into_owned();
            }
            scanner.push(&chunk, &mut take).map_err(|stop| self.list_stopped(stop, &answer))?;
        }
        let resource_version = scanner.finish().map_err(|fault| self.list_stopped(fault.into(), &answer))?;
        Ok(Listed { resource_version, count })
    }

    fn list_stopped(&self, stop: Stop, answer: &Answer) -> Problem {
        match stop {
            Stop::Fault(Fault::NotAnObject | Fault::NotAList) => answer.problem(&self.asked(true)),
            Stop::Fault(fault) => Problem::BodyCut { detail: fault.to_string() },
            Stop::Item(detail) => Problem::BodyCut { detail },
        }
    }
}
