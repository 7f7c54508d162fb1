//! A notification on the desktop: the application and its state as the title, the message as the body.

use dinghy_model::{Lang, Payload, Problem};

use super::{Job, plain};

impl Job<'_> {
    pub(super) fn desktop(&self) -> Result<Payload, Problem> {
        Ok(Payload::Desktop {
            title: self.title(),
            body: self.body()?.trim().to_owned(),
            url: self.delivery.app_url.to_owned(),
        })
    }

    /// `guestbook: Degraded, OutOfSync`, with the operation if it is not simply done; in the user's language.
    fn title(&self) -> String {
        let lang = self.delivery.lang;
        let word = |path: &[&str]| Some(self.subject.string(path)).filter(|word| !word.is_empty());
        let phase = word(&["status", "operationState", "phase"]).filter(|phase| phase != "Succeeded");
        let health = word(&["status", "health", "status"]);
        let sync = word(&["status", "sync", "status"]);
        let phase = phase.map(|phase| match lang {
            Lang::En => format!("Sync {phase}"),
            Lang::ZhCn => lang.state(&phase).to_owned(),
        });
        let states = [health, sync].into_iter().flatten().map(|word| lang.state(&word).to_owned());
        let words: Vec<String> = states.chain(phase).collect();
        let name = self.subject.string(&["metadata", "name"]);
        match words.is_empty() {
            true => name,
            false => format!("{name}{}{}", lang.pick(": ", "："), words.join(lang.pick(", ", "，"))),
        }
    }

    /// The message; for templates without one the words of their `dingtalk` block or of a robot's body in them; else
    /// what Argo CD says about the operation or the health.
    fn body(&self) -> Result<String, Problem> {
        let message = self.message()?;
        if !message.trim().is_empty() {
            return Ok(message);
        }
        if let Some((template, block)) = self.block() {
            let body = self.dingtalk(template, block)?;
            return Ok(plain::of_body(&body).unwrap_or_default());
        }
        let services = self.templates.iter().rev().flat_map(|template| template.webhook.keys());
        for service in services {
            if let Some(request) = self.request(service)?
                && let Some(words) = plain::of_body(&request.body)
            {
                return Ok(words);
            }
        }
        let said = [&["status", "operationState", "message"], &["status", "health", "message"]];
        Ok(said
            .map(|path| self.subject.string(path))
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default())
    }
}
