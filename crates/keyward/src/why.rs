//! Why policies refused a request: told at the terminal of `dev` as it happens, and asked for later.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use keyward_engine::{Installation, RefusedRequest};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::output::complain;
use crate::policy;

/// How long equal refusals are counted and not told again.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A refusal and the reasoning behind it, for people.
pub(crate) fn explanation(refused: &RefusedRequest) -> String {
    // What was judged can be read; where it can't, the message is all there is.
    policy::explained(&refused.question()).unwrap_or_else(|error| format!("{error}\n"))
}

/// The last refusals in short, or one with its explanation.
pub(crate) fn answer(
    installation: &Installation,
    request_id: Option<&str>,
) -> Result<Vec<String>, String> {
    let refusals = installation.refusals();
    let lines = match request_id {
        Some(id) => {
            let refused = refusals
                .of_request(id)
                .ok_or_else(|| format!("no refusal of a request `{id}` is kept on this node"))?;
            vec![
                format!("{} {}", refused.time, refused.request_id),
                refused.message.clone(),
                explanation(&refused),
            ]
        }
        None => refusals
            .newest_first()
            .iter()
            .map(|refused| {
                let denied = &refused.denied;
                format!(
                    "{}\t{}\t{}\t{}\t{}",
                    refused.time,
                    refused.request_id,
                    denied.caller_arn,
                    denied.action,
                    denied.resource_arn
                )
            })
            .collect(),
    };
    Ok(lines.iter().map(|line| shown(line)).collect())
}

/// A text that steers no terminal; its own line breaks and tabs stay.
fn shown(text: &str) -> String {
    let shown = |character| {
        if matches!(character, '\n' | '\t') || policy::is_showable(character) {
            character
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    text.chars().map(shown).collect()
}

/// Tells each refusal on standard error from now on, where that is a terminal.
pub(crate) fn tell_at_terminal(installation: &Installation) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let mut refusals = installation.refusals().listen();
    tokio::spawn(async move {
        let mut recent = Recent::default();
        loop {
            match timeout_at(recent.next_due(), refusals.recv()).await {
                Ok(Ok(refused)) => recent.tell(&refused, &complain),
                // So many came at once that some were lost to the terminal; the log has them.
                Ok(Err(RecvError::Lagged(_))) => {}
                Ok(Err(RecvError::Closed)) => return,
                Err(_) => {}
            }
            recent.close(&complain);
        }
    });
}

/// What was told of late, and how often it came again.
#[derive(Default)]
struct Recent(HashMap<String, (Instant, usize)>);

impl Recent {
    /// When something is to be told next, if nothing comes before.
    fn next_due(&self) -> Instant {
        let due = self.0.values().map(|(told, _)| *told + TOLD_AGAIN_AFTER);
        let far = Duration::from_secs(3_600);
        #[expect(
            clippy::disallowed_methods,
            reason = "what is told at a terminal is told by its clock"
        )]
        due.min().unwrap_or_else(|| Instant::now() + far)
    }

    fn tell(&mut self, refused: &Arc<RefusedRequest>, say: &impl Fn(&str)) {
        if let Some((_, again)) = self.0.get_mut(&refused.message) {
            *again += 1;
            return;
        }
        say(&shown(&format!(
            "{}\n{}",
            refused.message,
            explanation(refused).trim_end()
        )));
        #[expect(
            clippy::disallowed_methods,
            reason = "what is told at a terminal is told by its clock"
        )]
        let now = Instant::now();
        self.0.insert(refused.message.clone(), (now, 0));
    }

    /// Says how often what is due came again.
    fn close(&mut self, say: &impl Fn(&str)) {
        #[expect(
            clippy::disallowed_methods,
            reason = "what is told at a terminal is told by its clock"
        )]
        let now = Instant::now();
        self.0.retain(|message, (told, again)| {
            let is_over = *told + TOLD_AGAIN_AFTER <= now;
            if is_over && *again > 0 {
                say(&shown(&format!("{again} more within a second: {message}")));
            }
            !is_over
        });
    }
}
